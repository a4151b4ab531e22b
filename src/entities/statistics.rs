//! How much went through what was ordered.
//!
//! No list of fields has the answers; they follow the dictionary, and the names in it.

use super::connection::CONNECTIONS;
use super::declaration::{
    Answer, Field, Kind, Lookup, Shape, Subject, fields, integer, listed, moment, number,
    objects_by_name, text, texts,
};
use super::network_service::NETWORK_SERVICES;
use super::network_service_config::NETWORK_SERVICE_CONFIGS;
use super::port::PORTS;

/// What statistics can be asked of.
const SUBJECTS: &[Subject] = &[
    Subject {
        argument: "port",
        of: &PORTS,
    },
    Subject {
        argument: "network_connection",
        of: &CONNECTIONS,
    },
    Subject {
        argument: "network_service",
        of: &NETWORK_SERVICES,
    },
    Subject {
        argument: "network_service_config",
        of: &NETWORK_SERVICE_CONFIGS,
    },
];

/// Only configs have peers.
const OF_PEERS: &[Subject] = &[Subject {
    argument: "network_service_config",
    of: &NETWORK_SERVICE_CONFIGS,
}];

const START: Field = moment("start", "Moment from which it is counted.").optional();
const END: Field = moment("end", "Moment until which it is counted.").optional();
const ASN: Field = integer("asn", "Only what is exchanged with this autonomous system.")
    .optional()
    .at_least(0);
const MAC_ADDRESS: Field = text(
    "mac_address",
    "Only what is exchanged with this MAC address.",
)
.optional();
const IP_ADDRESS: Field =
    text("ip_address", "Only what is exchanged with this IP address.").optional();
const IP_VERSION: Field = integer("ip_version", "Only what is exchanged over IP 4 or 6.")
    .optional()
    .among(&[4, 6]);
const AGGREGATE: Field = text(
    "aggregate",
    "The interval, by its name among the `aggregates` of the statistics, e.g. `PT5M` or `5m`.",
)
.required();
const FIELDS: Field = texts(
    "fields",
    "The values wanted, e.g. `average_ops_in`; unset, the exchange's choice.",
)
.optional();

/// What is known of one interval (dictionary §7.12).
const INTERVAL: Shape = fields(&[&[
    text("title", "Title."),
    moment("start", "Its beginning."),
    moment("end", "Its end."),
    number("accuracy", "How much of it was measured, from 0 to 1."),
    moment("created_at", "Moment at which this was worked out."),
    moment("next_update_at", "Moment at which there will be news."),
    integer("average_pps_in", "Packets a second in, on average."),
    integer("average_pps_out", "Packets a second out, on average."),
    integer("average_ops_in", "Octets a second in, on average."),
    integer("average_ops_out", "Octets a second out, on average."),
    number("average_eps_in", "Errors a second in, on average."),
    number("average_eps_out", "Errors a second out, on average."),
    number("average_dps_in", "Discards a second in, on average."),
    number("average_dps_out", "Discards a second out, on average."),
    integer(
        "percentile95_pps_in",
        "Packets a second in, 95th percentile.",
    ),
    integer(
        "percentile95_pps_out",
        "Packets a second out, 95th percentile.",
    ),
    integer(
        "percentile95_ops_in",
        "Octets a second in, 95th percentile.",
    ),
    integer(
        "percentile95_ops_out",
        "Octets a second out, 95th percentile.",
    ),
    integer("maximum_pps_in", "Most packets a second in."),
    integer("maximum_pps_out", "Most packets a second out."),
    integer("maximum_ops_in", "Most octets a second in."),
    integer("maximum_ops_out", "Most octets a second out."),
    moment("maximum_in_at", "Moment of the most in."),
    moment("maximum_out_at", "Moment of the most out."),
    integer(
        "nsc_available_capacity",
        "Capacity that a config has left, in Mbit/s.",
    ),
    number(
        "nsc_available_capacity_change_perc",
        "Change of that capacity, in percent.",
    ),
]]);

const AGGREGATES: Field = objects_by_name(
    "aggregates",
    INTERVAL,
    "What was counted, by interval as the exchange names it, e.g. `P1D`; `custom` with `start` and \
     `end`.",
);

/// Values over time.
const SERIES: Answer = Answer::Object(&[
    text("title", "Title."),
    integer("precision", "Seconds from one sample to the next."),
    moment("created_at", "Moment at which this was worked out."),
    moment("next_update_at", "Moment at which there will be news."),
    text("origin_timezone", "Time zone in which it was measured."),
    listed(
        "fields",
        &Kind::Text,
        "What the columns of the samples are.",
    )
    .called("columns"),
    listed(
        "samples",
        &Kind::Listed(&Kind::Text),
        "The samples, each with its values in the order of the columns, as text. See \
         `zipmap(columns, sample)`.",
    ),
]);

/// Totals of a port, connection, service or config.
pub static STATISTICS: Lookup = Lookup {
    name: "statistics",
    noun: "statistics",
    description: "How much went through a port, connection, network service or config.",
    subjects: SUBJECTS,
    below: "statistics",
    arguments: &[START, END],
    answer: Answer::Object(&[
        AGGREGATES,
        listed(
            "light_levels_tx",
            &Kind::Number,
            "Light that a port sends, in dBm, for each channel.",
        ),
        listed(
            "light_levels_rx",
            &Kind::Number,
            "Light that a port receives, in dBm, for each channel.",
        ),
    ]),
};

/// The same over time.
pub static STATISTICS_TIMESERIES: Lookup = Lookup {
    name: "statistics_timeseries",
    noun: "time series of statistics",
    description: "How much went through a port, connection, network service or config, over time.",
    subjects: SUBJECTS,
    below: "statistics/{aggregate}/timeseries",
    arguments: &[AGGREGATE, START, END, FIELDS],
    answer: SERIES,
};

/// Totals of a config with a peer.
pub static PEER_STATISTICS: Lookup = Lookup {
    name: "peer_statistics",
    noun: "statistics of a peer",
    description: "How much a network service config exchanged with a peer.",
    subjects: OF_PEERS,
    below: "peer-statistics",
    arguments: &[START, END, ASN, MAC_ADDRESS, IP_ADDRESS, IP_VERSION],
    answer: Answer::Object(&[AGGREGATES]),
};

/// The same over time.
pub static PEER_STATISTICS_TIMESERIES: Lookup = Lookup {
    name: "peer_statistics_timeseries",
    noun: "time series of a peer's statistics",
    description: "How much a network service config exchanged with a peer, over time.",
    subjects: OF_PEERS,
    below: "peer-statistics/{aggregate}/timeseries",
    arguments: &[
        AGGREGATE,
        START,
        END,
        FIELDS,
        ASN,
        MAC_ADDRESS,
        IP_ADDRESS,
        IP_VERSION,
    ],
    answer: SERIES,
};
