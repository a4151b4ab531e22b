//! Declarations as Terraform schemas.

use std::borrow::Cow;

use crate::entities;
use crate::entities::declaration::{
    Answer, Collection, Constant, Field, Filter, Follows, FoundAt, Kind as FieldKind, Lookup,
    Mode as FieldMode, OnChange, Resource, Revealed, Shape, Source, Subject, Upload, Which,
};
use crate::tfplugin::identity::{Identity, IdentityAttribute};
use crate::tfplugin::schema::{Attribute, Kind, Mode, Nesting, Object, Recomputed, Schema};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::{goal, timeouts};

/// What a write-only twin's name ends with.
pub const WRITE_ONLY: &str = "_wo";
/// What the name of the version of a write-only twin ends with.
pub const WRITE_ONLY_VERSION: &str = "_wo_version";

/// The attribute of a looked up document that holds it.
pub const CONTENT: &str = "content_base64";
/// The attribute that holds its digest.
pub const SHA256: &str = "sha256";
/// The attribute that says what kind of document it is.
pub const MEDIA_TYPE: &str = "media_type";

/// The argument that names a file for it.
pub const SAVE_TO: &str = "save_to";
/// The ids of what a data source found: unlike whole objects, they hold no secret.
pub const FOUND_IDS: &str = "found_ids";

/// Enough for the attributes of most resources: growing step by step costs more.
const USUAL: usize = 32;

/// The attributes of a looked up document.
const DOCUMENT: [(&str, &str); 3] = [
    (CONTENT, "The document, in Base64."),
    (SHA256, "SHA-256 of the document, in hexadecimal."),
    (
        MEDIA_TYPE,
        "What kind of document it is, such as `application/pdf`.",
    ),
];

/// The schema of a resource.
pub fn resource(resource: &Resource) -> Schema {
    let shape = &resource.of.shape;
    let constant = |field: &&Field| {
        matches!(resource.which, Which::Only(_)) && field.name == shape.told_apart_by
    };
    let common = shape.common_fields().filter(|field| !constant(field));
    let mut attributes = configurable(common);
    if let Which::Only(only) = resource.which {
        let own = shape.variant(only).into_iter();
        attributes.extend(configurable(own.flat_map(|v| v.own_fields())));
    }
    attributes.extend(configurable(resource.own_fields()));
    attributes.extend(goal::attribute(resource));
    attributes.push(timeouts::block(&resource.of.life));
    let object = match resource.which {
        Which::Some(values) => {
            let variants = shape.variants.iter().filter(|v| values.contains(&v.value));
            let variants = variants.map(|variant| {
                let own = configurable(variant.own_fields());
                (variant.value.to_owned(), own)
            });
            let by = attribute_name(shape, shape.told_apart_by);
            Object::told_apart_by(by, attributes, variants.collect())
        }
        Which::All | Which::Only(_) => Object::new(attributes),
    };
    Schema {
        version: 0,
        description: resource.description.to_owned(),
        object,
    }
}

/// The schema of the data source that finds many.
pub fn plural(collection: &Collection) -> Schema {
    let mut attributes: Vec<Attribute> = collection.all_filters().map(argument).collect();
    attributes.push(Attribute::new(
        collection.plural,
        Kind::Nested(Nesting::List, seen(&collection.shape)),
        Mode::Computed,
        "What was found, in the order of the ids.",
    ));
    let mut ids = Attribute::new(
        FOUND_IDS,
        Kind::Value(Type::list(Type::String)),
        Mode::Computed,
        "Ids of what was found, in that order.",
    );
    ids.sensitive = has_secret_ids(collection);
    attributes.push(ids);
    Schema {
        version: 0,
        description: format!(
            "{} Returns all that match, sorted by id; none is not an error.",
            collection.description
        ),
        object: Object::new(attributes),
    }
}

/// The schema of the data source that finds exactly one: what narrows the search, and what was
/// found. A field that is also a filter is both.
pub fn singular(collection: &Collection) -> Schema {
    let mut attributes = shown(&collection.shape);
    for filter in collection.all_filters() {
        let filter = filter.of_one();
        match attributes.iter_mut().find(|a| a.name == filter.argument) {
            Some(shown) if shown.value_type() == argument(&filter).value_type() => {
                shown.mode = Mode::OptionalComputed;
                add_choices(&mut shown.description, filter.choices);
            }
            // Narrowing by several values is not what the object shows of the field.
            Some(_) => {}
            None => attributes.push(argument(&filter)),
        }
    }
    Schema {
        version: 0,
        description: format!(
            "One of these, which the arguments together must single out{}. {}",
            match entities::OWN
                .iter()
                .any(|own| std::ptr::eq(own.of, collection))
            {
                true => "; without any, your own",
                false => "",
            },
            collection.description
        ),
        object: Object::new(attributes),
    }
}

/// The schema of a list of the objects of a resource.
pub fn list(resource: &Resource) -> Schema {
    let filters = listing_filters(resource);
    Schema {
        version: 0,
        description: format!("Finds what exists. {}", resource.of.description),
        object: Object::new(filters.map(argument).collect()),
    }
}

/// What a list of the objects of a resource can be narrowed by: as the data source, but for what
/// the resource itself says, and for ids, by which one imports.
pub fn listing_filters(resource: &Resource) -> impl Iterator<Item = &'static Filter> + use<> {
    let told_apart_by = match resource.which {
        Which::Only(_) => resource.of.shape.told_apart_by,
        Which::All | Which::Some(_) => "",
    };
    let filters = resource.of.all_filters();
    filters.filter(move |f| f.parameter != told_apart_by && f.parameter != "id")
}

/// What identifies an object.
pub fn identity(noun: &str) -> Identity {
    Identity {
        version: 0,
        attributes: vec![IdentityAttribute {
            name: "id".to_owned(),
            kind: Type::String,
            description: format!("Id of the {noun}, which the exchange gave."),
            optional: false,
        }],
    }
}

/// The schema of a lookup.
pub fn lookup(lookup: &Lookup) -> Schema {
    let arguments = configurable(lookup.arguments.iter());
    let mut attributes: Vec<Attribute> = subjects(lookup.subjects).chain(arguments).collect();
    match lookup.answer {
        Answer::Object(fields) => attributes.extend(fields.iter().map(computed)),
        Answer::List(field) => attributes.push(computed(field)),
        Answer::Document(_) => {
            attributes.push(Attribute::new(
                SAVE_TO,
                Kind::Value(Type::String),
                Mode::Optional,
                "Path of a file that is to hold the document, readable for its owner only. It is \
                 written whenever this is read, plans included, unless it holds the document \
                 already. Its folder must exist.",
            ));
            attributes.extend(document());
        }
    }
    Schema {
        version: 0,
        description: format!("{}{}", lookup.description, asked_about(lookup.subjects)),
        object: Object::new(attributes),
    }
}

fn document() -> impl Iterator<Item = Attribute> {
    let text = Kind::Value(Type::String);
    DOCUMENT.iter().map(move |(name, description)| {
        Attribute::new(name, text.clone(), Mode::Computed, *description)
    })
}

/// The schema of a document that is looked up and stored nowhere.
pub fn ephemeral_document(lookup: &Lookup) -> Schema {
    let mut attributes: Vec<Attribute> = subjects(lookup.subjects).chain(document()).collect();
    for attribute in &mut attributes {
        attribute.sensitive |= attribute.name == CONTENT;
    }
    Schema {
        version: 0,
        description: format!("{}{}", lookup.description, asked_about(lookup.subjects)),
        object: Object::new(attributes),
    }
}

/// The schema of a secret that an object shows.
pub fn revealed(revealed: &Revealed) -> Schema {
    let noun = revealed.of.noun;
    let text = |name, mode, description| {
        Attribute::new(name, Kind::Value(Type::String), mode, description)
    };
    let id = text(
        revealed.argument,
        Mode::Required,
        format!("Id of the {noun}."),
    );
    let fields = revealed.of.shape.all_fields();
    let fields = fields.filter(|field| field.name == revealed.field);
    Schema {
        version: 0,
        description: revealed.description.to_owned(),
        object: Object::new([id].into_iter().chain(fields.map(computed)).collect()),
    }
}

/// The schema of the resource that hands a document in.
pub fn upload(lookup: &Lookup, upload: &Upload) -> Schema {
    let noun = lookup.noun;
    let arguments: Vec<&str> = lookup.subjects.iter().map(|s| s.argument).collect();
    let text = |name, mode, description: Cow<'static, str>| {
        Attribute::new(name, Kind::Value(Type::String), mode, description)
    };
    let mut id = text("id", Mode::Computed, "Path of what it is for.".into());
    id.recomputed = Recomputed::With(arguments.iter().map(|&name| name.to_owned()).collect());
    let mut content = text(
        CONTENT,
        Mode::Required,
        format!(
            "The {noun}, in Base64, such as `filebase64(\"{}.pdf\")`. It is kept in the state, and \
             not shown in plans: see `{SHA256}`.",
            lookup.name
        )
        .into(),
    );
    content.sensitive = true;
    let mut digest = text(SHA256, Mode::Computed, DOCUMENT[1].1.into());
    digest.recomputed = Recomputed::With(vec![CONTENT.to_owned()]);
    let subjects = lookup.subjects.iter().map(|subject| {
        let story = format!("Id of the {} that the {noun} is for.", subject.of.noun);
        text(subject.argument, Mode::Optional, story.into())
    });
    let attributes = [id].into_iter().chain(subjects).chain([content, digest]);
    Schema {
        version: 0,
        description: format!(
            "{} Exactly one of {} says what it is for.",
            upload.description,
            listed(&arguments)
        ),
        object: Object::new(attributes.collect()),
    }
}

/// The arguments that say what a question is asked of, or a document belongs to.
pub fn subjects(subjects: &'static [Subject]) -> impl Iterator<Item = Attribute> {
    subjects.iter().map(|subject| {
        let mut argument = Attribute::new(
            subject.argument,
            Kind::Value(Type::String),
            Mode::Optional,
            format!("Id of the {} to ask about.", subject.of.noun),
        );
        argument.sensitive = is_secret(subject);
        argument
    })
}

fn asked_about(subjects: &[Subject]) -> String {
    let arguments: Vec<&str> = subjects.iter().map(|s| s.argument).collect();
    match arguments.as_slice() {
        [] => String::new(),
        [one] => format!(" `{one}` says what is asked about."),
        several => format!(
            " Exactly one of {} says what is asked about.",
            listed(several)
        ),
    }
}

/// Whether the id of what is asked about is a secret.
pub fn is_secret(subject: &Subject) -> bool {
    has_secret_ids(subject.of)
}

fn has_secret_ids(collection: &Collection) -> bool {
    let mut fields = collection.shape.common_fields();
    fields.any(|field| field.name == "id" && field.sensitive)
}

/// What an object of this shape shows of itself.
fn seen(shape: &Shape) -> Object {
    Object::new(shown(shape))
}

fn shown(shape: &Shape) -> Vec<Attribute> {
    let fields = shape.all_fields().filter(|field| !field.never_returned);
    let mut attributes = Vec::with_capacity(shape.common.iter().map(|group| group.len()).sum());
    attributes.extend(fields.map(computed));
    attributes
}

/// The attribute of the field that tells variants apart.
pub fn attribute_name(shape: &Shape, field: &'static str) -> &'static str {
    let named = shape.common_fields().find(|common| common.name == field);
    named.map_or(field, |field| field.attribute)
}

/// Fields as attributes of a resource, with their write-only twins.
fn configurable<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<Attribute> {
    let mut attributes = Vec::with_capacity(USUAL);
    for field in fields {
        attributes.push(configurable_one(field));
        if field.write_only_twin {
            attributes.extend(twin(field));
        }
    }
    attributes
}

fn configurable_one(field: &Field) -> Attribute {
    let mode = match field.mode {
        FieldMode::Computed => Mode::Computed,
        FieldMode::Required => Mode::Required,
        FieldMode::Optional => Mode::Optional,
        FieldMode::OptionalComputed
        | FieldMode::Default(_)
        | FieldMode::Drawn
        | FieldMode::Found(_) => Mode::OptionalComputed,
    };
    let kind = match (&field.kind, field.is_configurable()) {
        (FieldKind::Object(shape), true) => Kind::Block(written(shape)),
        (kind, _) => value_kind(kind),
    };
    let mut attribute = Attribute::new(field.attribute, kind, mode, described(field));
    attribute.sensitive = field.sensitive;
    attribute.replaces = field.is_configurable() && field.on_change == OnChange::Replaces;
    attribute.same = field.same;
    // Who holds an object is found by an import: where nobody does, that is known.
    let is_known = matches!(field.found_at, Some(FoundAt::Holder { .. }));
    attribute.never_returned = field.never_returned && !is_known;
    attribute.given_back = field.given_back;
    attribute.partial = matches!(field.kind, FieldKind::Switches(..));
    attribute.default = match field.mode {
        FieldMode::Default(default) => Some(constant(default)),
        _ => None,
    };
    attribute.recomputed = match field.follows {
        Follows::Nothing => Recomputed::Never,
        Follows::AnyTime => Recomputed::OnAnyChange,
        Follows::Fields(names) => Recomputed::With(names.iter().map(|&n| n.to_owned()).collect()),
    };
    attribute
}

/// The names of the write-only twin of a field and of its version.
pub fn twin_names(field: &Field) -> [String; 2] {
    [WRITE_ONLY, WRITE_ONLY_VERSION].map(|suffix| format!("{}{suffix}", field.attribute))
}

/// Whether the secret of this field is sent by its write-only twin in this object, and not stored.
pub fn is_never_stored(field: &Field, object: &Value) -> bool {
    let version = || format!("{}{WRITE_ONLY_VERSION}", field.attribute);
    field.write_only_twin && !object.get(&version()).is_null()
}

/// Whether an object has a value in this field, be it one that is never stored.
pub fn is_said(field: &str, object: &Value) -> bool {
    let version = format!("{field}{WRITE_ONLY_VERSION}");
    !object.get(field).is_null() || !object.get(&version).is_null()
}

/// What is sent and never stored, and what says that it is to be sent again.
fn twin(field: &Field) -> [Attribute; 2] {
    let name = field.attribute;
    let mut secret = Attribute::new(
        &format!("{name}{WRITE_ONLY}"),
        Kind::Value(Type::String),
        Mode::Optional,
        format!(
            "The same as `{name}`, sent and never stored; needs Terraform or OpenTofu 1.11. Set \
             `{name}{WRITE_ONLY_VERSION}` too."
        ),
    );
    secret.write_only = true;
    secret.sensitive = true;
    let replaces = field.on_change == OnChange::Replaces;
    let story = match replaces {
        true => format!(
            "A number of your own for the `{name}{WRITE_ONLY}` that it was ordered with. Another \
             number needs a new one."
        ),
        false => {
            format!("A number of your own: `{name}{WRITE_ONLY}` is sent again when it changes.")
        }
    };
    let mut version = Attribute::new(
        &format!("{name}{WRITE_ONLY_VERSION}"),
        Kind::Value(Type::Number),
        Mode::Optional,
        story,
    );
    version.replaces = replaces;
    // What was ordered with a stored one, or is imported, is no other for a number.
    version.never_returned = field.never_returned;
    [secret, version]
}

/// An object that a user writes.
fn written(shape: &Shape) -> Object {
    let common = configurable(shape.common_fields());
    if shape.variants.is_empty() {
        return Object::new(common);
    }
    let variants = shape.variants.iter().map(|variant| {
        let own = configurable(variant.own_fields());
        (variant.value.to_owned(), own)
    });
    let by = attribute_name(shape, shape.told_apart_by);
    Object::told_apart_by(by, common, variants.collect())
}

/// A constant as Terraform has it.
pub fn constant(constant: Constant) -> Value {
    match constant {
        Constant::Text(text) => Value::text(text),
        Constant::Boolean(truth) => Value::Bool(truth),
    }
}

/// A field as an attribute that is only looked up.
fn computed(field: &Field) -> Attribute {
    let mut attribute = Attribute::new(
        field.attribute,
        value_kind(&field.kind),
        Mode::Computed,
        field.description,
    );
    attribute.sensitive = field.sensitive;
    attribute
}

/// A filter as an argument.
fn argument(filter: &Filter) -> Attribute {
    let mut description = Cow::Borrowed(filter.description);
    add_choices(&mut description, filter.choices);
    Attribute::new(
        filter.argument,
        value_kind(&filter.kind),
        Mode::Optional,
        description,
    )
}

/// Names what can be chosen, unless the text does already.
fn add_choices(text: &mut Cow<'static, str>, choices: &[&str]) {
    if !choices.iter().all(|choice| text.contains(choice)) {
        text.to_mut()
            .push_str(&format!(" One of {}.", listed(choices)));
    }
}

fn value_kind(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Object(shape) => Kind::Nested(Nesting::Single, seen(shape)),
        FieldKind::Objects(shape) => Kind::Nested(Nesting::List, seen(shape)),
        FieldKind::ObjectsByKey(_, shape) | FieldKind::ObjectsByName(shape) => {
            Kind::Nested(Nesting::Map, seen(shape))
        }
        plain => Kind::Value(value_type(plain)),
    }
}

/// The type of a value that has no attributes of its own.
fn value_type(kind: &FieldKind) -> Type {
    match kind {
        FieldKind::Integer | FieldKind::Number => Type::Number,
        FieldKind::Boolean => Type::Bool,
        FieldKind::Texts => Type::set(Type::String),
        FieldKind::Integers => Type::set(Type::Number),
        FieldKind::Listed(of) => Type::list(value_type(of)),
        FieldKind::Attributes => Type::map(Type::String),
        FieldKind::Switches(..) => Type::map(Type::Bool),
        _ => Type::String,
    }
}

/// What a field means, with all that its declaration says beyond the words.
fn described(field: &Field) -> Cow<'static, str> {
    let mut text = Cow::Borrowed(field.description);
    add_choices(&mut text, field.choices);
    if let FieldMode::Found(Source::Account) = field.mode {
        text.to_mut()
            .push_str(" Defaults to the provider's `account`, or to your only account.");
    }
    if let FieldMode::Found(Source::Roles(required)) = field.mode {
        text.to_mut().push_str(&format!(
            " Unset, those in the roles that `{}` requires (`{}`) are found among the managing \
             account's contacts, exactly one for each role: see `contacts` of the provider. What \
             exists keeps those that it has.",
            required.by, required.roles
        ));
    }
    if field.mode == FieldMode::Drawn {
        text.to_mut().push_str(
            " Unset, one is drawn for the order, so that it can be found again if its answer gets \
             lost. What exists keeps the one that it has.",
        );
    }
    if let FieldMode::Default(default) = field.mode {
        let default = match default {
            Constant::Text(text) => text.to_owned(),
            Constant::Boolean(truth) => truth.to_string(),
        };
        text.to_mut()
            .push_str(&format!(" Defaults to `{default}`."));
    }
    if let Some(characters) = field.max_length {
        text.to_mut()
            .push_str(&format!(" At most {characters} characters."));
    }
    match (field.minimum, field.maximum) {
        (Some(low), Some(high)) if !text.contains(&format!("{low} to {high}")) => {
            text.to_mut().push_str(&format!(" From {low} to {high}."));
        }
        (Some(low), None) => text.to_mut().push_str(&format!(" At least {low}.")),
        _ => {}
    }
    if field.sent_with_delete {
        text.to_mut().push_str(
            " Set it to choose the day: it goes with the order to cancel when the resource is \
             destroyed, and the exchange refuses a day before the end of its notice. Unset, the \
             service ends as early as the exchange allows.",
        );
    }
    if field.is_configurable() && field.on_change == OnChange::Replaces {
        text.to_mut().push_str(" A change needs a new one.");
    }
    text
}

/// `` `a`, `b` or `c` ``
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Whether an attribute belongs to the provider rather than to the exchange.
pub fn is_own(attribute: &str) -> bool {
    attribute == goal::WAIT_FOR_STATE
        || attribute == timeouts::TIMEOUTS
        || attribute.ends_with(WRITE_ONLY_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing::{change, known, resource_named};

    /// What is sensitive, can be set, and has no twin: why not.
    const WITHOUT_TWIN: [(&str, &str); 1] = [
        // Exchanges return it, and some of them in `provider_ref` too, where the state keeps it
        // whatever it was ordered with: a twin would promise what it cannot keep.
        ("cloud_vc", "cloud_key"),
    ];

    fn without_twin(object: &Object, found: &mut Vec<String>) {
        let has = |name: String| object.attribute(&name).is_some();
        for attribute in object.attributes() {
            let name = &attribute.name;
            if let Kind::Block(inner) | Kind::Nested(_, inner) = &attribute.kind {
                without_twin(inner, found);
            } else if attribute.sensitive && attribute.is_configurable() && !attribute.write_only {
                let twins = [WRITE_ONLY, WRITE_ONLY_VERSION].map(|end| has(format!("{name}{end}")));
                if twins != [true, true] {
                    found.push(name.clone());
                }
            }
        }
    }

    #[test]
    fn every_secret_that_can_be_set_can_be_set_without_being_stored() {
        let mut secrets = Vec::new();
        for declared in entities::RESOURCES.iter() {
            let mut found = Vec::new();
            without_twin(&resource(declared).object, &mut found);
            secrets.extend(found.into_iter().map(|name| (declared.name, name)));
        }
        let known = WITHOUT_TWIN.map(|(resource, name)| (resource, name.to_owned()));
        assert_eq!(secrets, known);
    }

    #[test]
    fn a_circuit_is_replaced_for_another_key_and_not_for_where_the_key_is_kept() {
        let circuits = resource_named("p2p_vc");
        let schema = resource(circuits);
        let with = |pairs: &[(&str, Value)]| {
            let (_, mut object, _) = known(circuits);
            let names = [
                "joining_member_account",
                "service_key",
                "service_key_wo_version",
            ];
            names.iter().for_each(|name| object.put(name, Value::Null));
            for (name, value) in pairs {
                object.put(name, value.clone());
            }
            object
        };
        let stored = || with(&[("service_key", "k".into())]);
        let unstored = |version: i64| with(&[("service_key_wo_version", version.into())]);
        let replaces =
            |prior: Value, config: Value| !change(&schema, prior, config).replaces.is_empty();
        assert!(!replaces(stored(), unstored(1)) && !replaces(unstored(1), stored()));
        assert!(!replaces(unstored(1), unstored(1)));
        assert!(replaces(unstored(1), unstored(2)));
        assert!(replaces(stored(), with(&[("service_key", "l".into())])));
        assert!(is_said("service_key", &stored()) && is_said("service_key", &unstored(1)));
        assert!(!is_said("service_key", &with(&[])));
    }

    #[test]
    fn another_reference_leaves_all_but_the_state_known() {
        for name in [
            "connection",
            "port_reservation",
            "p2p_vc",
            "nsc",
            "contact",
            "nfc",
        ] {
            let (schema, prior, mut config) = known(resource_named(name));
            config.put("external_ref", "another".into());
            let change = change(&schema, prior, config);
            assert!(change.replaces.is_empty(), "{name}");
            let unknown: Vec<&str> = schema
                .object
                .attributes()
                .iter()
                .filter(|a| !change.planned.get(&a.name).is_wholly_known())
                .map(|a| a.name.as_str())
                .collect();
            let allowed = ["state", "status", "port", "exchange_side_demarc", "ips"];
            assert!(
                unknown.iter().all(|attribute| allowed.contains(attribute)),
                "{name}: {unknown:?}"
            );
        }
    }
}
