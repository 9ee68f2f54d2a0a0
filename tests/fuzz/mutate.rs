//! Turns a seed into an input that is nearly right: flipped, cut, doubled, spliced, blown up, nested, badly encoded.

use crate::random::Random;

/// Bytes at which readers turn.
const TURNS: &[u8] =
    b"\0\t\n\x0b\x0c\r\x1b\x1f \"#&'()*+,-./:;<=>?@[\\]^_`{|}~\x7f\x80\xbf\xc3\xe2\xf0\xfe\xff";

/// Characters that are more than they look: controls, directions, joiners, marks, wide and long ones, and letters whose
/// other case has another length.
const ODD: &[&str] = &[
    "\u{0}",
    "\u{b}",
    "\u{1f}",
    "\u{1b}[31m",
    "\u{85}",
    "\u{ad}",
    "\u{a0}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2028}",
    "\u{2066}",
    "\u{feff}",
    "\u{fffd}",
    "e\u{301}",
    "\u{1100}\u{1161}\u{11a8}",
    "\u{1e9b}\u{323}",
    "İ",
    "ß",
    "ŉ",
    "K",
    "日本語",
    "👩‍💻",
    "\u{10ffff}",
    "\u{e000}",
    "ﬁ",
    "ǅ",
    "\u{345}",
];

/// Numbers at which readers turn.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65536",
    "2147483648",
    "4294967296",
    "18446744073709551616",
    "1e309",
    "-0.0",
    "0x7f",
    "99999999999999999999999999999999",
];

/// What opens and closes, and what only opens.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("{\"a\":", "}"),
    ("<div>", "</div>"),
    ("<ul><li>", "</li></ul>"),
    ("<b>", ""),
    ("> ", ""),
    ("- ", ""),
    ("1. ", ""),
    ("*", "*"),
    ("**", "**"),
    ("[a](", ")"),
    ("![", "](x)"),
    ("`", "`"),
    ("&", ";"),
    ("<!--", "-->"),
    ("<table><tr><td>", "</td></tr></table>"),
    ("-(", ")"),
    ("NOT ", ""),
    ("\"", "\""),
    ("<", ">"),
    ("a.", ""),
    ("[[", "]]"),
    ("&a [*a, ", "]"),
    ("#", "\n"),
];

/// What an input is made from.
pub struct Source<'a> {
    /// The inputs that are worth changing.
    pub seeds: &'a [Vec<u8>],
    /// The words of the format.
    pub words: &'a [&'a str],
    /// How long an input may become.
    pub longest: usize,
    /// One input of this many is blown up.
    pub blown_up: usize,
}

/// Makes an input.
pub fn input(source: &Source<'_>, random: &mut Random) -> Vec<u8> {
    let mut bytes = random.pick(source.seeds).clone();
    for _ in 0..=random.below(5) {
        change(&mut bytes, source, random);
    }
    if random.one_in(source.blown_up) {
        blow_up(&mut bytes, source, random);
    }
    if random.one_in(100) {
        bytes = encoded_otherwise(&bytes, random);
    }
    bytes.truncate(source.longest);
    bytes
}

fn change(bytes: &mut Vec<u8>, source: &Source<'_>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let (start, end) = span(bytes, random);
    match random.below(16) {
        0 if !bytes.is_empty() => bytes[start] ^= 1 << random.below(8),
        1 if !bytes.is_empty() => {
            let at = random.below(bytes.len());
            bytes[at] = *random.pick(TURNS);
        }
        2 => insert(bytes, at, &[random.next() as u8]),
        3 => {
            bytes.drain(start..end);
        }
        4 => {
            let copy = bytes[start..end].to_vec();
            insert(bytes, at, &copy);
        }
        5 | 6 => {
            let other = random.pick(source.seeds);
            let (from, to) = span(other, random);
            bytes.splice(
                start..end.min(start + random.below(32)),
                other[from..to].iter().copied(),
            );
        }
        7 | 8 => insert(bytes, at, word(source, random).as_bytes()),
        9 => {
            bytes.splice(start..end, word(source, random).bytes());
        }
        10 => insert(bytes, at, random.pick(ODD).as_bytes()),
        11 => {
            let odd = random.pick(ODD).as_bytes();
            insert(bytes, at, &odd[..random.below(odd.len() + 1)]);
        }
        12 => number(bytes, random),
        13 => lines(bytes, random),
        14 => insert(bytes, at, &[*random.pick(TURNS)]),
        _ => bytes.truncate(at),
    }
}

/// A stretch of up to 64 bytes, of up to a thousand now and then.
fn span(bytes: &[u8], random: &mut Random) -> (usize, usize) {
    let start = random.below(bytes.len());
    let most = if random.one_in(8) { 1024 } else { 64 };
    let length = random.below(most.min(bytes.len() - start) + 1);
    (start, start + length)
}

fn insert(bytes: &mut Vec<u8>, at: usize, what: &[u8]) {
    bytes.splice(at..at, what.iter().copied());
}

fn word<'a>(source: &Source<'a>, random: &mut Random) -> &'a str {
    if source.words.is_empty() {
        return random.pick(NESTS).0;
    }
    let words: &[&'a str] = source.words;
    words[random.below(words.len())]
}

fn number(bytes: &mut Vec<u8>, random: &mut Random) {
    let from = random.below(bytes.len());
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = from + start;
    let digits = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let end = start + digits.count();
    bytes.splice(start..end, random.pick(NUMBERS).bytes());
}

/// Swaps, doubles or leaves out a line.
fn lines(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(3) {
        0 => lines.swap(one, other),
        1 => lines.insert(other, lines[one].clone()),
        _ => {
            lines.remove(one);
        }
    }
    *bytes = lines.concat();
}

/// Repeats a stretch or a word, or nests a sign, up to the longest input.
fn blow_up(bytes: &mut Vec<u8>, source: &Source<'_>, random: &mut Random) {
    let size = (source.longest.min(1 << 18) >> random.below(10)).max(16);
    let at = random.below(bytes.len() + 1);
    let filling = match random.below(3) {
        0 => {
            let (start, end) = span(bytes, random);
            repeated(&bytes[start..end], size)
        }
        1 => repeated(word(source, random).as_bytes(), size),
        _ => nested(*random.pick(NESTS), size),
    };
    insert(bytes, at, &filling);
}

/// A text over and over, up to `size` bytes.
pub fn repeated(what: &[u8], size: usize) -> Vec<u8> {
    what.repeat(size / what.len().max(1))
}

/// Something that opens, as often as fits into `size` bytes, and what closes it.
pub fn nested((open, close): (&str, &str), size: usize) -> Vec<u8> {
    let times = size / (open.len() + close.len());
    [open.repeat(times), "x".to_owned(), close.repeat(times)]
        .concat()
        .into_bytes()
}

/// The inputs that are nothing but a word or a sign over and over, alone and behind a seed.
pub fn explosions(source: &Source<'_>, size: usize) -> Vec<Vec<u8>> {
    let words = source.words.iter().chain(ODD);
    let words = words.filter(|word| !word.is_empty());
    let words = words.map(|word| repeated(word.as_bytes(), size));
    let nests = NESTS.iter().map(|nest| nested(*nest, size));
    let alone: Vec<Vec<u8>> = words.chain(nests).collect();
    let first = &source.seeds[0];
    let behind = alone
        .iter()
        .map(|filling| [first.as_slice(), filling].concat());
    let behind: Vec<Vec<u8>> = behind.collect();
    [alone, behind].concat()
}

/// The same text in UTF-16, in Latin-1, or with other line ends.
fn encoded_otherwise(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    match random.below(5) {
        0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect(),
        2 => text.chars().map(|c| c as u8).collect(),
        3 => text.replace('\n', "\r\n").into_bytes(),
        _ => text.replace('\n', "\r").into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs_and_another_others() {
        let seeds = [
            b"# Release Manager\n\nGuards 12 releases.\n".to_vec(),
            b"level: senior".to_vec(),
        ];
        let source = Source {
            seeds: &seeds,
            words: &["## KPIs\n"],
            longest: 4096,
            blown_up: 50,
        };
        let all = |seed| {
            let mut random = Random::new(seed, "x");
            (0..2_000)
                .map(|_| input(&source, &mut random))
                .collect::<Vec<_>>()
        };
        let (first, again, other) = (all(1), all(1), all(2));
        assert!(first == again && first != other);
        let distinct: std::collections::BTreeSet<_> = first.iter().collect();
        assert!(distinct.len() > 1_500, "{}", distinct.len());
        assert!(first.iter().any(|bytes| bytes.len() > 2_048));
        assert!(first.iter().all(|bytes| bytes.len() <= 4_096));
        assert!(
            first
                .iter()
                .any(|bytes| std::str::from_utf8(bytes).is_err())
        );
    }
}
