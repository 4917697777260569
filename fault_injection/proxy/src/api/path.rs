//! Percent encoding in the path of a request.

/// The text without its percent encoding; None if the encoding is broken.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    /// Names of edges contain arrows, colons and slashes; a broken encoding is an error.
    #[test]
    fn any_name_is_decoded_and_a_broken_encoding_is_not() {
        assert_eq!(decoded("api-%3Eredis%3A6379").unwrap(), "api->redis:6379");
        assert_eq!(decoded("a%2Fb").unwrap(), "a/b");
        assert_eq!(decoded("").unwrap(), "");
        assert_eq!([decoded("%zz"), decoded("a%2"), decoded("%ff")], [None, None, None]);
    }
}
