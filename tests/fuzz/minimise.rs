//! Turns an input that breaks something into a short one that breaks the same.

/// Leaves out what is not needed: halves first, then ever smaller pieces down to single bytes, as long as `breaks` holds.
pub fn minimised(input: &[u8], breaks: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut kept = input.to_vec();
    let mut size = kept.len().div_ceil(2).max(1);
    // An input that takes long is not tried a thousand times.
    let mut tries = 4_000;
    loop {
        let mut at = 0;
        while at < kept.len() && tries > 0 {
            tries -= 1;
            let end = (at + size).min(kept.len());
            let shorter = [&kept[..at], &kept[end..]].concat();
            if breaks(&shorter) {
                kept = shorter;
            } else {
                at = end;
            }
        }
        if size == 1 || tries == 0 {
            return kept;
        }
        size = size.div_ceil(2);
    }
}

/// Shows bytes in ASCII, as a byte string is typed.
pub fn escaped(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_goes() {
        let input = [&b"a long text before ("[..], &[0xff; 300], b"( and behind"].concat();
        let breaks = |bytes: &[u8]| bytes.split(|byte| *byte == b'(').count() > 2;
        assert_eq!(escaped(&minimised(&input, breaks)), "((");
        assert_eq!(minimised(b"", |_| true), b"");
    }
}
