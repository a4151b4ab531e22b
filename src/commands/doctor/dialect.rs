//! What was seen, as switches of the sandbox: with the file that this writes, `ixapi-sandbox`
//! speaks as the exchange does, as far as that can be seen by reading.

use std::collections::BTreeMap;

use serde_json::json;

use crate::ixapi::{Json, LoggedIn, State, id_of, lenient};

use super::findings::{Findings, Oddity};
use super::survey::{Narrowed, Survey, Visit, is_good, rows_of, status_of};

const ACCOUNTS: &str = "/accounts";
const CONFIGS: &str = "/network-service-configs";
const SERVICES: &str = "/network-services";
const OFFERINGS: &str = "/product-offerings";

/// The collections in which nothing is that the exchange made before there were customers.
const ORDERED: [&str; 5] = [
    "/connections",
    "/contacts",
    "/macs",
    CONFIGS,
    "/role-assignments",
];

/// The longest id that is a short number.
const SHORT: usize = 6;

/// What a switch is told by.
pub struct Evidence<'a> {
    /// What was asked and answered.
    pub survey: &'a Survey,
    /// What was odd about it.
    pub findings: &'a Findings,
    /// Whether the exchange's own keys opened it, and not OAuth2.
    pub by_api_key: bool,
}

/// A switch, by the sandbox's name for it, and how it is seen.
type Switch = (&'static str, fn(&Evidence<'_>) -> bool);

/// The switches that can be seen by reading.
pub const SEEN: [Switch; 31] = [
    ("cloud-vlan-zero", |it| {
        it.any_row(CONFIGS, |row| row.get("cloud_vlan") == Some(&json!(0)))
    }),
    ("service-keys", |it| it.has_extension()),
    ("extensions-at-root", |it| {
        let mut placed = it.survey.extensions_below_api.values();
        placed.any(|is_below| !is_below)
    }),
    ("extensions-unlisted", |it| {
        it.has_extension() && it.survey.extensions_below_api.is_empty()
    }),
    ("leaves-out", |it| it.anywhere(&Oddity::Absent)),
    ("zoneless-moments", |it| it.anywhere(&Oddity::Zoneless)),
    ("status-tells-the-past", |it| {
        it.any_row(SERVICES, |row| {
            let status = row.get("status").map(lenient::list).unwrap_or_default();
            let mut tags = status.iter().filter_map(|message| message.get("tag"));
            tags.any(|tag| tag == "requested")
        })
    }),
    ("upper-case-roles", |it| {
        it.findings.has(&Oddity::IdInOtherCase, |(path, field)| {
            *path == OFFERINGS && field.ends_with("required_contact_roles")
        })
    }),
    ("null-lists", |it| {
        it.findings
            .has(&Oddity::NullList, |(_, field)| !field.is_empty())
    }),
    ("numbers-as-text", |it| it.anywhere(&Oddity::NumberAsText)),
    ("one-is-no-list", |it| it.survey.one_is_no_list),
    ("problem-detail-list", |it| {
        it.refusal("detail").is_some_and(Json::is_array)
    }),
    ("problem-detail-object", |it| {
        it.refusal("detail").is_some_and(Json::is_object)
    }),
    ("problem-types-elsewhere", |it| {
        let kind = it.refusal("type").and_then(Json::as_str);
        kind.is_some_and(|kind| !kind.starts_with(PROBLEMS) || !kind.ends_with(".html"))
    }),
    ("problem-instances", |it| {
        it.refusal("instance").is_some_and(|it| !it.is_null())
    }),
    ("token-answers200", |it| {
        it.by_api_key && it.survey.login.status == 200
    }),
    ("opaque-tokens", |it| {
        it.by_api_key && !it.survey.login.looks_like_jwt
    }),
    ("health-up", |it| {
        it.findings
            .has(&Oddity::NumberForText, |(path, _)| *path == "/health")
    }),
    ("odd-moments", |it| it.anywhere(&Oddity::OddMoment)),
    ("days-for-moments", |it| it.anywhere(&Oddity::DayForMoment)),
    ("empty-for-null", |it| {
        it.findings
            .has(&Oddity::Empty, |(_, field)| !is_reference(field))
    }),
    ("zero-for-unset", |it| {
        let capacity = |place: &(_, String)| place.1 == "capacity";
        let references = it
            .findings
            .has(&Oddity::Empty, |(_, field)| is_reference(field));
        let empty = |place: &(_, String)| !is_reference(&place.1);
        let empties = it.findings.has(&Oddity::Empty, empty);
        it.findings.has(&Oddity::Zero, capacity)
            || it
                .findings
                .has(&Oddity::OfAnotherVariant, |(_, field)| is_vlan(field))
            || references && !empties
    }),
    ("upper-case-enums", |it| {
        it.findings
            .has(&Oddity::OtherCase, |(_, field)| field != "state")
    }),
    ("upper-case-macs", |it| it.anywhere(&Oddity::UpperCaseMac)),
    ("ipv6-in-full", |it| it.anywhere(&Oddity::LongIpv6)),
    ("numeric-ids", |it| {
        it.ids_are(|id| id.len() <= SHORT && id.bytes().all(|byte| byte.is_ascii_digit()))
    }),
    ("awkward-ids", |it| {
        it.ids_are(|id| id.contains(['/', '+', ':', '=', '?', '%']))
    }),
    ("contract-periods", |it| {
        it.any_row(OFFERINGS, |row| {
            let period = row.get("contract_initial_period");
            period.is_some_and(Json::is_string)
        })
    }),
    ("vlan-config-empty", |it| {
        it.findings
            .has(&Oddity::Hollow, |(_, field)| field == "vlan_config")
    }),
    ("vlans-zero", |it| {
        it.findings.has(&Oddity::Zero, |(_, field)| {
            is_vlan(field) && !field.ends_with("outer_vlan")
        })
    }),
    ("accounts-ignore-ids", |it| {
        let by_id = |path| it.survey.visit(path).and_then(|visit| visit.by_id);
        by_id(ACCOUNTS) == Some(Narrowed::No) && !it.ignores_filters()
    }),
];

/// More of them, which are about all that was listed.
pub const SEEN_IN_ALL: [Switch; 5] = [
    ("decommissioned-stays", |it| {
        it.any_state(&State::Decommissioned)
    }),
    ("archived-stays", |it| it.any_state(&State::Archived)),
    ("pagination-headers", |it| {
        let lists = it
            .survey
            .visits
            .iter()
            .filter_map(|visit| visit.listed.as_ref().ok());
        let mut headers = lists.flat_map(|list| list.headers.keys());
        headers.any(|name| name.starts_with("x-pagination-"))
    }),
    ("web-pages-outside", |it| {
        it.survey.has_web_pages == Some(true)
    }),
    ("takes-addresses", |it| {
        let operations = operations(it.survey);
        operations.iter().any(|operation| operation == "ips_create")
    }),
];

/// Why a switch cannot be seen.
const CHANGES: &str = "shows only when something is ordered, changed or cancelled";

/// The switches that reading does not show, and why.
pub const UNSEEN: [(&str, &str); 13] = [
    ("patch-answers200", CHANGES),
    ("patch-answers-lag", CHANGES),
    ("cloud-configs-first", CHANGES),
    ("reservations-come-later", CHANGES),
    ("takes-text-for-numbers", CHANGES),
    ("ignores-type-of-change", CHANGES),
    ("ignores-state-of-order", CHANGES),
    ("demands-lacp-timeout", CHANGES),
    ("merge-patch-only", CHANGES),
    ("parse-errors", CHANGES),
    ("available-ranges", CHANGES),
    ("tokens-lack-iat", "tokens are not decoded"),
    (
        "joining-member-drifts",
        "only who ordered a circuit knows who was to join it",
    ),
];

/// Where the specification explains its problem types.
pub const PROBLEMS: &str = "https://errors.ix-api.net/";

/// What the sandbox is to be started with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialect {
    /// Its switches, sorted.
    pub quirks: Vec<&'static str>,
    /// How many rows a page has, where lists come in pages.
    pub page_size: Option<usize>,
    /// How many seconds a token lives, where that is told.
    pub token_lifetime: Option<u64>,
    /// Whether all lists come whole, whatever is asked for.
    pub ignore_filters: bool,
    /// The collections that are refused, and the status.
    pub refuse: BTreeMap<&'static str, u16>,
}

/// What the exchange says that it can do: ids of operations, none if it does not say.
pub fn operations(survey: &Survey) -> Vec<String> {
    let said = survey.said("/implementation");
    let listed = said.and_then(|said| said.get("supported_operations"));
    let listed = listed.map(lenient::list).unwrap_or_default();
    listed.iter().filter_map(lenient::text).collect()
}

/// Whether a field holds the id of something that need not be.
fn is_reference(field: &str) -> bool {
    matches!(field, "connection" | "device")
}

/// Whether a field holds the tag of a config.
fn is_vlan(field: &str) -> bool {
    field.starts_with("vlan_config.") && field.ends_with("vlan")
}

impl Evidence<'_> {
    fn anywhere(&self, oddity: &Oddity) -> bool {
        self.findings.has(oddity, |_| true)
    }

    fn any_row(&self, path: &str, fits: impl Fn(&Json) -> bool) -> bool {
        let visit = self.survey.visit(path);
        visit.is_some_and(|visit| visit.rows.iter().any(fits))
    }

    fn any_state(&self, state: &State) -> bool {
        let mut rows = self.survey.visits.iter().flat_map(|visit| &visit.rows);
        rows.any(|row| State::of(row).as_ref() == Some(state))
    }

    fn has_extension(&self) -> bool {
        let in_extension = |visit: &&Visit| !visit.of.path.starts_with('/');
        let mut visits = self.survey.visits.iter().filter(in_extension);
        visits.any(|visit| is_good(&visit.listed))
    }

    /// Whether all ids are like that where all that is there was ordered.
    fn ids_are(&self, fits: impl Fn(&str) -> bool) -> bool {
        let visits = ORDERED.iter().filter_map(|path| self.survey.visit(path));
        let mut ids = visits
            .flat_map(|visit| &visit.rows)
            .filter_map(id_of)
            .peekable();
        ids.peek().is_some() && ids.all(|id| fits(&id))
    }

    /// A member of the answer about what there is not.
    fn refusal(&self, name: &str) -> Option<&Json> {
        let refusal = self.survey.missing.as_ref()?.as_ref().ok()?;
        refusal.json.as_ref()?.get(name)
    }

    fn ignores_filters(&self) -> bool {
        let asked = self.survey.visits.iter().filter_map(|visit| visit.by_id);
        let asked: Vec<Narrowed> = asked.collect();
        !asked.is_empty() && asked.iter().all(|came| *came == Narrowed::No)
    }

    /// What was seen, as the sandbox is told it.
    pub fn dialect(&self) -> Dialect {
        let all = SEEN.iter().chain(&SEEN_IN_ALL);
        let seen = all.filter(|(_, is_seen)| is_seen(self));
        let mut quirks: Vec<&str> = seen.map(|(name, _)| *name).collect();
        quirks.sort_unstable();
        let visits = &self.survey.visits;
        let parts = visits
            .iter()
            .filter(|it| status_of(&it.listed) == Some(206));
        let page = parts.filter_map(|visit| visit.listed.as_ref().ok());
        let refused = visits.iter().filter(|visit| visit.of.path.starts_with('/'));
        Dialect {
            quirks,
            page_size: page.map(|page| rows_of(page).len()).max(),
            token_lifetime: told_life(&self.survey.login),
            ignore_filters: self.ignores_filters(),
            refuse: refused
                .filter_map(|visit| {
                    // The sandbox knows nothing that is not implemented.
                    let status = status_of(&visit.listed)?;
                    let status = if status == 501 { 404 } else { status };
                    matches!(status, 403..=405).then_some((visit.of.path, status))
                })
                .collect(),
        }
    }
}

fn told_life(login: &LoggedIn) -> Option<u64> {
    let told = login.told_life.map(|life| life.as_secs());
    told.filter(|seconds| *seconds > 0)
}

impl Dialect {
    /// The file that `ixapi-sandbox --dialect-file` reads.
    pub fn to_json(&self) -> Json {
        let mut file = json!({ "quirks": self.quirks });
        if let Some(rows) = self.page_size {
            file["page_size"] = json!(rows);
        }
        if let Some(seconds) = self.token_lifetime {
            file["token_lifetime"] = json!(seconds);
        }
        if self.ignore_filters {
            file["ignore_filters"] = json!(true);
        }
        if !self.refuse.is_empty() {
            file["refuse"] = json!(self.refuse);
        }
        file
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::collections::BTreeSet;

    use ixapi_sandbox::dialect::Quirk;

    use super::*;

    /// The names of all switches of the sandbox.
    fn all_quirks() -> BTreeSet<String> {
        let names = Quirk::all().map(|quirk| json!(quirk));
        names.filter_map(|name| lenient::text(&name)).collect()
    }

    #[test]
    fn every_switch_of_the_sandbox_is_seen_or_said_not_to_be() {
        let seen = SEEN.iter().chain(&SEEN_IN_ALL).map(|(name, _)| *name);
        let named: Vec<&str> = seen.chain(UNSEEN.iter().map(|(name, _)| *name)).collect();
        let once: BTreeSet<String> = named.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(once.len(), named.len(), "one is named twice");
        assert_eq!(once, all_quirks());
    }
}
