//! A MAC address that may send on a peering LAN or a closed user group.

use std::collections::BTreeSet;

use super::checks;
use super::declaration::{
    Arrives, Collection, Ends, Life, Resource, Source, Which, by, check, fields, id_of, moment,
    no_further_rules, text,
};
use super::formats;
use super::groups::{BY_IDS, BY_OWNERS, CHECKS_OF_OWNERS, ID};

/// MAC addresses (dictionary §7.9). No version of IX-API can change one.
pub static MACS: Collection = Collection {
    name: "mac",
    plural: "macs",
    noun: "MAC address",
    description: "MAC addresses that may send on a peering LAN or a closed user group.",
    path: "/macs",
    schema: "MacAddress",
    shape: fields(&[
        ID,
        &[
            id_of("managing_account", "Account that manages it.")
                .found_in(Source::Account)
                .replaces(),
            id_of("consuming_account", "Account that uses it.")
                .found_in(Source::Account)
                .replaces(),
            text("external_ref", "Reference of your own.")
                .drawn()
                .valid_if(formats::reference)
                .replaces()
                .max(128),
            text(
                "address",
                "The address, as in `42:23:bc:8e:b8:b0`. Case does not matter.",
            )
            .required()
            .replaces()
            .any_case()
            .valid_if(unicast),
            moment("valid_not_before", "Moment from which it may send.")
                .optional()
                .replaces()
                .same_if(formats::same_moment),
            moment("valid_not_after", "Moment until which it may send.")
                .optional()
                .replaces()
                .same_if(formats::same_moment),
        ],
    ]),
    filters: &[
        BY_IDS,
        BY_OWNERS,
        &[
            by(
                "network_service_config",
                "Only those that this config uses.",
            )
            .ask_the_exchange(),
            by("address", "Only the one with this address."),
            by(
                "assigned_at",
                "Only those assigned at this moment; IX-API 2.1 alone knows this.",
            )
            .ask_the_exchange(),
            by("valid_not_before", "Only those valid from this moment.").ask_the_exchange(),
            by("valid_not_after", "Only those valid until this moment.").ask_the_exchange(),
        ],
    ],
    life: Life::Immediate,
};

/// A MAC address of one's own.
pub static MAC: Resource = Resource {
    name: "mac",
    noun: "MAC address",
    description: "A MAC address that may send on a peering LAN or a closed user group. IX-API \
                  cannot change one, so every change needs a new one, and an exchange takes none \
                  away that a config uses. So write `lifecycle { create_before_destroy = true }` \
                  from the start, as in the example: a config that names another address in its \
                  `macs` has the new one before the old one goes. If that was left out and the \
                  exchange refuses to delete an address that `for_each` does not have any more, \
                  put it back beside the new one, add that line and apply; then take it out and \
                  apply again. A change of all but the address itself is refused while a config \
                  uses it, since an address is registered once: take the address out of the \
                  configuration and apply, then write it again as it is to be.",
    of: &MACS,
    which: Which::All,
    arrives: Arrives::Ordered,
    ends: Ends::Deleted,
    one_at_a_time: &[],
    links: &[],
    check: no_further_rules,
    plan: &[
        CHECKS_OF_OWNERS,
        &[check(checks::OF_THE_SAME, |scene| {
            Box::pin(checks::replaced_while_in_use(scene))
        })],
    ],
};

/// What is wrong with what is no address at all.
const NO_ADDRESS: &str = "is not a MAC address, such as 42:23:bc:8e:b8:b0";

/// An address as IX-API writes it, of any usual spelling: `42-23-BC-8E-B8-B0`, `4223.bc8e.b8b0`,
/// `4223bc8eb8b0`, `0:1b:21:3c:9d:f8`.
///
/// # Errors
/// What is wrong with it, as of an address that is ordered.
pub fn normalized(text: &str) -> Result<String, &'static str> {
    let text = text.trim().to_ascii_lowercase();
    let parts: Vec<&str> = text.split([':', '-', '.']).collect();
    let separators: BTreeSet<char> = text.matches([':', '-', '.']).flat_map(str::chars).collect();
    // Six bytes may come without their leading zeros; groups of digits may not.
    let digits: String = match parts.len() {
        6 if parts.iter().all(|byte| !byte.is_empty()) => {
            parts.iter().map(|byte| format!("{byte:0>2}")).collect()
        }
        _ if parts.iter().all(|part| part.len() == parts[0].len()) => parts.concat(),
        _ => String::new(),
    };
    let is_whole = digits.len() == 12 && digits.is_ascii() && separators.len() <= 1;
    let bytes: Vec<&str> = match is_whole {
        true => (0..12).step_by(2).map(|at| &digits[at..at + 2]).collect(),
        false => Vec::new(),
    };
    let address = bytes.join(":");
    unicast(&address).map_or(Ok(address), Err)
}

/// Six bytes in hexadecimal, with colons, of one station.
fn unicast(text: &str) -> Option<&'static str> {
    let bytes: Vec<&str> = text.split(':').collect();
    let hexadecimal = |byte: &&str| byte.len() == 2 && byte.chars().all(|c| c.is_ascii_hexdigit());
    if bytes.len() != 6 || !bytes.iter().all(hexadecimal) {
        return Some(NO_ADDRESS);
    }
    // The lowest bit of the first byte marks a group of stations.
    let first = u8::from_str_radix(bytes[0], 16).unwrap_or_default();
    if first & 1 == 1 {
        return Some("is a multicast address; one station's own is needed");
    }
    bytes
        .iter()
        .all(|byte| *byte == "00")
        .then_some("is no address of a station")
}

#[cfg(test)]
mod tests {
    use super::{normalized, unicast};

    #[test]
    fn a_mac_address_is_that_of_one_station() {
        for good in ["42:23:bc:8e:b8:b0", "42:23:BC:8E:B8:B0"] {
            assert_eq!(unicast(good), None, "{good}");
        }
        for bad in [
            "",
            "42:23:bc:8e:b8",
            "42-23-bc-8e-b8-b0",
            "42:23:bc:8e:b8:zz",
            "01:00:5e:00:00:01",
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
        ] {
            assert!(unicast(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn any_usual_spelling_of_an_address_is_the_one_of_ix_api() {
        for usual in [
            "02:1b:21:3c:9d:f8",
            "02-1B-21-3C-9D-F8",
            " 2:1b:21:3c:9d:f8",
            "021b.213c.9df8",
            "021b-213c-9df8",
            "021b21-3c9df8",
            "021B213C9DF8",
        ] {
            assert_eq!(
                normalized(usual).as_deref(),
                Ok("02:1b:21:3c:9d:f8"),
                "{usual}"
            );
        }
        for bad in [
            "",
            "02:1b:21:3c:9d",
            "02:1b-21:3c:9d:f8",
            "002:1b:21:3c:9d:f8",
            "021b.213c.9df8.0000",
            "21b.213c.09df8",
            "021b213c9dfé",
            "::::::",
            "42:23:bc::b8:b0",
        ] {
            assert_eq!(normalized(bad), Err(super::NO_ADDRESS), "{bad}");
        }
        let group = normalized("0100.5e00.0001");
        assert!(group.is_err_and(|why| why.contains("multicast")));
    }
}
