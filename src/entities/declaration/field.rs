//! One field of an object: what it holds, who sets it, what a change of it takes.

use super::Shape;

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
    /// Several of these in the exchange's order, set by the exchange alone.
    Listed(&'static Kind),
    /// Whatever the exchange adds, by name, as text.
    Attributes,
    /// One object. Where the user has a say in it, it is written as a block.
    Object(Shape),
    /// Several objects in the exchange's order.
    Objects(Shape),
    /// Several objects in a list, each with a name of its own in the field of this name: a map.
    ObjectsByKey(&'static str, Shape),
    /// Objects by name, as IX-API has them.
    ObjectsByName(Shape),
    /// Several objects in a list that say yes or no to something: a map from the field of the first
    /// name, a text, to the field of the second, true or false.
    Switches(&'static str, &'static str),
}

/// Where the provider finds what the exchange requires and the user left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is the account that orders: the one that the provider is told, or the customer's only
    /// one.
    Account,
    /// They are the role assignments of the roles that something else requires.
    Roles(RequiredRoles),
}

/// What says which roles an object needs: a field of another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequiredRoles {
    /// The field of the object that holds the other one's id.
    pub by: &'static str,
    /// The path of the collection that the other one is in.
    pub collection: &'static str,
    /// The field there that holds the ids of the roles.
    pub roles: &'static str,
}

/// Who sets a field, in Terraform's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The exchange alone.
    Computed,
    /// The user must.
    Required,
    /// The user may; otherwise it is empty.
    Optional,
    /// The user may; otherwise the exchange does.
    OptionalComputed,
    /// The user may; otherwise this value holds.
    Default(Constant),
    /// The user may; otherwise the provider draws a unique one for the order, and an object keeps
    /// what it has.
    Drawn,
    /// The user may; otherwise the provider finds it, since the exchange requires it.
    Found(Source),
}

/// A value that a declaration can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// Text.
    Text(&'static str),
    /// True or false.
    Boolean(bool),
}

/// What a change of a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// A PATCH.
    InPlace,
    /// A new object.
    Replaces,
}

/// When a field that the exchange sets may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// Never, once it is known.
    Nothing,
    /// At any time, as the object lives.
    AnyTime,
    /// With these other fields.
    Fields(&'static [&'static str]),
}

/// Where else a value can be read that an object does not show of itself, when it is imported.
#[derive(Clone, Copy, Debug)]
pub enum FoundAt {
    /// In the objects of this collection whose ids are in the field `ids`: their field `name`, if
    /// all agree.
    Members {
        /// The field of the imported object that holds ids.
        ids: &'static str,
        /// The path of the collection that they are in.
        collection: &'static str,
        /// The field there.
        name: &'static str,
    },
    /// It is the id of the one object of this collection that has the imported one in its list, if
    /// that is of this type: others have there what they were given.
    Holder {
        /// The path of the collection.
        collection: &'static str,
        /// The field there that holds ids.
        list: &'static str,
        /// The type.
        of_type: &'static str,
    },
    /// In the same object where some of its variant are ([`super::Elsewhere::IfSet`]).
    Elsewhere,
    /// It is the id of the object itself.
    ItsId,
}

/// One field. Built by [`text`], [`integer`] and so on, then refined.
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
    /// Who sets it.
    pub mode: Mode,
    /// What a change takes.
    pub on_change: OnChange,
    /// When the exchange may change it.
    pub follows: Follows,
    /// Smallest value of a number.
    pub minimum: Option<i64>,
    /// Largest value of a number.
    pub maximum: Option<i64>,
    /// The only values of a number, where there are few.
    pub numbers: &'static [i64],
    /// Most characters of a text.
    pub max_length: Option<usize>,
    /// The values that the specification knows; the exchange may answer others.
    pub choices: &'static [&'static str],
    /// A further rule for a text, or for each text of several: what is wrong with it, if anything.
    pub rule: Option<fn(&str) -> Option<&'static str>>,
    /// Whether two texts mean the same, where that is more than being equal.
    pub same: Option<fn(&str, &str) -> bool>,
    /// Whether Terraform hides it in its output.
    pub sensitive: bool,
    /// Whether the exchange may answer null for a list, which otherwise is an empty one.
    pub may_be_null: bool,
    /// Whether it has a twin that is sent and never stored: `<name>_wo`, with `<name>_wo_version`.
    pub write_only_twin: bool,
    /// Whether the exchange never returns it in this object.
    pub never_returned: bool,
    /// Where else an import finds it.
    pub found_at: Option<FoundAt>,
    /// Whether it tells what was ordered, and later answers say nothing about it.
    pub as_ordered: bool,
    /// Whether every PATCH must carry it.
    pub always_sent: bool,
    /// Whether a create says null where nothing is set, because null and absent differ.
    pub null_on_create: bool,
    /// What a create says where nothing is set.
    pub ordered_as: Option<&'static str>,
    /// Whether the exchange may put something into it after it has answered the order.
    pub fills_in: bool,
    /// Whether clearing it takes an empty text or list, because null is not allowed.
    pub cleared_by_empty: bool,
    /// Whether leaving it out after it was set clears it, so that the exchange chooses again.
    pub given_back: bool,
    /// Whether it is the user's word for how the object is to end: it goes with the DELETE alone.
    pub sent_with_delete: bool,
    /// The path of another collection, and the field that holds the id of an object there: what the
    /// exchange makes along with that object bears its reference, too.
    pub passed_on: Option<(&'static str, &'static str)>,
    /// The field that says the same otherwise: an object that has that one is written without this.
    pub unless: Option<&'static str>,
    /// What a person should read in the plan before a change replaces the object.
    pub before_replacing: &'static str,
}

const fn field(name: &'static str, kind: Kind, description: &'static str) -> Field {
    Field {
        name,
        attribute: name,
        kind,
        description,
        mode: Mode::Computed,
        on_change: OnChange::InPlace,
        follows: Follows::Nothing,
        minimum: None,
        maximum: None,
        numbers: &[],
        max_length: None,
        choices: &[],
        rule: None,
        same: None,
        sensitive: false,
        may_be_null: false,
        write_only_twin: false,
        never_returned: false,
        found_at: None,
        as_ordered: false,
        always_sent: false,
        null_on_create: false,
        ordered_as: None,
        fills_in: false,
        cleared_by_empty: false,
        given_back: false,
        sent_with_delete: false,
        passed_on: None,
        unless: None,
        before_replacing: "",
    }
}

/// A text, set by the exchange unless refined.
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

/// Several values of a kind, in the exchange's order.
pub const fn listed(name: &'static str, of: &'static Kind, description: &'static str) -> Field {
    field(name, Kind::Listed(of), description)
}

/// Whatever the exchange adds, by name.
pub const fn attributes(name: &'static str, description: &'static str) -> Field {
    field(name, Kind::Attributes, description)
}

/// One object.
pub const fn object(name: &'static str, shape: Shape, description: &'static str) -> Field {
    field(name, Kind::Object(shape), description)
}

/// Several objects.
pub const fn objects(name: &'static str, shape: Shape, description: &'static str) -> Field {
    field(name, Kind::Objects(shape), description)
}

/// Several objects in a list, told apart by their field `key`.
pub const fn objects_by_key(
    name: &'static str,
    key: &'static str,
    shape: Shape,
    description: &'static str,
) -> Field {
    field(name, Kind::ObjectsByKey(key, shape), description)
}

/// Objects by name.
pub const fn objects_by_name(name: &'static str, shape: Shape, description: &'static str) -> Field {
    field(name, Kind::ObjectsByName(shape), description)
}

/// Yes or no (field `value`) to several things (field `key`).
pub const fn switches(
    name: &'static str,
    key: &'static str,
    value: &'static str,
    description: &'static str,
) -> Field {
    field(name, Kind::Switches(key, value), description)
}

impl Field {
    /// The user must set it.
    pub const fn required(self) -> Field {
        Field {
            mode: Mode::Required,
            ..self
        }
    }

    /// The exchange requires it; unset, the provider finds it there.
    pub const fn found_in(self, source: Source) -> Field {
        Field {
            mode: Mode::Found(source),
            ..self
        }
    }

    /// The user may set it; unset, it is empty.
    pub const fn optional(self) -> Field {
        Field {
            mode: Mode::Optional,
            ..self
        }
    }

    /// The user may set it; unset, the exchange chooses.
    pub const fn optional_computed(self) -> Field {
        Field {
            mode: Mode::OptionalComputed,
            ..self
        }
    }

    /// The user may set it; unset, this holds.
    pub const fn or(self, default: &'static str) -> Field {
        Field {
            mode: Mode::Default(Constant::Text(default)),
            ..self
        }
    }

    /// The user may set it to true or false; unset, this holds.
    pub const fn or_boolean(self, default: bool) -> Field {
        Field {
            mode: Mode::Default(Constant::Boolean(default)),
            ..self
        }
    }

    /// The user may set it; unset, the provider draws a unique one for the order.
    pub const fn drawn(self) -> Field {
        Field {
            mode: Mode::Drawn,
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
    pub const fn warns_before_replacing(self, before_replacing: &'static str) -> Field {
        Field {
            before_replacing,
            ..self
        }
    }

    /// The exchange changes it as the object lives.
    pub const fn changes_anytime(self) -> Field {
        Field {
            follows: Follows::AnyTime,
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

    /// The only values of a number.
    pub const fn among(self, numbers: &'static [i64]) -> Field {
        Field { numbers, ..self }
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
            same: Some(str::eq_ignore_ascii_case),
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

    /// Where an import finds the value.
    pub const fn found_at(self, place: FoundAt) -> Field {
        Field {
            found_at: Some(place),
            ..self
        }
    }

    /// Texts mean the same if this says so; then a plan keeps the spelling of the state.
    pub const fn same_if(self, same: fn(&str, &str) -> bool) -> Field {
        Field {
            same: Some(same),
            ..self
        }
    }

    /// Terraform hides it in its output.
    pub const fn sensitive(self) -> Field {
        Field {
            sensitive: true,
            ..self
        }
    }

    /// A list for which the exchange may answer null.
    pub const fn or_null(self) -> Field {
        Field {
            may_be_null: true,
            ..self
        }
    }

    /// It can also be given as `<name>_wo`, which is sent and never stored; a change of
    /// `<name>_wo_version` sends it again.
    pub const fn write_only_twin(self) -> Field {
        Field {
            write_only_twin: true,
            ..self
        }
    }

    /// A create says null where nothing is set: to the exchange null and absent differ.
    pub const fn null_on_create(self) -> Field {
        Field {
            null_on_create: true,
            ..self
        }
    }

    /// A create says this where nothing is set: some exchanges take no order without it.
    pub const fn ordered_as(self, value: &'static str) -> Field {
        Field {
            ordered_as: Some(value),
            ..self
        }
    }

    /// A list that an exchange may fill only after it has answered the order: a create waits a
    /// moment for something to be in it.
    pub const fn fills_in(self) -> Field {
        Field {
            fills_in: true,
            ..self
        }
    }

    /// Left out after it was set, it is cleared, and the exchange chooses again.
    pub const fn given_back(self) -> Field {
        Field {
            given_back: true,
            ..self
        }
    }

    /// Objects that are made along with that of another collection, whose id is in the field
    /// `owner`, bear that one's.
    pub const fn passed_on(self, collection: &'static str, owner: &'static str) -> Field {
        Field {
            passed_on: Some((collection, owner)),
            ..self
        }
    }

    /// An object that has that other field is written without this one.
    pub const fn unless(self, other: &'static str) -> Field {
        Field {
            unless: Some(other),
            ..self
        }
    }

    /// It goes with the DELETE alone. Left out after it was set, it is the exchange's to say again.
    pub const fn sent_with_delete(self) -> Field {
        Field {
            mode: Mode::OptionalComputed,
            given_back: true,
            sent_with_delete: true,
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

    /// Null is not allowed: an empty text or list clears it.
    pub const fn cleared_by_empty(self) -> Field {
        Field {
            cleared_by_empty: true,
            ..self
        }
    }

    /// Whether an answer means what is wanted, for this field.
    pub fn means(&self, answer: &str, wanted: &str) -> bool {
        answer == wanted || self.same.is_some_and(|same| same(answer, wanted))
    }

    /// A text as the specification writes it, if it is one of the choices in whatever case.
    pub fn declared_spelling<'a>(&self, text: &'a str) -> &'a str {
        let mut known = self.choices.iter();
        known
            .find(|choice| choice.eq_ignore_ascii_case(text))
            .unwrap_or(&text)
    }

    /// Whether the user has a say in it.
    pub fn is_configurable(&self) -> bool {
        self.mode != Mode::Computed
    }
}
