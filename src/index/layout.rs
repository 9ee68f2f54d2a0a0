//! The shape of a stored body: which line of it is which block of which section, and where it stands in the source.
//!
//! A few bytes a block, so that the store holds little beside the text. [`encode`] and [`decode`] are each other's inverse.

use crate::blueprint::{SectionKind, Shape};

/// The sections of a stored body, with their blocks in order; block `n` of all is line `n` of the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The sections.
    pub sections: Vec<SectionLayout>,
}

/// A section of a stored body. Its heading is its first block, where it has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionLayout {
    /// The kind.
    pub kind: SectionKind,
    /// The level of a ladder that it stands under.
    pub level: Option<String>,
    /// The blocks.
    pub blocks: Vec<BlockLayout>,
}

/// A block of a stored body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockLayout {
    /// The line in the source, one-based.
    pub line: u32,
    /// The shape.
    pub shape: Shape,
    /// Index into [`super::schema::PLACEMENTS`]; [`NOT_INDEXED`] for a heading that every document has.
    pub placement: u8,
    /// Where the name of the block's entity begins and ends, in bytes; the whole text for a list of names.
    pub name: Option<(u32, u32)>,
}

/// The placement of a block that is shown and not searched.
pub const NOT_INDEXED: u8 = u8::MAX;

/// Turns a layout into bytes.
pub fn encode(layout: &Layout) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last_line = 0_u32;
    push(&mut bytes, layout.sections.len() as u64);
    for section in &layout.sections {
        let kind = SectionKind::ALL
            .iter()
            .position(|kind| *kind == section.kind)
            .unwrap_or_default();
        bytes.push(kind as u8);
        let level = section.level.as_deref().unwrap_or_default();
        push(&mut bytes, level.len() as u64);
        bytes.extend_from_slice(level.as_bytes());
        push(&mut bytes, section.blocks.len() as u64);
        for block in &section.blocks {
            // Sections of a head stand out of order, so that a step may go back.
            let step = i64::from(block.line) - i64::from(last_line);
            push(&mut bytes, ((step << 1) ^ (step >> 63)) as u64);
            last_line = block.line;
            bytes.extend(shape_bytes(block.shape));
            bytes.push(block.placement);
            let (start, end) = block.name.unwrap_or_default();
            push(&mut bytes, u64::from(end));
            if end > 0 {
                push(&mut bytes, u64::from(start));
            }
        }
    }
    bytes
}

/// Reads a layout; `None` for bytes that are none.
pub fn decode(bytes: &[u8]) -> Option<Layout> {
    let mut rest = bytes;
    let mut line = 0_i64;
    let mut layout = Layout::default();
    for _ in 0..pull(&mut rest)? {
        let kind = *SectionKind::ALL.get(usize::from(byte(&mut rest)?))?;
        let length = usize::try_from(pull(&mut rest)?).ok()?;
        let (level, behind) = rest.split_at_checked(length)?;
        rest = behind;
        let level = std::str::from_utf8(level)
            .ok()
            .filter(|level| !level.is_empty())
            .map(str::to_owned);
        let mut section = SectionLayout {
            kind,
            level,
            blocks: Vec::new(),
        };
        for _ in 0..pull(&mut rest)? {
            let step = pull(&mut rest)?;
            line = line.checked_add((step >> 1).cast_signed() ^ -(step & 1).cast_signed())?;
            let shape = shape_of(byte(&mut rest)?, byte(&mut rest)?)?;
            let placement = byte(&mut rest)?;
            let end = u32::try_from(pull(&mut rest)?).ok()?;
            let name = match end {
                0 => None,
                end => Some((u32::try_from(pull(&mut rest)?).ok()?, end)),
            };
            section.blocks.push(BlockLayout {
                line: u32::try_from(line).ok()?,
                shape,
                placement,
                name,
            });
        }
        layout.sections.push(section);
    }
    rest.is_empty().then_some(layout)
}

fn shape_bytes(shape: Shape) -> [u8; 2] {
    match shape {
        Shape::Paragraph => [0, 0],
        Shape::Item(depth) => [1, depth],
        Shape::Numbered(depth) => [2, depth],
        Shape::Heading(depth) => [3, depth],
        Shape::Header => [4, 0],
        Shape::Row => [5, 0],
        Shape::Code => [6, 0],
    }
}

fn shape_of(kind: u8, depth: u8) -> Option<Shape> {
    Some(match kind {
        0 => Shape::Paragraph,
        1 => Shape::Item(depth),
        2 => Shape::Numbered(depth),
        3 => Shape::Heading(depth),
        4 => Shape::Header,
        5 => Shape::Row,
        6 => Shape::Code,
        _ => return None,
    })
}

fn push(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn pull(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(bytes)?;
        value |= u64::from(next & 0x7f) << shift;
        if next < 0x80 {
            return Some(value);
        }
    }
    None
}

fn byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_layout_comes_back(blocks in prop::collection::vec((0_u32..100_000, 0_u8..7, any::<u8>(), any::<u8>()), 0..40), kind in 0_usize..15, level in "[a-z0-9-]{0,8}") {
            let blocks = blocks.into_iter().map(|(line, shape, depth, placement)| {
                let depth = if (1..4).contains(&shape) { depth } else { 0 };
                BlockLayout { line, shape: shape_of(shape, depth).unwrap(), placement, name: (placement % 3 == 0).then_some((u32::from(depth), 300)) }
            });
            let section = SectionLayout { kind: SectionKind::ALL[kind], level: (!level.is_empty()).then_some(level), blocks: blocks.collect() };
            let layout = Layout { sections: vec![section, SectionLayout::default()] };
            prop_assert_eq!(decode(&encode(&layout)), Some(layout));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes);
        }
    }
}
