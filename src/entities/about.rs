//! What the exchange says of itself.

use super::declaration::{
    Answer, Field, Lookup, attributes, boolean, fields, object, objects, text, texts,
};

/// Its health (dictionary §7.11).
pub static HEALTH: Lookup = Lookup {
    name: "health",
    noun: "health of the exchange",
    description: "Whether the exchange's API is well, as the exchange itself sees it.",
    subjects: &[],
    below: "health",
    arguments: &[],
    answer: Answer::Object(&[
        text("status", "`pass`, `warn` or `fail`."),
        text("version", "Version of IX-API that it speaks."),
        text("releaseId", "Release of its software.").called("release_id"),
        texts("notes", "Notes."),
        text("output", "What is wrong, if anything."),
        text("serviceId", "Its name for itself.").called("service_id"),
        text("description", "What it is."),
        attributes("checks", "Results of its checks, by name, each as JSON."),
        attributes("links", "Where more can be read."),
    ]),
};

/// What it implements (dictionary §7.11).
pub static IMPLEMENTATION: Lookup = Lookup {
    name: "implementation",
    noun: "implementation of the exchange",
    description: "What of IX-API the exchange implements.",
    subjects: &[],
    below: "implementation",
    arguments: &[],
    answer: Answer::Object(&[
        text("schema_version", "Version of IX-API that it implements."),
        text("service_version", "Version of its software."),
        texts(
            "supported_network_service_types",
            "Types of network services that it has.",
        ),
        texts(
            "supported_network_service_config_types",
            "Types of network service configs that it has.",
        ),
        texts(
            "supported_network_feature_types",
            "Types of network features that it has.",
        ),
        texts(
            "supported_network_feature_config_types",
            "Types of network feature configs that it has.",
        ),
        texts("supported_operations", "Ids of the operations that it has."),
        object(
            "supported_features",
            fields(&[&[boolean("pagination", "Whether lists come in pages.")]]),
            "What it can do besides.",
        ),
    ]),
};

const EXTENSION: &[Field] = &[
    text("name", "Name."),
    text("publisher", "Who published it."),
    text("documentation_url", "Where it is documented."),
    text("base_url", "Where it is."),
    text("spec_url", "Where its specification is."),
];

/// What it has beside IX-API (dictionary §7.11).
pub static EXTENSIONS: Lookup = Lookup {
    name: "extensions",
    noun: "extensions of the exchange",
    description: "What the exchange has beside IX-API. An exchange that lists none may have some \
                  all the same.",
    subjects: &[],
    below: "extensions",
    arguments: &[],
    answer: Answer::List(&objects(
        "extensions",
        fields(&[EXTENSION]),
        "The extensions, by name.",
    )),
};
