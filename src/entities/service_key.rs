//! Service keys: whoever has a port gives its key away, and whoever has the key orders a circuit to
//! the port with it. An extension of IX-API (dictionary §8; the guide to service keys).

use super::declaration::{
    Answer, Collection, Life, Lookup, Revealed, Subject, by, date, fields, id_of, integer, text,
    texts,
};
use super::groups::{BY_IDS, BY_OWNERS, BY_STATES, ID, OWNED, STATEFUL};

/// The extension's name.
pub const SERVICE_KEYS: &str = "inxn-servicekey-v1";

/// Where circuits are that were ordered with a key.
pub const CIRCUITS: &str = "inxn-servicekey-v1:/network-services";

/// Where the side of a circuit is configured whose key it was ordered with.
pub const CONFIGS: &str = "inxn-servicekey-v1:/network-service-configs";

const BY_PRODUCT_OFFERING: super::declaration::Filter =
    by("product_offering", "Only those of this product offering.");

/// One's own ports, as this extension shows them.
pub static SERVICE_KEY_CONNECTIONS: Collection = Collection {
    name: "service_key_connection",
    plural: "service_key_connections",
    noun: "port with a service key",
    description: "Your own ports with their service keys, where the exchange has service keys. \
                  Whoever has a key can order a circuit to the port with it: give it to your \
                  partner only.",
    path: "inxn-servicekey-v1:/connections",
    schema: "Connection",
    shape: fields(&[
        ID,
        &[text("service_key", "Service key of the port.").sensitive()],
        OWNED,
        &[
            text("name", "Name that the exchange gave."),
            text(
                "mode",
                "`standalone` for a single port, else the kind of LAG.",
            ),
            text("pop", "Id of the point of presence."),
            id_of("product_offering", "Id of the product offering."),
            integer("speed", "Speed of all ports together, in Mbit/s."),
            integer(
                "capacity_allocated",
                "Capacity that services use, in Mbit/s.",
            ),
            integer(
                "capacity_allocation_limit",
                "Capacity that services may use, in Mbit/s.",
            ),
            texts("vlan_types", "Ways of tagging that it supports."),
        ],
        STATEFUL,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("name", "Only the one with this name."),
            by("pop", "Only those at this point of presence."),
            BY_PRODUCT_OFFERING,
        ],
    ],
    life: Life::Immediate,
};

/// The key of one's own port, for whoever passes it on.
pub static REVEALED: Revealed = Revealed {
    name: "service_key",
    description: "The service key of one of your ports, where the exchange has service keys: \
                  whoever has it can order a circuit to the port. Here it is stored nowhere; \
                  `ixapi_service_key_connection`, the data source, keeps it in the state.",
    of: &SERVICE_KEY_CONNECTIONS,
    argument: "network_connection",
    field: "service_key",
};

/// The circuits that were ordered with a key, as this extension shows them to both sides.
pub static SERVICE_KEY_NETWORK_SERVICES: Collection = Collection {
    name: "service_key_network_service",
    plural: "service_key_network_services",
    noun: "circuit ordered with a service key",
    description: "Virtual circuits that were ordered with a service key, by you or by whom you \
                  gave the key of one of your ports. One in state `requested` whose \
                  `joining_member_account` is yours waits for your `ixapi_nsc`.",
    path: CIRCUITS,
    schema: "P2PNetworkService",
    shape: fields(&[
        ID,
        &[text("service_key", "Service key that it was ordered with.").sensitive()],
        OWNED,
        &[
            text("type", "Type of the service: `p2p_vc`."),
            text(
                "joining_member_account",
                "Account whose service key was used.",
            ),
            text("billing_account", "Account that is billed."),
            text("display_name", "Name that all sides see."),
            id_of("product_offering", "Id of the product offering."),
            integer("capacity", "Bandwidth in Mbit/s."),
            texts(
                "nsc_required_contact_roles",
                "Ids of the roles that its configs need among their role assignments.",
            ),
            date(
                "decommission_at",
                "Day on which the service ends, once it is cancelled.",
            ),
            date(
                "charged_until",
                "Day until which it is billed, once it is cancelled.",
            ),
        ],
        STATEFUL,
    ]),
    filters: &[
        BY_IDS,
        BY_STATES,
        BY_OWNERS,
        &[
            by("joining_member_account", "Only those to this account."),
            BY_PRODUCT_OFFERING,
        ],
    ],
    life: Life::Immediate,
};

/// The keys themselves, which cannot be listed.
pub static KEYS: Collection = Collection {
    name: "service_key",
    plural: "service_keys",
    noun: "service key",
    description: "",
    path: "inxn-servicekey-v1:/service-keys",
    schema: "ServiceKey (Interxion ext)",
    shape: fields(&[&[text("id", "The key.").sensitive()]]),
    filters: &[],
    life: Life::Immediate,
};

/// What a service key is for.
pub static SERVICE_KEY: Lookup = Lookup {
    name: "service_key",
    noun: "port",
    description: "What a service key that you were given is for: whose port it is, where it is and \
                  how much bandwidth it has. The offering of a circuit to it has to go to that \
                  metro area network.",
    subjects: &[Subject {
        argument: "service_key",
        of: &KEYS,
    }],
    below: "",
    arguments: &[],
    answer: Answer::Object(&[
        text(
            "mode",
            "`standalone` for a single port, else the kind of LAG.",
        ),
        text("connection", "Id of the port."),
        text("legal_name", "Name of the company whose port it is."),
        integer(
            "max_capacity",
            "Most bandwidth that a circuit to it can have, in Mbit/s.",
        ),
        text("metro_area", "Id of its metro area."),
        text("metro_area_network", "Id of its metro area network."),
        text("pop", "Id of its point of presence."),
    ]),
};
