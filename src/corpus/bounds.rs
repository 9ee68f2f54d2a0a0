//! How much of a file is read: every bound on what a document may ask of us, and what is said where one is met.
//!
//! The figures are far above what people write (the longest real blueprint known to us has 60 KB, 200 headings and 400
//! items) and far below what would fill a memory.

/// A bound and what happens to what is beyond it.
#[derive(Debug, PartialEq, Eq)]
pub struct Bound {
    /// The greatest number that is read.
    pub limit: u64,
    /// Of what.
    pub unit: &'static str,
    /// What happens beyond it.
    pub effect: &'static str,
}

impl Bound {
    /// Returns the limit as a length.
    pub const fn count(&self) -> usize {
        self.limit as usize
    }

    /// Returns whether a file beyond it is not read at all.
    pub fn loses_file(&self) -> bool {
        [&FILE, &RATIO].contains(&self)
    }

    /// Returns what is said where more was met.
    pub fn message(&self) -> String {
        format!(
            "more than {} {}: {}",
            grouped(self.limit),
            self.unit,
            self.effect
        )
    }
}

macro_rules! bounds {
    ($($(#[$doc:meta])* $name:ident = $limit:literal, $unit:literal, $effect:literal;)*) => {
        $($(#[$doc])* pub static $name: Bound = Bound { limit: $limit, unit: $unit, effect: $effect };)*

        /// All bounds, for the documentation.
        pub static ALL: &[&Bound] = &[$(&$name),*];
    };
}

bounds! {
    /// The size of a file; what is packed counts as it is unpacked.
    FILE = 4_194_304, "bytes", "the file is not read";
    /// How much larger than its packed form a file may become.
    RATIO = 200, "times its packed size", "the file is not read";
    /// Roles of one file, such as a listing or a table.
    ROLES = 20_000, "roles in one file", "the rest of the file is left out";
    /// Sections of one role.
    SECTIONS = 2_000, "sections in one role", "the rest of the role is left out";
    /// Paragraphs, items and rows of one role.
    BLOCKS = 20_000, "paragraphs, items and rows in one role", "the rest of the role is left out";
    /// Skills, KPIs, tools and career steps of one role.
    ENTITIES = 5_000, "skills, KPIs, tools and steps in one role", "the rest is read as text";
    /// Cells of one row of a table.
    CELLS = 256, "cells in one row", "the rest of the row is left out";
    /// The length of a head in YAML or TOML.
    HEAD = 65_536, "bytes of head", "it is read as text";
    /// Attributes of one tag of a page, about.
    ATTRIBUTES = 20_000, "attributes in one tag", "the rest of the file is left out";
    /// How deep values may be nested.
    DEPTH = 64, "levels of nesting", "what is deeper is left out";
}

/// Writes a number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_say_what_they_do() {
        assert_eq!(
            SECTIONS.message(),
            "more than 2,000 sections in one role: the rest of the role is left out"
        );
        assert_eq!(grouped(4_194_304), "4,194,304");
        assert_eq!(grouped(64), "64");
    }
}
