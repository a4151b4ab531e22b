//! What the exchange has: a collection, and the shape of its objects.

use super::field::Field;
use super::filter::Filter;
use super::life::{Life, Provisioning};

/// One IX-API collection. Its plural and its singular data source follow from it.
#[derive(Debug)]
pub struct Collection {
    /// Terraform's name of one, without the provider's prefix: `connection`.
    pub name: &'static str,
    /// Terraform's name of many: `connections`.
    pub plural: &'static str,
    /// What a person calls one: `port or LAG`.
    pub noun: &'static str,
    /// What it is, in Markdown, for the data sources: a phrase in the plural, up to its full stop.
    pub description: &'static str,
    /// Where it is: `/connections`; in an extension of the exchange, `<its name>:/connections`.
    pub path: &'static str,
    /// The schema of the IX-API specification; empty where each variant has its own.
    pub schema: &'static str,
    /// What its objects look like.
    pub shape: Shape,
    /// What a list of them can be narrowed by, in groups; none for what is not looked up.
    pub filters: &'static [&'static [Filter]],
    /// What happens to an object between its beginning and its end.
    pub life: Life,
}

/// The fields of an object, in groups, and its variants if there are any.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The fields of every variant, in the order of the documentation.
    pub common: &'static [&'static [Field]],
    /// The common field that tells the variants apart; empty where there are none.
    pub told_apart_by: &'static str,
    /// The variants.
    pub variants: &'static [Variant],
}

/// One of the things that an object can be.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The value that stands for it.
    pub value: &'static str,
    /// What a person calls one; empty where the collection's word will do.
    pub noun: &'static str,
    /// Its schema in the IX-API specification; empty where one schema has all variants.
    pub schema: &'static str,
    /// The fields that it has beside the common ones. Another variant may have fields of the same
    /// names that behave otherwise.
    pub fields: &'static [&'static [Field]],
    /// How it lives, if not as its collection says.
    pub life: Option<&'static Provisioning>,
    /// Where some of these are besides the collection.
    pub elsewhere: Option<Elsewhere>,
    /// Where the other side's wish for a change is, below one of these: `change-request`. As long
    /// as there is one, the change that is pending is the owner's to make.
    pub wishes: Option<&'static str>,
}

/// Another place for some objects of a variant, such as a collection of an extension.
#[derive(Clone, Copy, Debug)]
pub enum Elsewhere {
    /// Those that have a value in this field are ordered, looked at and ended in the collection at
    /// this path. They are changed where all are, and so it is where they are ended on a chosen
    /// day and asked for their terms.
    IfSet(&'static str, &'static str),
    /// An order that the collection refuses because of this field is placed in the one at this
    /// path. All that comes after it is where all are.
    IfRefused(&'static str, &'static str),
}

/// Objects of one kind.
pub const fn fields(common: &'static [&'static [Field]]) -> Shape {
    Shape {
        common,
        told_apart_by: "",
        variants: &[],
    }
}

impl Shape {
    /// Objects of several kinds, which the field of that name tells apart.
    pub const fn told_apart_by(self, name: &'static str, variants: &'static [Variant]) -> Shape {
        Shape {
            told_apart_by: name,
            variants,
            ..self
        }
    }

    /// The fields that every variant has.
    pub fn common_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.common.iter().flat_map(|group| group.iter())
    }

    /// The variant of that value.
    pub fn variant(&self, value: &str) -> Option<&'static Variant> {
        self.variants.iter().find(|variant| variant.value == value)
    }

    /// The fields of an object whose variant is told by this value: the common ones, then its own.
    pub fn fields_of(&self, value: Option<&str>) -> impl Iterator<Item = &'static Field> + use<> {
        let variant = value.and_then(|value| self.variant(value));
        let own = variant.into_iter().flat_map(Variant::own_fields);
        self.common_fields().chain(own)
    }

    /// The fields of all variants; of several with one name, the first.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        // Without variants no two fields have one name. Every start asks this often.
        let has_variants = !self.variants.is_empty();
        let mut seen = Vec::new();
        let own = self.variants.iter().flat_map(Variant::own_fields);
        self.common_fields().chain(own).filter(move |field| {
            let is_new = !has_variants || !seen.contains(&field.name);
            if has_variants && is_new {
                seen.push(field.name);
            }
            is_new
        })
    }
}

impl Variant {
    /// A variant with these fields.
    pub const fn new(value: &'static str, fields: &'static [&'static [Field]]) -> Variant {
        Variant {
            value,
            noun: "",
            schema: "",
            fields,
            life: None,
            elsewhere: None,
            wishes: None,
        }
    }

    /// What a person calls one.
    pub const fn noun(self, noun: &'static str) -> Variant {
        Variant { noun, ..self }
    }

    /// Its schema in the IX-API specification.
    pub const fn schema(self, schema: &'static str) -> Variant {
        Variant { schema, ..self }
    }

    /// How it lives.
    pub const fn life(self, life: &'static Provisioning) -> Variant {
        Variant {
            life: Some(life),
            ..self
        }
    }

    /// Where some of these are besides the collection.
    pub const fn elsewhere(self, elsewhere: Elsewhere) -> Variant {
        Variant {
            elsewhere: Some(elsewhere),
            ..self
        }
    }

    /// Where the other side's wish for a change is, below one of these.
    pub const fn wishes(self, below: &'static str) -> Variant {
        Variant {
            wishes: Some(below),
            ..self
        }
    }

    /// Its own fields.
    pub fn own_fields(&'static self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().flat_map(|group| group.iter())
    }
}

/// What tells an object from all others: the path of its collection, and its id in lower case,
/// since ids are the same in either. Some exchanges number each collection on its own.
pub type Key = (&'static str, String);

impl Collection {
    /// The key of the object of this id.
    pub fn key(&self, id: &str) -> Key {
        (self.path, id.to_ascii_lowercase())
    }

    /// All filters, over the groups.
    pub fn all_filters(&self) -> impl Iterator<Item = &'static Filter> + Clone + use<> {
        self.filters.iter().flat_map(|group| group.iter())
    }

    /// How an object lives whose variant is told by this value; `None` where nothing is
    /// provisioned.
    pub fn provisioning(&self, variant: Option<&str>) -> Option<&'static Provisioning> {
        let Life::Provisioned(usual) = self.life else {
            return None;
        };
        let variant = variant.and_then(|value| self.shape.variant(value));
        Some(variant.and_then(|variant| variant.life).unwrap_or(usual))
    }
}
