//! The words in which an entity is declared: fields, filters, life.
//!
//! Everything here is `const`, so that a declaration is data: it costs nothing at start-up and
//! reads like a data sheet. What the words mean to Terraform is decided in `provider`.

use crate::ixapi::State;
use crate::tfplugin::diagnostics::Diagnostics;
use crate::tfplugin::value::Value;

/// One IX-API entity, whole.
#[derive(Debug)]
pub struct Entity {
    /// Terraform's name of one, without the provider's prefix: `connection`.
    pub name: &'static str,
    /// Terraform's name of many: `connections`.
    pub plural: &'static str,
    /// What a person calls one: `port or LAG`.
    pub noun: &'static str,
    /// What it is, in Markdown, for the documentation.
    pub description: &'static str,
    /// The collection: `/connections`.
    pub path: &'static str,
    /// The schemas of the IX-API specification that it covers.
    pub schemas: &'static [&'static str],
    /// All fields, in groups, in the order of the documentation.
    pub fields: &'static [&'static [Field]],
    /// What every request says without being asked, such as the `type` of a network service.
    pub constants: &'static [(&'static str, &'static str)],
    /// What a list of them can be narrowed by; none for what cannot be looked up.
    pub filters: &'static [Filter],
    /// What Terraform may do with it.
    pub life: Life,
    /// The field that holds the id of the connection that a change touches, for changes to one
    /// connection are sent one after the other; none where there is no connection.
    pub touches: Option<&'static str>,
    /// Rules between fields that the fields cannot say themselves.
    pub check: fn(&Value) -> Diagnostics,
}

impl Entity {
    /// All fields, over the groups.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().flat_map(|group| group.iter())
    }
}

/// The rule of an entity whose fields say all there is.
pub fn no_further_rules(_: &Value) -> Diagnostics {
    Diagnostics::default()
}

/// What happens to an object between order and end.
#[derive(Debug)]
pub enum Life {
    /// The exchange's own: it can only be read.
    Catalogue,
    /// It is there once created and gone once deleted (a contact).
    Immediate,
    /// It is provisioned, changed and decommissioned over time (a port).
    Provisioned(Provisioning),
}

/// How a provisioned object lives.
#[derive(Debug)]
pub struct Provisioning {
    /// The state that create and update wait for unless `wait_for_state` says otherwise; `None`
    /// where only later orders can bring the object further.
    pub waits_for: Option<State>,
    /// Why that one, for the documentation.
    pub because: &'static str,
    /// Whether a cancelled order is no more; otherwise the exchange keeps it until it is deleted.
    pub cancelled_is_gone: bool,
    /// Status tags that are a normal part of an order's way, and no news to anybody.
    pub expected_tags: &'static [&'static str],
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339, possibly without a zone.
    Moment,
    /// Several texts in no order: ids, names.
    Texts,
    /// Several whole numbers in no order.
    Integers,
    /// Whatever the exchange adds, by name, as text.
    Attributes,
    /// One object.
    Object(&'static [Field]),
    /// Several objects in the exchange's order.
    Objects(&'static [Field]),
}

/// Who decides a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The exchange alone.
    ByExchange,
    /// The user must.
    ByUser,
    /// The user may; otherwise it is empty.
    MaybeByUser,
    /// The user may; otherwise the exchange does.
    ByEither,
    /// The user may; otherwise this value holds.
    ByDefault(&'static str),
}

/// What a change of a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// A PATCH.
    InPlace,
    /// A new object.
    Replaces,
}

/// When the exchange may change a field of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// Never, once it is known.
    Nothing,
    /// With the life of the object: at any time.
    Life,
    /// With these other fields.
    Fields(&'static [&'static str]),
}

/// One field of an entity. Built by [`text`], [`integer`] and so on, then refined.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in IX-API.
    pub name: &'static str,
    /// Its name in Terraform: the same, but for a reserved word.
    pub attribute: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means, in Markdown.
    pub description: &'static str,
    /// Who decides it.
    pub decided: Decided,
    /// What a change takes.
    pub on_change: OnChange,
    /// When the exchange may change it.
    pub follows: Follows,
    /// Smallest value of a number.
    pub minimum: Option<i64>,
    /// Largest value of a number.
    pub maximum: Option<i64>,
    /// Most characters of a text.
    pub max_length: Option<usize>,
    /// The values that the specification knows; the exchange may answer others.
    pub choices: &'static [&'static str],
    /// A further rule for a text: what is wrong with it, if anything.
    pub rule: Option<fn(&str) -> Option<&'static str>>,
    /// Whether case is spelling only (UUIDs, MAC addresses).
    pub any_case: bool,
    /// Whether Terraform hides it in its output.
    pub sensitive: bool,
    /// Whether the exchange never returns it in this object.
    pub never_returned: bool,
    /// Where else a never returned value can be read when an object is imported: the field that
    /// holds ids, the collection they are in, and the field there.
    pub found_at: Option<(&'static str, &'static str, &'static str)>,
    /// Whether it tells what was ordered, and later answers say nothing about it.
    pub as_ordered: bool,
    /// Whether every PATCH must carry it.
    pub always_sent: bool,
    /// Whether clearing it takes an empty text, because null is not allowed.
    pub cleared_by_empty: bool,
    /// Whether it is allowed only while a sibling has one of these values.
    pub only_with: Option<(&'static str, &'static [&'static str])>,
    /// Whether it is needed while a sibling has one of these values.
    pub needed_with: Option<(&'static str, &'static [&'static str])>,
    /// What a person should read in the plan before a change replaces the object.
    pub before_replacing: &'static str,
}

const fn field(name: &'static str, kind: Kind, description: &'static str) -> Field {
    Field {
        name,
        attribute: name,
        kind,
        description,
        decided: Decided::ByExchange,
        on_change: OnChange::InPlace,
        follows: Follows::Nothing,
        minimum: None,
        maximum: None,
        max_length: None,
        choices: &[],
        rule: None,
        any_case: false,
        sensitive: false,
        never_returned: false,
        found_at: None,
        as_ordered: false,
        always_sent: false,
        cleared_by_empty: false,
        only_with: None,
        needed_with: None,
        before_replacing: "",
    }
}

/// A text, decided by the exchange unless refined.
pub const fn text(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Text, description)
}

/// The id of another object. Exchanges spell ids in either case.
pub const fn id_of(name: &'static str, description: &'static str) -> Field {
    text(name, description).any_case()
}

/// A text of a known set.
pub const fn one_of(
    name: &'static str,
    choices: &'static [&'static str],
    description: &'static str,
) -> Field {
    Field {
        choices,
        ..field(name, Kind::Text, description)
    }
}

/// A whole number.
pub const fn integer(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Integer, description)
}

/// A number with a fraction.
pub const fn number(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Number, description)
}

/// True or false.
pub const fn boolean(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Boolean, description)
}

/// A day.
pub const fn date(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Date, description)
}

/// A moment.
pub const fn moment(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Moment, description)
}

/// Texts in no order.
pub const fn texts(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Texts, description)
}

/// Whole numbers in no order.
pub const fn integers(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Integers, description)
}

/// Whatever the exchange adds, by name.
pub const fn attributes(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Attributes, description)
}

/// One object.
pub const fn object(
    name: &'static str,
    fields: &'static [Field],
    description: &'static str,
) -> Field {
    field(name, Kind::Object(fields), description)
}

/// Several objects.
pub const fn objects(
    name: &'static str,
    fields: &'static [Field],
    description: &'static str,
) -> Field {
    field(name, Kind::Objects(fields), description)
}

impl Field {
    /// The user must set it.
    pub const fn required(self) -> Field {
        Field {
            decided: Decided::ByUser,
            ..self
        }
    }

    /// The user may set it; unset, it is empty.
    pub const fn optional(self) -> Field {
        Field {
            decided: Decided::MaybeByUser,
            ..self
        }
    }

    /// The user may set it; unset, the exchange chooses.
    pub const fn or_the_exchange_chooses(self) -> Field {
        Field {
            decided: Decided::ByEither,
            ..self
        }
    }

    /// The user may set it; unset, this holds.
    pub const fn or(self, default: &'static str) -> Field {
        Field {
            decided: Decided::ByDefault(default),
            ..self
        }
    }

    /// IX-API takes it on create only, so that a change needs a new object.
    pub const fn replaces(self) -> Field {
        Field {
            on_change: OnChange::Replaces,
            ..self
        }
    }

    /// What a person should read in the plan before a change replaces the object.
    pub const fn but_first(self, before_replacing: &'static str) -> Field {
        Field {
            before_replacing,
            ..self
        }
    }

    /// The exchange changes it as the object lives.
    pub const fn lives(self) -> Field {
        Field {
            follows: Follows::Life,
            ..self
        }
    }

    /// The exchange changes it when one of these changes.
    pub const fn follows(self, fields: &'static [&'static str]) -> Field {
        Field {
            follows: Follows::Fields(fields),
            ..self
        }
    }

    /// Bounds of a number, both included.
    pub const fn between(self, minimum: i64, maximum: i64) -> Field {
        Field {
            minimum: Some(minimum),
            maximum: Some(maximum),
            ..self
        }
    }

    /// Smallest value of a number.
    pub const fn at_least(self, minimum: i64) -> Field {
        Field {
            minimum: Some(minimum),
            ..self
        }
    }

    /// Most characters of a text.
    pub const fn max(self, characters: usize) -> Field {
        Field {
            max_length: Some(characters),
            ..self
        }
    }

    /// A further rule for a text.
    pub const fn valid_if(self, rule: fn(&str) -> Option<&'static str>) -> Field {
        Field {
            rule: Some(rule),
            ..self
        }
    }

    /// Case is spelling only.
    pub const fn any_case(self) -> Field {
        Field {
            any_case: true,
            ..self
        }
    }

    /// Terraform has another name for it, because its own is reserved.
    pub const fn called(self, attribute: &'static str) -> Field {
        Field { attribute, ..self }
    }

    /// The exchange takes it and never returns it with this object.
    pub const fn never_returned(self) -> Field {
        Field {
            never_returned: true,
            ..self
        }
    }

    /// Where an import finds the value: in the first of the objects whose ids are in field `ids`,
    /// in `collection`, under `name`.
    pub const fn found_at(
        self,
        ids: &'static str,
        collection: &'static str,
        name: &'static str,
    ) -> Field {
        Field {
            found_at: Some((ids, collection, name)),
            ..self
        }
    }

    /// It tells what was ordered; later answers do not change it.
    pub const fn as_ordered(self) -> Field {
        Field {
            as_ordered: true,
            ..self
        }
    }

    /// Every PATCH must carry it.
    pub const fn always_sent(self) -> Field {
        Field {
            always_sent: true,
            ..self
        }
    }

    /// Null is not allowed: an empty text clears it.
    pub const fn cleared_by_empty(self) -> Field {
        Field {
            cleared_by_empty: true,
            ..self
        }
    }

    /// Allowed only while the sibling has one of these values.
    pub const fn only_with(self, sibling: &'static str, values: &'static [&'static str]) -> Field {
        Field {
            only_with: Some((sibling, values)),
            ..self
        }
    }

    /// Needed while the sibling has one of these values.
    pub const fn needed_with(
        self,
        sibling: &'static str,
        values: &'static [&'static str],
    ) -> Field {
        Field {
            needed_with: Some((sibling, values)),
            ..self
        }
    }

    /// Whether the user has a say in it.
    pub fn is_configurable(&self) -> bool {
        self.decided != Decided::ByExchange
    }
}

/// One way to narrow a list.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The query parameter of IX-API.
    pub parameter: &'static str,
    /// Another spelling of the parameter in older versions, sent beside it.
    pub older: Option<&'static str>,
    /// The argument of the data source.
    pub argument: &'static str,
    /// What the argument holds.
    pub kind: Kind,
    /// What it keeps; applied again to what the exchange answers, for an exchange that does not
    /// know a filter ignores it and returns everything.
    pub keeps: Keeps,
    /// What it means, in Markdown.
    pub description: &'static str,
}

/// Which objects a filter keeps.
#[derive(Clone, Copy, Debug)]
pub enum Keeps {
    /// Those whose field of this name equals the argument, or contains it if it is a collection.
    Equal(&'static str),
    /// Those whose field of this name equals the argument, and those that do not show the field.
    EqualWhereShown(&'static str),
    /// Those whose field of this name does not.
    Unequal(&'static str),
    /// Those whose field of this name is, or shares with its collection, one of the argument's values.
    AnyOf(&'static str),
    /// Those whose two fields of these names enclose the argument.
    Within(&'static str, &'static str),
    /// Only the exchange can tell.
    AskTheExchange,
}

/// The ids of the objects wanted; each must exist.
pub const fn by_ids() -> Filter {
    Filter {
        parameter: "id",
        older: None,
        argument: "ids",
        kind: Kind::Texts,
        keeps: Keeps::AnyOf("id"),
        description: "Only those with one of these ids. Each of them must exist.",
    }
}

/// Equality with a text field.
pub const fn by(name: &'static str, description: &'static str) -> Filter {
    Filter {
        parameter: name,
        older: None,
        argument: name,
        kind: Kind::Text,
        keeps: Keeps::Equal(name),
        description,
    }
}

impl Filter {
    /// The argument is a whole number.
    pub const fn integer(self) -> Filter {
        Filter {
            kind: Kind::Integer,
            ..self
        }
    }

    /// The argument is true or false.
    pub const fn boolean(self) -> Filter {
        Filter {
            kind: Kind::Boolean,
            ..self
        }
    }

    /// The argument is a set of texts, of which one must match.
    pub const fn any_of(self) -> Filter {
        Filter {
            kind: Kind::Texts,
            keeps: Keeps::AnyOf(self.parameter),
            ..self
        }
    }

    /// Keeps what differs from the field of that name.
    pub const fn unequal(self, name: &'static str) -> Filter {
        Filter {
            keeps: Keeps::Unequal(name),
            ..self
        }
    }

    /// Keeps what lies between two fields.
    pub const fn within(self, low: &'static str, high: &'static str) -> Filter {
        Filter {
            kind: Kind::Integer,
            keeps: Keeps::Within(low, high),
            ..self
        }
    }

    /// Older versions of IX-API filter by the field and do not show it.
    pub const fn where_shown(self) -> Filter {
        Filter {
            keeps: Keeps::EqualWhereShown(self.parameter),
            ..self
        }
    }

    /// Only the exchange can tell, for the answer does not show it.
    pub const fn ask_the_exchange(self) -> Filter {
        Filter {
            keeps: Keeps::AskTheExchange,
            ..self
        }
    }

    /// Terraform has another name for it.
    pub const fn called(self, argument: &'static str) -> Filter {
        Filter { argument, ..self }
    }

    /// Older versions of IX-API spell the parameter so.
    pub const fn formerly(self, older: &'static str) -> Filter {
        Filter {
            older: Some(older),
            ..self
        }
    }
}
