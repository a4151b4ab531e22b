//! The arguments of a command: flags, with a value or without.

use thiserror::Error;

/// A flag that a command takes.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    name: &'static str,
    /// What its value is called; empty for a switch.
    value: &'static str,
    about: &'static str,
    is_required: bool,
    repeats: bool,
}

impl Flag {
    /// A flag with a value: `--out DIR`. Given twice, it is an error.
    pub const fn value(name: &'static str, value: &'static str, about: &'static str) -> Flag {
        Flag {
            name,
            value,
            about,
            is_required: false,
            repeats: false,
        }
    }

    /// A flag without a value.
    pub const fn switch(name: &'static str, about: &'static str) -> Flag {
        Flag::value(name, "", about)
    }

    /// The command does not work without it.
    #[must_use]
    pub const fn required(self) -> Flag {
        Flag {
            is_required: true,
            ..self
        }
    }

    /// It may be given several times.
    #[must_use]
    pub const fn repeated(self) -> Flag {
        Flag {
            repeats: true,
            ..self
        }
    }

    fn with_value(&self) -> String {
        match self.value {
            "" => self.name.to_owned(),
            value => format!("{} {value}", self.name),
        }
    }

    /// How it looks in the usage of a command.
    pub(super) fn usage(&self) -> String {
        let more = if self.repeats { " …" } else { "" };
        match self.is_required {
            true => format!(" {}{more}", self.with_value()),
            false => format!(" [{}{more}]", self.with_value()),
        }
    }

    /// Its line in the help of a command.
    pub(super) fn line(&self) -> String {
        format!("  {:<16} {}\n", self.with_value(), self.about)
    }
}

/// Why arguments cannot be used.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum Wrong {
    /// Nothing is called so.
    #[error("there is no argument {0:?}")]
    Unknown(String),
    /// It needs a value.
    #[error("{0} needs a value")]
    WithoutValue(&'static str),
    /// It takes none.
    #[error("{0} takes no value")]
    WithValue(&'static str),
    /// It is there more than once.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// It is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// What a person gave.
#[derive(Debug, Default)]
pub struct Arguments(Vec<(&'static str, String)>);

impl Arguments {
    /// Reads words by the flags of a command: `--out DIR` or `--out=DIR`.
    ///
    /// # Errors
    /// What is unknown, missing or said twice.
    pub fn read(
        flags: &'static [Flag],
        words: impl IntoIterator<Item = String>,
    ) -> Result<Arguments, Wrong> {
        let mut given = Arguments::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let flag = flags.iter().find(|flag| flag.name == name);
            let flag = flag.ok_or_else(|| Wrong::Unknown(word.clone()))?;
            if given.has(flag.name) && !flag.repeats {
                return Err(Wrong::Twice(flag.name));
            }
            let value = match (flag.value, value) {
                ("", None) => String::new(),
                ("", Some(_)) => return Err(Wrong::WithValue(flag.name)),
                (_, Some(value)) => value,
                (_, None) => words.next().unwrap_or_default(),
            };
            if !flag.value.is_empty() && (value.is_empty() || value.starts_with("--")) {
                return Err(Wrong::WithoutValue(flag.name));
            }
            given.0.push((flag.name, value));
        }
        let mut required = flags.iter().filter(|flag| flag.is_required);
        match required.find(|flag| !given.has(flag.name)) {
            Some(missing) => Err(Wrong::Missing(missing.name)),
            None => Ok(given),
        }
    }

    /// Whether a flag is given.
    pub fn has(&self, flag: &str) -> bool {
        self.values(flag).next().is_some()
    }

    /// The value of a flag, if it is given.
    pub fn value(&self, flag: &str) -> Option<&str> {
        self.values(flag).next()
    }

    /// All values of a flag that may be given several times.
    pub fn values(&self, flag: &str) -> impl Iterator<Item = &str> {
        let given = self.0.iter().filter(move |(name, _)| *name == flag);
        given.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const FLAGS: &[Flag] = &[
        Flag::value("--out", "DIR", "where to").required(),
        Flag::value("--type", "TYPE", "what").repeated(),
        Flag::switch("--force", "all the same"),
    ];

    fn read(words: &[&str]) -> Result<Arguments, Wrong> {
        Arguments::read(FLAGS, words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn flags_have_their_values_in_either_spelling() {
        let given = read(&["--out=a=b", "--type", "x", "--force", "--type=y"]).unwrap();
        assert_eq!(given.value("--out"), Some("a=b"));
        assert_eq!(given.values("--type").collect::<Vec<_>>(), ["x", "y"]);
        assert!(given.has("--force"));
        assert!(!read(&["--out", "a"]).unwrap().has("--force"));
    }

    #[test]
    fn what_cannot_be_meant_is_told() {
        let wrong = |words: &[&str]| read(words).unwrap_err();
        assert_eq!(wrong(&["out"]), Wrong::Unknown("out".to_owned()));
        assert_eq!(wrong(&["--out"]), Wrong::WithoutValue("--out"));
        assert_eq!(wrong(&["--out", "--force"]), Wrong::WithoutValue("--out"));
        assert_eq!(
            wrong(&["--out", "a", "--force=x"]),
            Wrong::WithValue("--force")
        );
        assert_eq!(wrong(&["--out", "a", "--out", "b"]), Wrong::Twice("--out"));
        assert_eq!(wrong(&["--force"]), Wrong::Missing("--out"));
    }

    #[test]
    fn the_usage_shows_what_may_be_left_out_and_what_repeated() {
        let usage: String = FLAGS.iter().map(Flag::usage).collect();
        assert_eq!(usage, " --out DIR [--type TYPE …] [--force]");
    }
}
