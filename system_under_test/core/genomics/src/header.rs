//! The title line of a record.

use std::borrow::Cow;

/// Identifier and description of a record, as they stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    id: &'a [u8],
    description: &'a [u8],
}

impl<'a> Header<'a> {
    /// Splits a title line without its `>` or `@`; `None` without an identifier.
    #[must_use]
    pub fn parse(title: &'a [u8]) -> Option<Self> {
        let end = title.iter().position(u8::is_ascii_whitespace).unwrap_or(title.len());
        let (id, description) = title.split_at(end);
        (!id.is_empty()).then(|| Self { id, description: description.trim_ascii() })
    }

    /// The title up to the first white space; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn id(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.id)
    }

    /// What follows it, trimmed, often empty; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn description(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The identifier is the first word; the rest is the description.
    #[test]
    fn splits_at_white_space() {
        let header = Header::parse(b"chr1\t of  E. coli \r").unwrap();
        assert_eq!((&*header.id(), &*header.description()), ("chr1", "of  E. coli"));
        assert_eq!(Header::parse(b"x").unwrap().description(), "");
    }

    /// A title that starts with white space has no identifier.
    #[test]
    fn needs_an_identifier() {
        assert_eq!(Header::parse(b""), None);
        assert_eq!(Header::parse(b" chr1"), None);
    }

    /// A byte that is not UTF-8 is replaced, not refused.
    #[test]
    fn tolerates_latin_1() {
        assert_eq!(Header::parse(b"M\xfcller").unwrap().id(), "M\u{fffd}ller");
    }
}
