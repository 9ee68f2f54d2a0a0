//! Turns texts into the packed formats that hold them, without packing them tighter: an input that is changed inside its
//! wrapping gets past the checksums.

/// A gzip member.
pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    let mut pieces = text.chunks(0xffff).peekable();
    if pieces.peek().is_none() {
        packed.extend(b"\x01\0\0\xff\xff");
    }
    while let Some(piece) = pieces.next() {
        let length = piece.len() as u16;
        packed.push(u8::from(pieces.peek().is_none()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(piece);
    }
    packed.extend(crc32(text).to_le_bytes());
    packed.extend((text.len() as u32).to_le_bytes());
    packed
}

/// A Zstandard frame.
pub fn zstd(text: &[u8]) -> Vec<u8> {
    // One segment, its size in eight bytes, no checksum.
    let mut packed = b"\x28\xb5\x2f\xfd\xe0".to_vec();
    packed.extend((text.len() as u64).to_le_bytes());
    let mut pieces = text.chunks(1 << 16).peekable();
    if pieces.peek().is_none() {
        packed.extend(b"\x01\0\0");
    }
    while let Some(piece) = pieces.next() {
        let is_last = u32::from(pieces.peek().is_none());
        let header = (piece.len() as u32) << 3 | is_last;
        packed.extend(&header.to_le_bytes()[..3]);
        packed.extend(piece);
    }
    packed
}

/// A zip archive with these files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut packed, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let offset = packed.len() as u32;
        let mut header = b"\x14\0\0\0\0\0\0\0\x21\0".to_vec();
        header.extend(crc32(bytes).to_le_bytes());
        header.extend((bytes.len() as u32).to_le_bytes());
        header.extend((bytes.len() as u32).to_le_bytes());
        header.extend((name.len() as u16).to_le_bytes());
        header.extend([0, 0]);
        packed.extend(b"PK\x03\x04");
        packed.extend(&header);
        packed.extend(name.as_bytes());
        packed.extend(*bytes);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&header);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (packed.len() as u32, (files.len() as u16).to_le_bytes());
    packed.extend(&directory);
    packed.extend(b"PK\x05\x06\0\0\0\0");
    packed.extend([count, count].concat());
    packed.extend((directory.len() as u32).to_le_bytes());
    packed.extend(start.to_le_bytes());
    packed.extend([0, 0]);
    packed
}

/// A word processor's file whose text is this XML.
pub fn docx(document: &[u8]) -> Vec<u8> {
    let types = br#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let relations = br#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    zip(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", relations),
        ("word/document.xml", document),
    ])
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_frames_are_the_formats_own() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(gzip(b"a").len(), 10 + 5 + 1 + 8);
        assert_eq!(zstd(b"a")[13..], [0x09, 0, 0, b'a']);
        let zip = zip(&[("a", b"xy")]);
        assert_eq!(zip.len(), 30 + 1 + 2 + 46 + 1 + 22);
    }
}
