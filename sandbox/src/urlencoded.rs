//! Percent decoding of paths, queries and form bodies.

/// Decodes `%41`; a `%` that is not followed by two hex digits stands for itself.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The pairs of a query or a form, in their order, where `+` is a space.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                decode(&name.replace('+', " ")),
                decode(&value.replace('+', " ")),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_decoded_and_a_lone_percent_sign_is_kept() {
        assert_eq!(decode("role%3Anoc"), "role:noc");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%é"), "%é");
    }

    #[test]
    fn a_form_keeps_the_order_of_its_pairs() {
        let expected = vec![
            ("a".to_owned(), "x y".to_owned()),
            ("b".to_owned(), "1,2".to_owned()),
            ("c".to_owned(), String::new()),
        ];
        assert_eq!(pairs("a=x+y&b=1%2C2&c"), expected);
    }
}
