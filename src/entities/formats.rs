//! Forms that texts have, such as an e-mail address: what is wrong with a text, if anything.

/// An e-mail address: something, an `@`, a domain.
pub fn email(text: &str) -> Option<&'static str> {
    let valid = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.contains('.') && !domain.contains(['@', ' '])
    });
    (!valid).then_some("is not an e-mail address, such as noc@example.net")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_has_a_name_and_a_domain() {
        for good in ["noc@example.net", "a.b+c@sub.example.org"] {
            assert_eq!(email(good), None, "{good}");
        }
        for bad in ["noc", "@example.net", "noc@", "noc@host", "a@b@example.net"] {
            assert!(email(bad).is_some(), "{bad}");
        }
    }
}
