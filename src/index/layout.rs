//! The shape of a stored body: which line of it is which block of which section, and where it stands in the source.
//!
//! A few bytes a block, so that the store holds little beside the text. [`encode`] and [`decode`] are each other's inverse.

use super::varint::{byte, pull, push};
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

/// What the first byte of a block says: that shape and placement are those of the block before, that it has a name, and in
/// the other bits how many lines it stands behind that block, or that a number of its own says so.
const AS_BEFORE: u8 = 1;
const NAMED: u8 = 2;
const STEP_AT: u32 = 2;
const LONG_STEP: u8 = 0x3f;

/// Turns a layout into bytes.
pub fn encode(layout: &Layout) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last = BlockLayout::default();
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
            push_block(&mut bytes, block, &last);
            last = *block;
        }
    }
    bytes
}

fn push_block(bytes: &mut Vec<u8>, block: &BlockLayout, last: &BlockLayout) {
    // Sections of a head stand out of order, so that a step may go back.
    let step = i64::from(block.line) - i64::from(last.line);
    let step = ((step << 1) ^ (step >> 63)) as u64;
    let short = step.min(u64::from(LONG_STEP)) as u8;
    let is_as_before = block.shape == last.shape && block.placement == last.placement;
    let mut first = short << STEP_AT;
    first |= if is_as_before { AS_BEFORE } else { 0 };
    first |= if block.name.is_some() { NAMED } else { 0 };
    bytes.push(first);
    if short == LONG_STEP {
        push(bytes, step);
    }
    if !is_as_before {
        bytes.extend(shape_bytes(block.shape));
        bytes.push(block.placement);
    }
    if let Some((start, end)) = block.name {
        push(bytes, u64::from(end) << 1 | u64::from(start > 0));
        if start > 0 {
            push(bytes, u64::from(start));
        }
    }
}

/// Reads a layout; `None` for bytes that are none.
pub fn decode(bytes: &[u8]) -> Option<Layout> {
    let mut rest = bytes;
    let mut last = BlockLayout::default();
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
            last = pull_block(&mut rest, &last)?;
            section.blocks.push(last);
        }
        layout.sections.push(section);
    }
    rest.is_empty().then_some(layout)
}

fn pull_block(rest: &mut &[u8], last: &BlockLayout) -> Option<BlockLayout> {
    let first = byte(rest)?;
    let step = match first >> STEP_AT {
        LONG_STEP => pull(rest)?,
        short => u64::from(short),
    };
    let step = (step >> 1).cast_signed() ^ -(step & 1).cast_signed();
    let line = i64::from(last.line).checked_add(step)?;
    let (shape, placement) = if first & AS_BEFORE == 0 {
        (shape_of(byte(rest)?, byte(rest)?)?, byte(rest)?)
    } else {
        (last.shape, last.placement)
    };
    let name = if first & NAMED == 0 {
        None
    } else {
        let end = pull(rest)?;
        let start = if end & 1 == 0 { 0 } else { pull(rest)? };
        Some((u32::try_from(start).ok()?, u32::try_from(end >> 1).ok()?))
    };
    Some(BlockLayout {
        line: u32::try_from(line).ok()?,
        shape,
        placement,
        name,
    })
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
