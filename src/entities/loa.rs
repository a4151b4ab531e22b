//! The letter with which a cross connect is ordered.

use super::connection::CONNECTIONS;
use super::declaration::{Answer, Lookup, Subject};
use super::port_reservation::PORT_RESERVATIONS;

/// A letter of authorisation (dictionary §7.4, LOA; cloud access port guide).
pub static LOA: Lookup = Lookup {
    name: "loa",
    noun: "letter of authorisation",
    description: "The letter of authorisation (LOA) of a port, with which you order the cross \
                  connect to it where the offering's `cross_connect_initiator` is `subscriber`. It \
                  can be fetched once the port is `allocated`. Exchanges may give none for a LAG \
                  as a whole: then ask for that of each port reservation.",
    subjects: &[
        Subject {
            argument: "network_connection",
            of: &CONNECTIONS,
        },
        Subject {
            argument: "port_reservation",
            of: &PORT_RESERVATIONS,
        },
    ],
    below: "loa",
    arguments: &[],
    answer: Answer::Document,
};
