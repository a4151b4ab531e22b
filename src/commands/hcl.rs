//! Writes configurations in Terraform's language, exactly as `terraform fmt` would.

use std::fmt::Write as _;

use crate::tfplugin::value::Value;

/// What stands between the braces of a block, or in a file.
#[derive(Clone, Debug, Default)]
pub struct Body {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
enum Line {
    Empty,
    Comment(String),
    Attribute {
        name: String,
        value: String,
        comment: String,
    },
    List {
        name: String,
        elements: Vec<(String, String)>,
    },
    Block {
        header: String,
        body: Body,
    },
}

impl Body {
    /// Adds an empty line, unless there is one or nothing is before it.
    pub fn space(&mut self) {
        if !matches!(self.lines.last(), None | Some(Line::Empty)) {
            self.lines.push(Line::Empty);
        }
    }

    /// Adds a comment, in as many lines as the text has.
    pub fn comment(&mut self, text: &str) {
        let lines = text.lines();
        self.lines
            .extend(lines.map(|line| Line::Comment(plain(line))));
    }

    /// Adds an attribute: its value is an expression, and what is said of it stands behind it.
    pub fn attribute(&mut self, name: &str, value: impl Into<String>, comment: &str) {
        self.lines.push(Line::Attribute {
            name: name.to_owned(),
            value: value.into(),
            comment: plain(comment),
        });
    }

    /// Adds an attribute that is a list, each element in a line of its own with what is said of it.
    pub fn list(&mut self, name: &str, elements: impl IntoIterator<Item = (String, String)>) {
        let elements = elements.into_iter();
        self.lines.push(Line::List {
            name: name.to_owned(),
            elements: elements
                .map(|(element, comment)| (format!("{element},"), plain(&comment)))
                .collect(),
        });
    }

    /// Adds a block: `resource "type" "name"`.
    pub fn block(&mut self, header: impl Into<String>, body: Body) {
        self.lines.push(Line::Block {
            header: header.into(),
            body,
        });
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The text of a file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        let widths = self.widths();
        for (line, (name_width, start_width)) in self.lines.iter().zip(widths) {
            // Writing to a text cannot fail.
            let _ = match line {
                Line::Empty => writeln!(text),
                Line::Comment(comment) if comment.is_empty() => writeln!(text, "{indent}#"),
                Line::Comment(comment) => writeln!(text, "{indent}# {comment}"),
                Line::Attribute {
                    name,
                    value,
                    comment,
                } => {
                    let start = format!("{name:name_width$} = {value}");
                    match comment.as_str() {
                        "" => writeln!(text, "{indent}{start}"),
                        comment => writeln!(text, "{indent}{start:start_width$} # {comment}"),
                    }
                }
                Line::List { name, elements } => {
                    let _ = writeln!(text, "{indent}{name} = [");
                    let widths = aligned(elements, |(element, comment)| {
                        (!comment.is_empty()).then(|| element.chars().count())
                    });
                    for ((element, comment), width) in elements.iter().zip(widths) {
                        let _ = match comment.as_str() {
                            "" => writeln!(text, "{indent}  {element}"),
                            comment => writeln!(text, "{indent}  {element:width$} # {comment}"),
                        };
                    }
                    writeln!(text, "{indent}]")
                }
                Line::Block { header, body } if body.is_empty() => {
                    writeln!(text, "{indent}{header} {{}}")
                }
                Line::Block { header, body } => {
                    let _ = writeln!(text, "{indent}{header} {{");
                    body.write(text, depth + 1);
                    writeln!(text, "{indent}}}")
                }
            };
        }
    }

    /// How wide the name of each line is, and all before its comment: attributes that follow each
    /// other have their values in one column, and so have comments.
    fn widths(&self) -> Vec<(usize, usize)> {
        let names = aligned(&self.lines, |line| match line {
            Line::Attribute { name, .. } => Some(name.chars().count()),
            _ => None,
        });
        let indexed: Vec<(&Line, usize)> = self.lines.iter().zip(names.iter().copied()).collect();
        let starts = aligned(&indexed, |(line, name)| match line {
            Line::Attribute { value, comment, .. } if !comment.is_empty() => {
                Some(name + " = ".len() + value.chars().count())
            }
            _ => None,
        });
        names.into_iter().zip(starts).collect()
    }
}

/// The widest of each run of neighbours that have a width; 0 for the others.
fn aligned<T>(lines: &[T], width: impl Fn(&T) -> Option<usize>) -> Vec<usize> {
    let mut widths = vec![0; lines.len()];
    let mut run = 0;
    for end in 0..=lines.len() {
        let goes_on = lines.get(end).is_some_and(|line| width(line).is_some());
        if !goes_on {
            let widest = lines[run..end].iter().filter_map(&width).max();
            widths[run..end].fill(widest.unwrap_or_default());
            run = end + 1;
        }
    }
    widths
}

/// A text for a comment: in one line, without what does not print.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if prints(letter) { letter } else { ' ' })
        .collect();
    text.trim().to_owned()
}

fn prints(letter: char) -> bool {
    !letter.is_control() && !matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// A text as an expression.
pub fn text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // Doubled, it does not begin a template.
            '$' | '%' if letters.peek() == Some(&'{') => {
                quoted.push(letter);
                quoted.push(letter);
            }
            letter if prints(letter) => quoted.push(letter),
            letter => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// A list of expressions.
pub fn list(elements: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<String> = elements.into_iter().collect();
    format!("[{}]", elements.join(", "))
}

/// A value as an expression; texts in it as `of_text` says.
pub fn expression(value: &Value, of_text: &dyn Fn(&str) -> String) -> String {
    let inner = |value: &Value| expression(value, of_text);
    match value {
        Value::Null | Value::Unknown => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => of_text(text),
        Value::List(all) | Value::Set(all) => list(all.iter().map(inner)),
        Value::Map(all) | Value::Object(all) => {
            let entries = all.iter();
            let entries = entries.map(|(name, value)| format!("{} = {}", text(name), inner(value)));
            let entries: Vec<String> = entries.collect();
            match entries.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{ {} }}", entries.join(", ")),
            }
        }
        Value::Dynamic(_, value) => inner(value),
    }
}

/// A name that the language takes, as near to this as it gets: small letters, digits and `_`;
/// nothing if nothing is left of it.
pub fn identifier(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        match letter.is_ascii_alphanumeric() {
            true => name.push(letter.to_ascii_lowercase()),
            false if name.ends_with('_') || name.is_empty() => {}
            false => name.push('_'),
        }
    }
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_stand_in_one_column_until_something_else_is_between_them() {
        let mut inner = Body::default();
        inner.attribute("vlan_type", text("dot1q"), "");
        inner.attribute("vlan", "100", "");
        let mut body = Body::default();
        body.attribute("mode", text("lag"), "");
        body.attribute("product_offering", text("p-1"), "10GE");
        body.attribute("pop", text("pop-1"), "Amsterdam");
        body.comment("alone");
        body.attribute("a", "1", "");
        body.space();
        body.block("vlan_config", inner);
        let mut file = Body::default();
        file.block("resource \"x\" \"y\"", body);
        let expected = "\
resource \"x\" \"y\" {
  mode             = \"lag\"
  product_offering = \"p-1\"   # 10GE
  pop              = \"pop-1\" # Amsterdam
  # alone
  a = 1

  vlan_config {
    vlan_type = \"dot1q\"
    vlan      = 100
  }
}
";
        assert_eq!(file.text(), expected);
    }

    #[test]
    fn a_list_of_lines_stands_for_itself() {
        let said = |element: &str, comment: &str| (element.to_owned(), comment.to_owned());
        let mut body = Body::default();
        body.attribute("telephone", text("1"), "");
        body.list(
            "roles",
            [
                said("\"r-1\"", "NoC"),
                said("\"r-10\"", "Billing"),
                said("3", ""),
            ],
        );
        body.attribute("a", "1", "");
        let expected = "\
telephone = \"1\"
roles = [
  \"r-1\",  # NoC
  \"r-10\", # Billing
  3,
]
a = 1
";
        assert_eq!(body.text(), expected);
    }

    #[test]
    fn a_text_stays_what_it_is() {
        assert_eq!(text(r#"say "hi" \o/"#), r#""say \"hi\" \\o/""#);
        assert_eq!(
            text("${a} %{b} $5 100% $${c}"),
            r#""$${a} %%{b} $5 100% $$${c}""#
        );
        assert_eq!(text("two\nlines\ttab\u{7}"), r#""two\nlines\ttab\u0007""#);
        assert_eq!(text("Zürich – 東京"), "\"Zürich – 東京\"");
    }

    #[test]
    fn a_comment_is_one_line() {
        let mut body = Body::default();
        body.attribute("a", "1", "two\nlines\r");
        assert_eq!(body.text(), "a = 1 # two lines\n");
    }

    #[test]
    fn names_are_valid_and_readable() {
        assert_eq!(identifier("AMS-Edge 1"), "ams_edge_1");
        assert_eq!(identifier("__(Zürich)__"), "z_rich");
        assert_eq!(identifier("東京"), "");
    }

    /// What the language makes of a quoted text (the specification of HCL's syntax, template
    /// literals).
    fn read(quoted: &str) -> Option<String> {
        let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let mut text = String::new();
        let mut rest = inner;
        while let Some(letter) = rest.chars().next() {
            let after = &rest[letter.len_utf8()..];
            rest = match letter {
                '"' | '\n' => return None,
                '\\' => {
                    let escape = after.chars().next()?;
                    let (said, length) = match escape {
                        'n' => ('\n', 1),
                        'r' => ('\r', 1),
                        't' => ('\t', 1),
                        '"' | '\\' => (escape, 1),
                        'u' => {
                            let code = u32::from_str_radix(after.get(1..5)?, 16).ok()?;
                            (char::from_u32(code)?, 5)
                        }
                        _ => return None,
                    };
                    text.push(said);
                    &after[length..]
                }
                '$' | '%' if after.starts_with('{') => return None,
                '$' | '%' if after.starts_with(&format!("{letter}{{")) => {
                    text.push(letter);
                    text.push('{');
                    &after[2..]
                }
                letter => {
                    text.push(letter);
                    after
                }
            };
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_what_it_was(any in "([$%{}\"\\\\\n\r\t\u{0}-\u{1f}]|\\PC|.){0,24}") {
            prop_assert_eq!(read(&text(&any)), Some(any));
        }

        #[test]
        fn any_name_is_an_identifier(any in ".{0,24}") {
            let name = identifier(&any);
            let mut letters = name.chars();
            prop_assert!(letters.all(|l| l.is_ascii_lowercase() || l.is_ascii_digit() || l == '_'));
        }
    }
}
