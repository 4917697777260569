//! The parts of a request's path.

/// The path's parts, each without its percent encoding; None where that is broken.
pub fn parts(path: &str) -> Option<Vec<String>> {
    path.trim_matches('/').split('/').map(decoded).collect()
}

fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
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
    use super::parts;

    #[test]
    fn names_with_arrows_and_colons_arrive() {
        assert_eq!(parts("/proxies/api-%3Eredis%3A6379").unwrap()[1], "api->redis:6379");
        assert_eq!(parts("/").unwrap(), [""]);
        assert_eq!(parts("/a/%zz"), None);
        assert_eq!(parts("/a/%2"), None);
    }
}
