//! Where in a value something is: the steps from the resource down to one attribute.

use std::fmt;

/// One step down into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An attribute of an object, by name.
    Attribute(String),
    /// An entry of a map, by key.
    Key(String),
    /// An element of a list, from 0. Elements of a set have no path.
    Index(usize),
}

/// The steps from the top of a resource, data source or provider configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The path of a top-level attribute.
    pub fn attribute(name: &str) -> Path {
        Path::default().then(name)
    }

    /// The path of an attribute below this one.
    #[must_use]
    pub fn then(&self, name: &str) -> Path {
        self.step(Step::Attribute(name.to_owned()))
    }

    /// The path one step below this one.
    #[must_use]
    pub fn step(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => write!(out, "{name}")?,
                Step::Attribute(name) => write!(out, ".{name}")?,
                Step::Key(key) => write!(out, "[{key:?}]")?,
                Step::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}
