//! What the first comment lines of a scenario or a test say of the sandboxes that it lives with.
//! `build.rs` reads them too, to make the tests.

/// The dialects of the sandbox in which everything has to work.
pub const DIALECTS: [&str; 2] = ["ix-api", "digital-realty"];

/// How the only dialects are named that something can be told in; a reason follows in brackets.
const ONLY: &str = "Dialects:";
/// How the arguments of a further sandbox are named that a scenario runs with.
const SANDBOX: &str = "# Sandbox:";

/// The dialects that a text says it is for.
#[derive(Debug, PartialEq, Eq)]
pub struct Only<'a> {
    /// These.
    pub dialects: Vec<&'static str>,
    /// Why no others; empty if it does not say.
    pub reason: &'a str,
}

/// The dialects that a text says it is for, if it says so.
///
/// # Errors
/// That it names one that there is not.
pub fn only(text: &str) -> Result<Option<Only<'_>>, String> {
    let mut comments = text
        .lines()
        .map(|line| line.trim_start_matches(['#', '/', ' ']));
    let Some(line) = comments.find_map(|comment| comment.strip_prefix(ONLY)) else {
        return Ok(None);
    };
    let (named, reason) = line.split_once('(').unwrap_or((line, ""));
    let known = |named: &str| {
        let mut known = DIALECTS.into_iter();
        known
            .find(|known| *known == named)
            .ok_or_else(|| format!("{named:?} is not one of {}", DIALECTS.join(", ")))
    };
    let dialects = named.split(',').map(|named| known(named.trim()));
    Ok(Some(Only {
        dialects: dialects.collect::<Result<_, _>>()?,
        reason: reason.trim_end_matches(')').trim(),
    }))
}

/// The arguments of each further sandbox that a scenario runs with.
pub fn sandboxes(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter_map(|line| line.strip_prefix(SANDBOX))
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|arguments| !arguments.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_for_which_dialects_it_is() {
        assert_eq!(only("# A port.\n"), Ok(None));
        let named = only("# A port.\n# Dialects: ix-api (no other has any)\n");
        let wanted = Only {
            dialects: vec!["ix-api"],
            reason: "no other has any",
        };
        assert_eq!(named, Ok(Some(wanted)));
        let named = only("// Dialects: ix-api, digital-realty\n").unwrap();
        assert_eq!(named.map(|only| only.dialects), Some(DIALECTS.to_vec()));
        assert!(only("# Dialects: ix-app (why)").is_err());
    }
}
