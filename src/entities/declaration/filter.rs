//! One way to narrow a list.

use super::field::Kind;

/// One way to narrow a list.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The query parameter of IX-API.
    pub parameter: &'static str,
    /// Another spelling of the parameter in older versions, sent beside it.
    pub older: Option<&'static str>,
    /// Whether the exchange is asked for it; otherwise it is applied to the answer alone.
    pub is_sent: bool,
    /// The argument of the data source.
    pub argument: &'static str,
    /// What the argument holds.
    pub kind: Kind,
    /// What it keeps; applied again to what the exchange answers, for an exchange that does not
    /// know a filter ignores it and returns everything.
    pub keeps: Keeps,
    /// The values that IX-API knows, where it closes the list; any other is a misspelling.
    pub choices: &'static [&'static str],
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
    /// Those whose field of this name is, or shares with its collection, one of the argument's
    /// values.
    AnyOf(&'static str),
    /// Those whose two fields of these names enclose the argument.
    Within(&'static str, &'static str),
    /// Those whose field of this name is at least the argument, or that have no bound.
    AtLeast(&'static str),
    /// Only the exchange can tell.
    AskTheExchange,
}

/// The ids of the objects wanted; each must exist.
pub const fn by_ids() -> Filter {
    Filter {
        parameter: "id",
        older: None,
        is_sent: true,
        argument: "ids",
        kind: Kind::Texts,
        keeps: Keeps::AnyOf("id"),
        choices: &[],
        description: "Only those with one of these ids. Each of them must exist.",
    }
}

/// Equality with a text field.
pub const fn by(name: &'static str, description: &'static str) -> Filter {
    Filter {
        parameter: name,
        older: None,
        is_sent: true,
        argument: name,
        kind: Kind::Text,
        keeps: Keeps::Equal(name),
        choices: &[],
        description,
    }
}

impl Filter {
    /// The filter of a search for one object: by one id instead of several.
    pub fn of_one(self) -> Filter {
        match self.parameter {
            "id" => Filter {
                argument: "id",
                kind: Kind::Text,
                keeps: Keeps::Equal("id"),
                description: "Only the one with this id.",
                ..self
            },
            _ => self,
        }
    }

    /// IX-API knows these values and no others.
    pub const fn among(self, choices: &'static [&'static str]) -> Filter {
        Filter { choices, ..self }
    }

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

    /// Keeps what has room for as many, by the field of that name.
    pub const fn with_room_in(self, name: &'static str) -> Filter {
        Filter {
            kind: Kind::Integer,
            keeps: Keeps::AtLeast(name),
            ..self
        }
    }

    /// IX-API has no such filter: it is applied to the answer.
    pub const fn applied_by_us(self) -> Filter {
        Filter {
            is_sent: false,
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

    /// Older versions of IX-API spell the parameter so; it is sent in both spellings.
    pub const fn also_spelled(self, older: &'static str) -> Filter {
        Filter {
            older: Some(older),
            ..self
        }
    }
}
