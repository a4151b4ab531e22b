//! Telling: what was seen, in Markdown, made to be pasted into an issue.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::ixapi::{Json, lenient};

use super::dialect::{Dialect, Evidence, PROBLEMS, UNSEEN};
use super::findings::{Oddity, word};
use super::survey::{Narrowed, Seen, is_good, status_of};
use super::verdict::{Judge, Verdict};

/// The media types that may be shown.
const MEDIA_TYPES: [&str; 4] = [
    "application/json",
    "application/problem+json",
    "text/html",
    "text/plain",
];

/// Fields of one collection that are named; the others are counted.
const MOST_FIELDS: usize = 12;

/// What is written about.
pub struct Report<'a> {
    /// What was seen.
    pub evidence: Evidence<'a>,
    /// What that means for the sandbox.
    pub dialect: &'a Dialect,
    /// The exchange's host, where it may be shown.
    pub host: Option<&'a str>,
}

impl Report<'_> {
    /// All of it.
    pub fn to_markdown(&self) -> String {
        let parts = [
            self.head(),
            self.exchange(),
            self.deviations(),
            self.manners(),
            self.resources(),
            self.data_sources(),
            self.collections(),
            self.switches(),
        ];
        parts.join("\n")
    }

    fn head(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let asked = self.evidence.survey.asked;
        let promise = match self.host {
            Some(host) => {
                format!("Asked of `{host}`, with values: look through it before you share it.")
            }
            None => "No id, name, address, account, host or secret is in it: counts, names of \
                     fields, types, states and status codes only."
                .to_owned(),
        };
        format!(
            "# What this exchange can do\n\nBy `terraform-provider-ixapi doctor` {version}, with \
             {asked} requests: GET, and POST for the token. {promise}\n"
        )
    }

    fn exchange(&self) -> String {
        let survey = self.evidence.survey;
        let mut lines = vec![self.login()];
        let implementation = survey.said("/implementation");
        let version = |name: &str| {
            let version = implementation?.get(name).and_then(lenient::text)?;
            Some(self.version(&version))
        };
        lines.push(
            match (version("schema_version"), version("service_version")) {
                (None, _) => format!(
                    "What it implements: it does not say ({}).",
                    self.status(survey.about.get("/implementation"))
                ),
                (Some(schema), service) => format!(
                    "What it implements: IX-API {schema}, software {}.",
                    service.unwrap_or_else(|| "without a version".to_owned())
                ),
            },
        );
        let health = survey.said("/health").and_then(|it| it.get("status"));
        lines.push(match health.and_then(lenient::text) {
            Some(status) => format!("Health: {}.", self.word(&status)),
            None => format!(
                "Health: it does not say ({}).",
                self.status(survey.about.get("/health"))
            ),
        });
        lines.push(self.extensions());
        let own = survey.about.get("/account");
        lines.push(format!("Own account (`/account`): {}.", self.status(own)));
        bullets("## The exchange", lines)
    }

    fn login(&self) -> String {
        let login = &self.evidence.survey.login;
        let way = if self.evidence.by_api_key {
            "key and secret of the exchange's own (`legacy`)"
        } else {
            "`oauth2`"
        };
        let life = match login.told_life {
            Some(life) => format!("said to live {} s", life.as_secs()),
            None => "of which nobody says how long it lives".to_owned(),
        };
        let form = if login.looks_like_jwt {
            "a JWT"
        } else {
            "opaque"
        };
        let renewal = if login.is_renewable {
            "with"
        } else {
            "without"
        };
        format!(
            "Login by {way}: answered with {}; the token is {form}, {life}, {renewal} a refresh \
             token.",
            login.status
        )
    }

    fn extensions(&self) -> String {
        let survey = self.evidence.survey;
        let Some(listed) = survey.said("/extensions") else {
            let status = self.status(survey.about.get("/extensions"));
            return format!("Extensions: no list ({status}).");
        };
        let count = lenient::list(listed).len();
        let known = survey
            .visits
            .iter()
            .filter_map(|it| it.of.path.split_once(':'));
        let known: Vec<&str> = known.map(|(name, _)| name).collect();
        let names = survey.extensions_below_api.iter();
        let names = names.map(|(name, is_below)| {
            let place = if *is_below {
                "below the API"
            } else {
                "outside of the API"
            };
            match known.contains(&name.as_str()) || self.host.is_some() {
                true => format!("`{name}` ({place})"),
                false => format!("one that the provider does not know ({place})"),
            }
        });
        let names: Vec<String> = names.collect();
        match names.is_empty() {
            true => format!("Extensions listed: {count}."),
            false => format!("Extensions listed: {count}: {}.", names.join(", ")),
        }
    }

    fn deviations(&self) -> String {
        let mut groups: BTreeMap<&Oddity, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
        let odd = self.evidence.findings.odd.iter();
        for (((path, field), oddity), count) in odd.filter(|((_, it), _)| *it != Oddity::LeftOut) {
            let looked = self.evidence.findings.looked.get(&(*path, field.clone()));
            let often = match looked {
                Some(looked) => format!("{count} of {looked}"),
                None => count.to_string(),
            };
            let place = match field.is_empty() {
                true => "the list itself".to_owned(),
                false => format!("`{field}` ({often})"),
            };
            let of_oddity = groups.entry(oddity).or_default();
            of_oddity.entry(path).or_default().push(place);
        }
        let mut lines = Vec::new();
        for (oddity, places) in groups {
            let mut line = format!("{}:", self.says(oddity));
            for (path, fields) in places {
                let more = fields.len().saturating_sub(MOST_FIELDS);
                let shown: Vec<&str> = fields
                    .iter()
                    .take(MOST_FIELDS)
                    .map(String::as_str)
                    .collect();
                let _ = write!(line, "\n  - {path}: {}", shown.join(", "));
                if more > 0 {
                    let _ = write!(line, " and {more} more");
                }
            }
            lines.push(line);
        }
        if self.evidence.survey.one_is_no_list {
            lines.push("A list of one object comes as that object.".to_owned());
        }
        lines.extend(self.ignored_filters());
        lines.extend(self.refusals());
        if lines.is_empty() {
            lines.push("None was seen.".to_owned());
        }
        bullets("## Where answers deviate from the specification", lines)
    }

    fn ignored_filters(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for visit in &self.evidence.survey.visits {
            let by_id = visit.by_id.map(|came| ("id", came));
            for (parameter, came) in by_id.into_iter().chain(visit.by_filter) {
                let said = match came {
                    Narrowed::Yes => continue,
                    Narrowed::No => "is not heeded".to_owned(),
                    Narrowed::TooMuch => "finds less than there is".to_owned(),
                    Narrowed::Refused(Some(status)) => format!("is refused with {status}"),
                    Narrowed::Refused(None) => "is not answered".to_owned(),
                };
                lines.push(format!(
                    "{}: the filter `{parameter}` {said}.",
                    visit.of.path
                ));
            }
        }
        lines
    }

    /// What is odd about refusals.
    fn refusals(&self) -> Vec<String> {
        let Some(Ok(missing)) = &self.evidence.survey.missing else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        if missing.status != 404 {
            lines.push(format!(
                "What there is not is refused with {}.",
                missing.status
            ));
        }
        let media_type = missing.media_type.as_deref().unwrap_or_default();
        if !media_type.ends_with("json") {
            let shown = MEDIA_TYPES.iter().find(|known| **known == media_type);
            let shown = shown.map_or("another media type".to_owned(), |it| format!("`{it}`"));
            lines.push(format!("Problems are sent as {shown}."));
        }
        let Some(problem) = missing.json.as_ref().and_then(Json::as_object) else {
            lines.push("Refusals are no problem documents.".to_owned());
            return lines;
        };
        match problem.get("type").and_then(Json::as_str) {
            None => lines.push("Problems have no type.".to_owned()),
            Some(kind) => {
                if !kind.starts_with(PROBLEMS) {
                    lines.push("Problem types are not addresses of the specification.".to_owned());
                }
                if !kind.ends_with(".html") {
                    lines.push("Problem types do not end with `.html`.".to_owned());
                }
            }
        }
        match problem.get("detail") {
            Some(Json::Array(_)) => lines.push("The `detail` of a problem is a list.".to_owned()),
            Some(Json::Object(_)) => {
                lines.push("The `detail` of a problem is an object.".to_owned());
            }
            _ => {}
        }
        if problem.get("instance").is_some_and(|it| !it.is_null()) {
            lines.push("Problems have an `instance`.".to_owned());
        }
        lines
    }

    fn says(&self, oddity: &Oddity) -> String {
        let said = |word: &Option<String>| {
            let shown = word.as_ref().map(|word| format!("`{word}`"));
            shown.unwrap_or_else(|| "one that is not shown here".to_owned())
        };
        match oddity {
            Oddity::UnknownWord(word) => format!("A word that is not known, {}", said(word)),
            Oddity::UnknownState(word) => format!("A state that is not known, {}", said(word)),
            Oddity::UnknownVariant(word) => format!("A kind that is not known, {}", said(word)),
            plain => plain_words(plain).to_owned(),
        }
    }

    fn manners(&self) -> String {
        let survey = self.evidence.survey;
        let mut lines = Vec::new();
        lines.push(match (self.dialect.page_size, survey.page_limit) {
            (Some(rows), _) => {
                format!("Lists come in pages, of {rows} rows if not told otherwise.")
            }
            (None, Some(Narrowed::Yes)) => {
                "Lists come in pages if `page_limit` says so.".to_owned()
            }
            (None, Some(Narrowed::Refused(Some(status)))) => {
                format!("Lists come whole; `page_limit` is refused with {status}.")
            }
            (None, _) => "Lists come whole; `page_limit` changes nothing.".to_owned(),
        });
        if self.has("pagination-headers") {
            lines.push("Lists have headers `x-pagination-…`.".to_owned());
        }
        lines.push(match survey.unknown_filter {
            Some(Narrowed::Yes) => "A filter that there is not is ignored.".to_owned(),
            Some(Narrowed::Refused(Some(status))) => {
                format!("A filter that there is not is refused with {status}.")
            }
            Some(_) => "A filter that there is not changes what is answered.".to_owned(),
            None => "What comes of a filter that there is not was not to be seen.".to_owned(),
        });
        lines.push(match &survey.other_case {
            Some(seen) if is_good(seen) => "Ids are found in another case, too.".to_owned(),
            Some(seen) => format!(
                "An id in another case is not found ({}).",
                self.status(Some(seen))
            ),
            None => "Ids have no letters, or nothing could be looked at alone.".to_owned(),
        });
        lines.extend(self.never_shown());
        for (quirk, said) in [
            ("numeric-ids", "Ids are short numbers."),
            ("awkward-ids", "Ids have characters that paths must encode."),
            ("contract-periods", "Offerings have contract periods."),
            (
                "decommissioned-stays",
                "What has ended stays listed, as `decommissioned`.",
            ),
            (
                "archived-stays",
                "What has ended stays listed, as `archived`.",
            ),
            (
                "takes-addresses",
                "Customers register IP addresses of their own.",
            ),
            (
                "web-pages-outside",
                "There are web pages outside of the API.",
            ),
        ] {
            if self.has(quirk) {
                lines.push(said.to_owned());
            }
        }
        bullets("## How it speaks, within the specification", lines)
    }

    /// The fields that no object shows, where that may mean that nothing is in them.
    fn never_shown(&self) -> Option<String> {
        let findings = self.evidence.findings;
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (((path, field), oddity), count) in &findings.odd {
            let looked = findings.looked.get(&(*path, field.clone()));
            let is_nested = field.contains('.');
            if *oddity == Oddity::LeftOut && looked == Some(count) && !is_nested {
                places.entry(path).or_default().push(format!("`{field}`"));
            }
        }
        let places = places.into_iter().map(|(path, fields)| {
            let more = fields.len().saturating_sub(MOST_FIELDS);
            let shown = fields[..fields.len() - more].join(", ");
            match more {
                0 => format!("\n  - {path}: {shown}"),
                more => format!("\n  - {path}: {shown} and {more} more"),
            }
        });
        let places: String = places.collect();
        let said = format!("Fields that no object shows, as if they were null:{places}");
        (!places.is_empty()).then_some(said)
    }

    fn has(&self, quirk: &str) -> bool {
        self.dialect.quirks.contains(&quirk)
    }

    fn judge(&self) -> Judge<'_> {
        Judge::new(self.evidence.survey, self.evidence.findings)
    }

    fn resources(&self) -> String {
        let mut table = "## Resources\n\n| resource | verdict |\n|---|---|\n".to_owned();
        for (name, verdict) in self.judge().resources() {
            let _ = writeln!(table, "| `ixapi_{name}` | {verdict} |");
        }
        table
    }

    fn data_sources(&self) -> String {
        let mut by_verdict: BTreeMap<Verdict, Vec<String>> = BTreeMap::new();
        for (name, verdict) in self.judge().data_sources() {
            let named = by_verdict.entry(verdict).or_default();
            named.push(format!("`ixapi_{name}`"));
        }
        let lines = by_verdict.into_iter().map(|(verdict, mut names)| {
            names.sort();
            format!("{verdict}: {}", names.join(", "))
        });
        bullets("## Data sources", lines.collect())
    }

    fn collections(&self) -> String {
        let mut table =
            "## Collections\n\n| collection | status | rows read | one alone | filters |\n\
             |---|---|---|---|---|\n"
                .to_owned();
        for visit in &self.evidence.survey.visits {
            let rows = match is_good(&visit.listed) {
                true => visit.rows.len().to_string(),
                false => String::new(),
            };
            let alone = visit.one.as_ref().map(|(_, seen)| self.status(Some(seen)));
            let heeded = |came: Narrowed| match came {
                Narrowed::Yes => "heeded",
                Narrowed::No => "not heeded",
                Narrowed::TooMuch => "finds less",
                Narrowed::Refused(_) => "refused",
            };
            let by_id = visit.by_id.map(|came| ("id", came)).into_iter();
            let filters = by_id.chain(visit.by_filter);
            let filters = filters.map(|(name, came)| format!("`{name}` {}", heeded(came)));
            let filters: Vec<String> = filters.collect();
            let _ = writeln!(
                table,
                "| {} | {} | {rows} | {} | {} |",
                visit.of.path,
                self.status(Some(&visit.listed)),
                alone.unwrap_or_default(),
                filters.join(", ")
            );
        }
        table
    }

    fn switches(&self) -> String {
        let mut lines = Vec::new();
        let seen = self.dialect.quirks.iter().map(|quirk| format!("`{quirk}`"));
        let seen: Vec<String> = seen.collect();
        lines.push(match seen.is_empty() {
            true => "Seen: none.".to_owned(),
            false => format!("Seen: {}.", seen.join(", ")),
        });
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (quirk, reason) in UNSEEN {
            reasons
                .entry(reason)
                .or_default()
                .push(format!("`{quirk}`"));
        }
        if !self.evidence.by_api_key {
            let of_keys = reasons.entry("this login does not show it").or_default();
            of_keys.extend(["`opaque-tokens`", "`token-answers200`"].map(str::to_owned));
        }
        let unseen = reasons.into_iter();
        lines.extend(
            unseen.map(|(why, names)| format!("Not to be seen ({why}): {}.", names.join(", "))),
        );
        bullets("## Switches of the sandbox", lines)
    }

    /// A word as it may be shown.
    fn word(&self, text: &str) -> String {
        let shown = match self.host {
            Some(_) => Some(text.to_owned()),
            None => word(text),
        };
        shown.map_or("a word that is not shown here".to_owned(), |it| {
            format!("`{it}`")
        })
    }

    /// A version as it may be shown.
    fn version(&self, text: &str) -> String {
        let mut bytes = text.trim_start_matches('v').bytes().peekable();
        let starts = bytes.peek().is_some_and(u8::is_ascii_digit);
        let is_plain = bytes.all(|it| it.is_ascii_digit() || it == b'.');
        match self.host.is_some() || (starts && is_plain && text.len() <= 12) {
            true => text.to_owned(),
            false => "(a version that is not shown)".to_owned(),
        }
    }

    fn status(&self, seen: Option<&Seen>) -> String {
        match seen.map(status_of) {
            None => "not asked".to_owned(),
            Some(None) => "no answer".to_owned(),
            Some(Some(status)) => match seen {
                Some(Err(_)) if (200..300).contains(&status) => format!("{status}, not JSON"),
                _ => status.to_string(),
            },
        }
    }
}

fn bullets(title: &str, lines: Vec<String>) -> String {
    let mut text = format!("{title}\n\n");
    for line in lines {
        let _ = writeln!(text, "- {line}");
    }
    text
}

fn plain_words(oddity: &Oddity) -> &'static str {
    match oddity {
        Oddity::Unknown => "A field that no version of IX-API has",
        Oddity::OfAnotherVariant => "A field of another kind of object",
        Oddity::Absent => "A field is not there that always is",
        Oddity::LeftOut => "A field is not there that may be null",
        Oddity::NullList => "A list is null",
        Oddity::OneForList => "One thing stands where a list belongs",
        Oddity::ListForOne => "A list of one stands where an object belongs",
        Oddity::Hollow => "An object has no fields",
        Oddity::NumberAsText => "A number is told as text",
        Oddity::TruthAsText => "True or false is told as text",
        Oddity::NumberForText => "A text is told as a number",
        Oddity::WrongType => "A value is of a type that cannot be read",
        Oddity::Empty => "`\"\"` stands for null",
        Oddity::Zero => "0 stands for null",
        Oddity::DayForMoment => "A day stands where a moment belongs",
        Oddity::MomentForDay => "A moment stands where a day belongs",
        Oddity::Zoneless => "A moment lacks its zone",
        Oddity::OddMoment => "A moment is not spelled as RFC 3339 has it",
        Oddity::NoMoment => "A value is neither a day nor a moment",
        Oddity::OtherCase => "A known word comes in another case",
        Oddity::UnknownWord(_) => "A word that is not known",
        Oddity::UnknownState(_) => "A state that is not known",
        Oddity::UnknownVariant(_) => "A kind that is not known",
        Oddity::IdInOtherCase => "An id comes in another case than the object itself has",
        Oddity::UpperCaseMac => "A MAC address has upper-case letters",
        Oddity::LongIpv6 => "An IPv6 address is written out",
        Oddity::ShownAloneOnly => "A list shows less than the object looked at alone",
    }
}
