//! Forms that texts have, such as an e-mail address: what is wrong with a text, if anything; and
//! when two texts mean the same.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

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

/// An IP address.
pub fn ip(text: &str) -> Option<&'static str> {
    let valid = text.parse::<IpAddr>().is_ok();
    (!valid).then_some("is not an IP address, such as 192.0.2.10 or 2001:db8::10")
}

/// A set of routes and where it is registered, as in `AS-EXAMPLE@RIPE`.
pub fn as_set(text: &str) -> Option<&'static str> {
    let valid = text.split_once('@').is_some_and(|(set, registry)| {
        !set.is_empty() && !registry.is_empty() && !text.contains(char::is_whitespace)
    });
    (!valid).then_some(AS_SET_WITHOUT_REGISTRY)
}

const AS_SET_WITHOUT_REGISTRY: &str = "does not say where it is registered, as in AS-EXAMPLE@RIPE";

/// A set of routes as IX-API writes it, of any usual spelling: `RIPE::AS-EXAMPLE`,
/// `as-example@ripe`, `AS64500:AS-CUSTOMERS@RADB`. It may be the routes of one autonomous system,
/// `AS64500@RIPE`.
///
/// # Errors
/// What is wrong with it.
pub fn normalized_as_set(text: &str) -> Result<String, &'static str> {
    let text = text.trim().to_ascii_uppercase();
    if text.contains(|c: char| c.is_whitespace() || c == ',') {
        return Err("names several sets; an object at the exchange has one for each IP version");
    }
    let (set, registry) = match (text.split_once("::"), text.split_once('@')) {
        (Some((registry, set)), None) => (set, registry),
        (None, Some((set, registry))) => (set, registry),
        (None, None) => return Err(AS_SET_WITHOUT_REGISTRY),
        (Some(_), Some(_)) => return Err("says twice where it is registered"),
    };
    let is_name = |name: &str| {
        let ends = [name.chars().next(), name.chars().last()];
        ends.iter()
            .all(|end| end.is_some_and(|c| c.is_ascii_alphanumeric()))
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    if !is_name(registry) {
        return Err(AS_SET_WITHOUT_REGISTRY);
    }
    let is_system = |part: &str| {
        let number = part.strip_prefix("AS").unwrap_or_default();
        let is_plain = number.bytes().all(|digit| digit.is_ascii_digit());
        is_plain && !number.starts_with('0') && number.parse::<u32>().is_ok()
    };
    let is_set = |part: &str| part.len() > 3 && part.starts_with("AS-") && is_name(part);
    let mut parts = set.split(':');
    match parts.all(|part| is_set(part) || is_system(part)) {
        true => Ok(format!("{set}@{registry}")),
        false => Err("is no AS-SET, such as AS-EXAMPLE or AS64500:AS-CUSTOMERS"),
    }
}

/// A reference of one's own, which may be empty. What was ordered is found again by it, so that it
/// has nothing in it that an exchange may take away.
pub fn reference(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return None;
    }
    match text.trim() {
        "" => Some("consists of blanks alone, by which nobody finds it again"),
        trimmed if trimmed != text => Some(BLANKS_AT_ITS_ENDS),
        _ if text.contains(is_unseen) => Some(UNSEEN_CHARACTERS),
        _ => None,
    }
}

const BLANKS_AT_ITS_ENDS: &str = "begins or ends with a blank or a line break; an exchange may \
                                  take that away, and what was ordered is found again by its \
                                  reference. Write it without; what is there already keeps its \
                                  own where the attribute is left out";

const UNSEEN_CHARACTERS: &str = "has line breaks, control characters or invisible characters in \
                                 it; an exchange may take them away, and what was ordered is found \
                                 again by its reference. Write it without; what is there already \
                                 keeps its own where the attribute is left out";

/// What Unicode lets programs pass over when they show a text (`Default_Ignorable_Code_Point`),
/// and what breaks or annotates a line without being a control character.
const IGNORABLE: [(char, char); 17] = [
    ('\u{AD}', '\u{AD}'),
    ('\u{34F}', '\u{34F}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{2028}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFFB}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E0FFF}'),
];

/// Whether nobody sees a character.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || IGNORABLE
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&c))
}

/// A network of IPv4 addresses.
pub fn network_v4(text: &str) -> Option<&'static str> {
    let valid = is_network::<Ipv4Addr>(text, 32);
    (!valid).then_some("is not an IPv4 network with its length, such as 198.51.100.0/24")
}

/// A network of IPv6 addresses.
pub fn network_v6(text: &str) -> Option<&'static str> {
    let valid = is_network::<Ipv6Addr>(text, 128);
    (!valid).then_some("is not an IPv6 network with its length, such as 2001:db8::/64")
}

fn is_network<Address: FromStr>(text: &str, longest: u8) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        let length = length.parse::<u8>();
        address.parse::<Address>().is_ok() && length.is_ok_and(|length| length <= longest)
    })
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
    fn any_usual_spelling_of_an_as_set_is_the_one_of_ix_api() {
        for (usual, normal) in [
            ("RIPE::AS-EXAMPLE", "AS-EXAMPLE@RIPE"),
            ("as-example@ripe ", "AS-EXAMPLE@RIPE"),
            ("RADB::AS64500:AS-CUSTOMERS", "AS64500:AS-CUSTOMERS@RADB"),
            ("AS64500@ARIN", "AS64500@ARIN"),
        ] {
            assert_eq!(normalized_as_set(usual).as_deref(), Ok(normal));
            assert_eq!(as_set(normal), None);
        }
        for (bad, why) in [
            ("AS-EXAMPLE", "registered"),
            ("", "registered"),
            ("AS-EXAMPLE@", "registered"),
            ("AS-EXAMPLE@RI/PE", "registered"),
            ("RIPE::AS-EXAMPLE@RADB", "twice"),
            ("RIPE::AS-A RADB::AS-B", "several"),
            ("AS-@RIPE", "no AS-SET"),
            ("EXAMPLE@RIPE", "no AS-SET"),
            ("AS-EXAMPLE:@RIPE", "no AS-SET"),
            ("AS4294967296@RIPE", "no AS-SET"),
            ("AS+64500@RIPE", "no AS-SET"),
            ("AS064500@RIPE", "no AS-SET"),
        ] {
            let wrong = normalized_as_set(bad);
            assert!(wrong.is_err_and(|told| told.contains(why)), "{bad}");
        }
    }

    #[test]
    fn a_reference_has_nothing_that_an_exchange_may_take_away() {
        for good in ["", "port-1", "Port 1 / Köln", "\u{1F980}", "港-1"] {
            assert_eq!(reference(good), None, "{good:?}");
        }
        for (bad, why) in [
            (" ", "blanks alone"),
            ("\u{A0}", "blanks alone"),
            (" port-1", "begins or ends"),
            ("port-1 ", "begins or ends"),
            ("port-1\n", "begins or ends"),
            ("\u{A0}port-1", "begins or ends"),
            ("port\n1", "line breaks"),
            ("port\t1", "control"),
            ("port\u{0}1", "control"),
            ("port\u{2028}1", "line breaks"),
            ("port-1\u{200B}", "invisible"),
            ("\u{FEFF}port-1", "invisible"),
            ("po\u{AD}rt", "invisible"),
            ("port\u{2060}1", "invisible"),
            ("port\u{200F}1", "invisible"),
            ("port\u{202E}1", "invisible"),
        ] {
            let wrong = reference(bad);
            assert!(wrong.is_some_and(|told| told.contains(why)), "{bad:?}");
        }
    }

    #[test]
    fn a_network_has_a_length_and_is_of_its_family() {
        assert_eq!(network_v4("198.51.100.0/24"), None);
        assert_eq!(network_v6("2001:db8::/64"), None);
        for bad in ["198.51.100.0", "198.51.100.0/33", "2001:db8::/64", "/24"] {
            assert!(network_v4(bad).is_some(), "{bad}");
        }
        for bad in ["2001:db8::", "2001:db8::/129", "198.51.100.0/24"] {
            assert!(network_v6(bad).is_some(), "{bad}");
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
