//! When a service would end, and until when it would be billed.

use super::connection::CONNECTIONS;
use super::declaration::{Answer, Lookup, Subject, date};
use super::network_service::NETWORK_SERVICES;
use super::network_service_config::NETWORK_SERVICE_CONFIGS;
use super::port_reservation::PORT_RESERVATIONS;
use super::routing_function::ROUTING_FUNCTIONS;

/// A cancellation policy (dictionary §5.3).
pub static CANCELLATION_POLICY: Lookup = Lookup {
    name: "cancellation_policy",
    noun: "cancellation policy",
    description: "When a port, circuit, config or routing function would end if it were cancelled \
                  now, or on a day of your choice, and until when it would be billed.",
    subjects: &[
        Subject {
            argument: "network_connection",
            of: &CONNECTIONS,
        },
        Subject {
            argument: "port_reservation",
            of: &PORT_RESERVATIONS,
        },
        Subject {
            argument: "network_service",
            of: &NETWORK_SERVICES,
        },
        Subject {
            argument: "network_service_config",
            of: &NETWORK_SERVICE_CONFIGS,
        },
        Subject {
            argument: "routing_function",
            of: &ROUTING_FUNCTIONS,
        },
    ],
    below: "cancellation-policy",
    arguments: &[date(
        "decommission_at",
        "Day on which the service ends. Set it to ask what if; unset, the first possible one.",
    )
    .optional_computed()],
    answer: Answer::Object(&[date(
        "charged_until",
        "Day until which it is billed; empty where the exchange does not tell.",
    )]),
};
