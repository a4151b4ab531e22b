//! Statistics of ports, connections, services and configs, and of a config's peers (section 7.12 of
//! the IX-API data dictionary). What is counted is made up from the id, so that it is the same
//! every time; nothing flows here.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::clock::{self, Millis};
use crate::collection::{
    CONNECTIONS, Collection, NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, PORTS,
};
use crate::exchange::{Exchange, Request};
use crate::problem::{Findings, Problem};

/// The intervals that this exchange has, with their length and how far apart samples are.
const INTERVALS: [(&str, Millis, Millis); 3] = [
    ("PT5M", 300_000, 60_000),
    ("P1D", 86_400_000, 300_000),
    ("P30D", 2_592_000_000, 3_600_000),
];
/// What a window of one's own is called, and how far apart its samples are.
const CUSTOM: &str = "custom";
const CUSTOM_PRECISION: Millis = 300_000;
/// A series has no more samples than this; a longer window has them further apart.
const MOST_SAMPLES: Millis = 288;

/// The values that samples have unless others are asked for.
const USUAL: [&str; 4] = [
    "average_pps_in",
    "average_pps_out",
    "average_ops_in",
    "average_ops_out",
];

/// The collections whose objects have statistics.
const COUNTED: [Collection; 4] = [
    CONNECTIONS,
    NETWORK_SERVICE_CONFIGS,
    NETWORK_SERVICES,
    PORTS,
];

/// The kinds of statistics, as paths have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of all traffic.
    All,
    /// Of the traffic with peers.
    Peers,
}

impl Kind {
    /// The kind that a path names, if the collection has it.
    pub fn of(collection: Collection, name: &str) -> Option<Kind> {
        match name {
            "statistics" if COUNTED.contains(&collection) => Some(Kind::All),
            "peer-statistics" if collection == NETWORK_SERVICE_CONFIGS => Some(Kind::Peers),
            _ => None,
        }
    }
}

/// The span that is asked for; none where the exchange's own intervals are.
fn window(exchange: &Exchange, request: &Request<'_>) -> Result<Option<(Millis, Millis)>, Problem> {
    let mut findings = Findings::default();
    let mut moment = |name: &str| {
        let text = asked(request, name)?;
        let parsed: Option<Timestamp> = clock::parse_date_time(text);
        if parsed.is_none() {
            findings.add(name, "must be a date-time like 2026-01-31T12:00:00Z");
        }
        parsed.map(|moment| moment.as_millisecond())
    };
    let (start, end) = (moment("start"), moment("end"));
    let now = exchange.clock.now();
    let window = match (start, end) {
        (None, None) => None,
        (start, end) => {
            let end = end.unwrap_or(now);
            Some((start.unwrap_or(end - INTERVALS[1].1), end))
        }
    };
    if window.is_some_and(|(start, end)| start >= end) {
        findings.add("end", "must be after start");
    }
    findings.refuse_if_any()?;
    Ok(window)
}

fn asked<'a>(request: &'a Request<'_>, name: &str) -> Option<&'a str> {
    let mut query = request.query.iter();
    let (_, value) = query.find(|(parameter, _)| parameter == name)?;
    Some(value)
}

/// What narrows the statistics of peers: each must be what it says.
fn check_peer(request: &Request<'_>) -> Result<(), Problem> {
    let mut findings = Findings::default();
    if asked(request, "asn").is_some_and(|asn| asn.parse::<u32>().is_err()) {
        findings.add("asn", "must be the number of an autonomous system");
    }
    if asked(request, "ip_version").is_some_and(|version| !matches!(version, "4" | "6")) {
        findings.add("ip_version", "must be 4 or 6");
    }
    if asked(request, "ip_address").is_some_and(|ip| ip.parse::<std::net::IpAddr>().is_err()) {
        findings.add("ip_address", "must be an IP address");
    }
    let is_mac = |mac: &str| {
        let bytes: Vec<&str> = mac.split(':').collect();
        let is_byte = |byte: &&str| byte.len() == 2 && u8::from_str_radix(byte, 16).is_ok();
        bytes.len() == 6 && bytes.iter().all(is_byte)
    };
    if asked(request, "mac_address").is_some_and(|mac| !is_mac(mac)) {
        findings.add(
            "mac_address",
            "must be a MAC address like 42:23:bc:8e:b8:b0",
        );
    }
    findings.refuse_if_any()
}

/// A number that belongs to an object and what is asked of it.
fn volume(kind: Kind, id: &str, request: &Request<'_>) -> u64 {
    let peer = ["asn", "mac_address", "ip_address", "ip_version"];
    let peer = peer.into_iter().filter_map(|name| asked(request, name));
    let told = match kind {
        Kind::All => id.to_owned(),
        Kind::Peers => peer.fold(id.to_owned(), |told, one| told + one),
    };
    told.bytes()
        .fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 9_973)
}

/// `GET …/statistics`, `GET …/peer-statistics`
pub fn totals(
    exchange: &Exchange,
    collection: Collection,
    kind: Kind,
    id: &str,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    if kind == Kind::Peers {
        check_peer(request)?;
    }
    let volume = volume(kind, id, request);
    let now = exchange.clock.now();
    let spans: Vec<(&str, Millis, Millis)> = match window(exchange, request)? {
        Some((start, end)) => vec![(CUSTOM, start, end)],
        None => {
            let intervals = INTERVALS.iter();
            let spans = intervals.map(|(name, length, _)| (*name, now - length, now));
            spans.collect()
        }
    };
    let aggregates: Map<String, Value> = spans
        .into_iter()
        .map(|(name, start, end)| (name.to_owned(), total(collection, volume, start, end)))
        .collect();
    let mut answer = json!({ "aggregates": aggregates });
    if collection == PORTS {
        answer["light_levels_tx"] = json!([-2.5]);
        answer["light_levels_rx"] = json!([-4.25]);
    }
    Ok(Answer::json(200, &answer))
}

fn total(collection: Collection, volume: u64, start: Millis, end: Millis) -> Value {
    let middle = clock::rfc3339(start + (end - start) / 2);
    let mut total = json!({
        "title": "Traffic",
        "start": clock::rfc3339(start),
        "end": clock::rfc3339(end),
        "accuracy": 0.95,
        "created_at": clock::rfc3339(end),
        "next_update_at": clock::rfc3339(end + INTERVALS[0].1),
        "average_eps_in": 0.0,
        "average_eps_out": 0.0,
        "average_dps_in": 0.0,
        "average_dps_out": 0.5,
        "maximum_in_at": middle,
        "maximum_out_at": middle,
    });
    let levels = [("average", 1), ("percentile95", 2), ("maximum", 3)];
    for (level, factor) in levels {
        for (unit, size) in [("pps", 1), ("ops", 500)] {
            for (way, share) in [("in", 2), ("out", 1)] {
                total[format!("{level}_{unit}_{way}")] = json!(volume * factor * size * share);
            }
        }
    }
    if collection == NETWORK_SERVICE_CONFIGS {
        total["nsc_available_capacity"] = json!(volume % 1000);
        total["nsc_available_capacity_change_perc"] = json!(0.0);
    }
    total
}

/// `GET …/statistics/{aggregate}/timeseries`, `GET …/peer-statistics/{aggregate}/timeseries`
pub fn series(
    exchange: &Exchange,
    kind: Kind,
    id: &str,
    interval: &str,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    if kind == Kind::Peers {
        check_peer(request)?;
    }
    let now = exchange.clock.now();
    let known = INTERVALS.iter().find(|(name, ..)| *name == interval);
    let window = window(exchange, request)?;
    let (start, end, precision) = match (known, window) {
        (Some((_, _, precision)), Some((start, end))) => (start, end, *precision),
        (Some((_, length, precision)), None) => (now - length, now, *precision),
        (None, Some((start, end))) if interval == CUSTOM => (start, end, CUSTOM_PRECISION),
        _ => return Err(Problem::not_found("aggregate", interval)),
    };
    let columns: Vec<&str> = match asked(request, "fields") {
        Some(fields) => fields.split(',').collect(),
        None => USUAL.to_vec(),
    };
    let sample = total(
        NETWORK_SERVICE_CONFIGS,
        volume(kind, id, request),
        start,
        end,
    );
    let unknown = columns.iter().find(|name| !sample[**name].is_number());
    if let Some(unknown) = unknown {
        let reason = format!("{unknown:?} is not a value that samples have");
        return Err(Problem::invalid("fields", reason));
    }
    let step = precision.max((end - start) / MOST_SAMPLES);
    let count = (end - start) / step;
    let rows = (0..count).map(|at| {
        let moment = json!(clock::rfc3339(start + at * step));
        let values = columns.iter().map(|name| sample[*name].clone());
        std::iter::once(moment).chain(values).collect::<Vec<_>>()
    });
    let answer = json!({
        "title": "Traffic",
        "precision": step / 1000,
        "created_at": clock::rfc3339(now),
        "next_update_at": clock::rfc3339(now + INTERVALS[0].1),
        "origin_timezone": "UTC",
        "fields": std::iter::once("timestamp").chain(columns.iter().copied()).collect::<Vec<_>>(),
        "samples": rows.collect::<Vec<_>>(),
    });
    Ok(Answer::json(200, &answer))
}
