//! Forms that texts have, such as an e-mail address: what is wrong with a text, if anything; and
//! when two texts mean the same.

use std::net::IpAddr;

use crate::ixapi::lenient;

/// Whether two moments are the same, whatever their zones.
pub fn same_moment(one: &str, other: &str) -> bool {
    let (one, other) = (lenient::moment(one), lenient::moment(other));
    one.is_some() && one == other
}

/// Whether two IP addresses are the same, however they are written.
pub fn same_ip(one: &str, other: &str) -> bool {
    let parsed = |text: &str| text.parse::<IpAddr>().ok();
    parsed(one).is_some() && parsed(one) == parsed(other)
}

/// A set of routes and where it is registered, as in `AS-EXAMPLE@RIPE`.
pub fn as_set(text: &str) -> Option<&'static str> {
    let valid = text.split_once('@').is_some_and(|(set, registry)| {
        !set.is_empty() && !registry.is_empty() && !text.contains(char::is_whitespace)
    });
    (!valid).then_some("does not say where it is registered, as in AS-EXAMPLE@RIPE")
}

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
    fn moments_and_addresses_are_compared_by_what_they_mean() {
        assert!(same_moment(
            "2026-01-31T12:00:00Z",
            "2026-01-31T13:00:00+01:00"
        ));
        assert!(!same_moment("2026-01-31T12:00:00Z", "2026-01-31T12:00:01Z"));
        assert!(!same_moment("soon", "soon enough"));
        assert!(same_ip("2001:db8::1", "2001:0DB8:0000::0001"));
        assert!(!same_ip("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn a_set_of_routes_says_where_it_is_registered() {
        assert_eq!(as_set("AS-EXAMPLE@RIPE"), None);
        for bad in ["AS-EXAMPLE", "@RIPE", "AS-EXAMPLE@", "AS EXAMPLE@RIPE"] {
            assert!(as_set(bad).is_some(), "{bad}");
        }
    }

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
