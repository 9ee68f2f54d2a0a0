//! Turns a packed file, gzip or zstd, into the bytes that were packed.

use std::io::Read;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use xxhash_rust::xxh64::xxh64;

use super::bounds::{self, Bound};
use super::problem::ProblemKind;

/// The endings of packed files; what stands before them decides how the content is read.
const ENDINGS: [&str; 2] = ["gz", "zst"];
/// What a gzip member begins with: its mark, and deflate, the only way of packing that there is.
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// What a zstd frame begins with.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How far back zstd may refer; its own default for a file of our size is less.
const MAX_WINDOW: u64 = 8 * 1024 * 1024;

/// Returns the name without the ending of a packed file; `None` where it has none.
pub fn inner_name(name: &str) -> Option<&str> {
    let (inner, ending) = name.rsplit_once('.')?;
    let is_packed = ENDINGS
        .iter()
        .any(|packed| ending.eq_ignore_ascii_case(packed));
    is_packed.then_some(inner)
}

/// Unpacks gzip and zstd, of any number of members; `None` for bytes that are neither.
///
/// A file that breaks off is an error as a whole: half a blueprint would be found for half of what it says.
pub fn unpack(bytes: &[u8]) -> Option<Result<Vec<u8>, ProblemKind>> {
    if bytes.starts_with(&GZIP) {
        Some(gzip(bytes))
    } else if is_zstd(bytes) {
        Some(zstd(bytes))
    } else {
        None
    }
}

/// Whether the bytes are a zstd file: a frame, or frames to skip and then one.
fn is_zstd(bytes: &[u8]) -> bool {
    let skips = |bytes: &[u8]| matches!(bytes, [first, 0x2a, 0x4d, 0x18, ..] if (0x50..=0x5f).contains(first));
    bytes.starts_with(&ZSTD) || skips(bytes)
}

/// What packed bytes become, up to the bounds.
struct Unpacked {
    bytes: Vec<u8>,
    /// The most that may come out, and the bound that says so.
    limit: usize,
    bound: &'static Bound,
}

impl Unpacked {
    fn new(packed: usize) -> Self {
        let ratio = packed.saturating_mul(bounds::RATIO.count());
        let (limit, bound) = if ratio < bounds::FILE.count() {
            (ratio, &bounds::RATIO)
        } else {
            (bounds::FILE.count(), &bounds::FILE)
        };
        Self {
            bytes: Vec::new(),
            limit,
            bound,
        }
    }

    /// Takes all that a member holds.
    fn take(&mut self, member: &mut impl Read, name: &str) -> Result<(), ProblemKind> {
        let left = (self.limit - self.bytes.len()) as u64;
        let read = member.take(left + 1).read_to_end(&mut self.bytes);
        if self.bytes.len() > self.limit {
            return Err(ProblemKind::Bound(self.bound));
        }
        read.map(|_| ()).map_err(|error| broken(name, &error))
    }
}

/// Reads what a part of an archive becomes, whose packed form has that many bytes.
pub fn bounded(packed: usize, part: &mut impl Read) -> Result<Vec<u8>, ProblemKind> {
    let mut unpacked = Unpacked::new(packed);
    unpacked.take(part, "a part of it")?;
    Ok(unpacked.bytes)
}

fn broken(name: &str, error: &std::io::Error) -> ProblemKind {
    let reason = match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "it breaks off".to_owned(),
        _ => error.to_string().to_lowercase(),
    };
    ProblemKind::Unreadable(format!("cannot unpack {name}: {reason}"))
}

fn damaged(name: &str, reason: &str) -> ProblemKind {
    ProblemKind::Unreadable(format!("cannot unpack {name}: {reason}"))
}

fn gzip(packed: &[u8]) -> Result<Vec<u8>, ProblemKind> {
    let mut unpacked = Unpacked::new(packed.len());
    let mut rest = packed;
    while !rest.is_empty() {
        if !rest.starts_with(&GZIP) {
            return Err(damaged("gzip", "something else stands behind it"));
        }
        let mut member = flate2::bufread::GzDecoder::new(rest);
        unpacked.take(&mut member, "gzip")?;
        rest = member.into_inner();
        // Tapes and some tools fill the last block up.
        let filled = rest.iter().take_while(|&&byte| byte == 0).count();
        rest = &rest[filled..];
    }
    Ok(unpacked.bytes)
}

fn zstd(packed: &[u8]) -> Result<Vec<u8>, ProblemKind> {
    let mut unpacked = Unpacked::new(packed.len());
    let mut rest = packed;
    while !rest.is_empty() {
        let start = unpacked.bytes.len();
        let mut frame = match StreamingDecoder::new_with_max_window_size(&mut rest, MAX_WINDOW) {
            Ok(frame) => frame,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                rest = rest
                    .get(length as usize..)
                    .ok_or_else(|| damaged("zstd", "it breaks off"))?;
                continue;
            }
            Err(error) => return Err(damaged("zstd", &error.to_string().to_lowercase())),
        };
        unpacked.take(&mut frame, "zstd")?;
        check(&frame.decoder, &unpacked.bytes[start..])?;
    }
    Ok(unpacked.bytes)
}

/// The decoder reads the sum that stands behind a frame, and leaves it to us to compare it.
fn check(decoder: &FrameDecoder, content: &[u8]) -> Result<(), ProblemKind> {
    let sum = xxh64(content, 0) as u32;
    let said = decoder.get_checksum_from_data();
    if !decoder.is_finished() || said.is_some_and(|said| said != sum) {
        return Err(damaged("zstd", "its check sum is another"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn gz(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zst(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn reason(bytes: &[u8]) -> String {
        let error = unpack(bytes).unwrap().unwrap_err();
        super::super::Problem::new("", None, error).reason()
    }

    const TEXT: &[u8] = b"# Cloud Director\n\nLeads.\n";

    #[test]
    fn packed_bytes_are_unpacked() {
        let two = |pack: fn(&[u8]) -> Vec<u8>| {
            [pack(b"# Cloud "), pack(b"Director\n\nLeads.\n")].concat()
        };
        let skipped = [&[0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9][..], &zst(TEXT)].concat();
        let cases = [
            ("gzip", gz(TEXT)),
            ("two members", two(gz)),
            ("filled up", [gz(TEXT), vec![0; 40]].concat()),
            ("zstd", zst(TEXT)),
            ("two frames", two(zst)),
            ("a frame to skip", skipped),
        ];
        for (name, packed) in cases {
            assert_eq!(unpack(&packed), Some(Ok(TEXT.to_vec())), "{name}");
        }
        assert_eq!(unpack(TEXT), None);
        assert_eq!(unpack(&gz(b"")), Some(Ok(Vec::new())));
    }

    #[test]
    fn what_breaks_off_is_not_taken() {
        for packed in [gz(TEXT), zst(TEXT), [gz(TEXT), gz(TEXT)].concat()] {
            for end in 5..packed.len() {
                // Between two members is an end like any other.
                let whole = end * 2 == packed.len() && packed[end..].starts_with(&GZIP);
                let result = unpack(&packed[..end]).unwrap();
                assert_eq!(result.is_ok(), whole, "{end} of {}", packed.len());
            }
        }
        assert_eq!(reason(&gz(TEXT)[..30]), "cannot unpack gzip: it breaks off");
        let behind = [gz(TEXT), b"more".to_vec()].concat();
        assert_eq!(
            reason(&behind),
            "cannot unpack gzip: something else stands behind it"
        );
    }

    #[test]
    fn damage_is_seen_by_the_check_sum() {
        let mut packed = gz(TEXT);
        let sum = packed.len() - 8;
        packed[sum] ^= 1;
        assert!(unpack(&packed).unwrap().is_err());
    }

    #[test]
    fn bombs_are_not_unpacked() {
        // Deflate packs zeros a thousand times smaller.
        assert_eq!(
            reason(&gz(&vec![b' '; 3_000_000])),
            "more than 200 times its packed size: the file is not read"
        );
        assert_eq!(
            reason(&gz(&vec![b' '; 40_000_000])),
            "more than 4,194,304 bytes: the file is not read"
        );
    }

    #[test]
    fn names_lose_the_ending() {
        for (name, inner) in [
            ("x.md.gz", Some("x.md")),
            ("x.CSV.ZST", Some("x.CSV")),
            ("x.md", None),
            ("gz", None),
        ] {
            assert_eq!(inner_name(name), inner, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end(kind in 0..3_usize, bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let magic: &[u8] = [&GZIP[..], &ZSTD[..], &[0x50, 0x2a, 0x4d, 0x18]][kind];
            let _ = unpack(&[magic, &bytes].concat());
            let mut packed = if kind == 0 { gz(TEXT) } else { zst(TEXT) };
            let at = at.index(packed.len());
            packed[at] = byte;
            let _ = unpack(&packed);
        }
    }
}
