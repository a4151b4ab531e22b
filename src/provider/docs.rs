//! The Registry's pages, from the entities and the examples.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::entities;
use crate::entities::declaration::{Entity, Life};
use crate::tfplugin::schema::{Attribute, Kind, Mode, Schema};
use crate::tfplugin::types::Type;

use super::{PREFIX, configuration, schemas};

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path below `docs/`.
    pub path: String,
    /// Its text, in Markdown with front matter.
    pub text: String,
}

/// All generated pages, with the examples below this folder.
///
/// # Errors
/// An example that is missing or cannot be read, by its path.
pub fn pages(examples: &Path) -> io::Result<Vec<Page>> {
    let mut pages = vec![index(examples)?];
    for entity in entities::ALL {
        if !matches!(entity.life, Life::Catalogue) {
            pages.push(resource(entity, examples)?);
        }
        if !entity.filters.is_empty() {
            pages.push(data_source(entity, examples)?);
        }
    }
    Ok(pages)
}

fn index(examples: &Path) -> io::Result<Page> {
    let schema = configuration::schema();
    let mut text = front_matter("ixapi Provider", &schema.description);
    let _ = write!(text, "# ixapi Provider\n\n{}\n\n", schema.description);
    example(&mut text, examples, "provider/provider.tf")?;
    attributes(&mut text, &schema);
    Ok(Page {
        path: "index.md".to_owned(),
        text,
    })
}

fn resource(entity: &Entity, examples: &Path) -> io::Result<Page> {
    let name = format!("{PREFIX}_{}", entity.name);
    let schema = schemas::resource(entity);
    let mut text = front_matter(&format!("{name} Resource - ixapi"), &schema.description);
    let _ = write!(text, "# {name} (Resource)\n\n{}\n\n", schema.description);
    example(
        &mut text,
        examples,
        &format!("resources/{name}/resource.tf"),
    )?;
    attributes(&mut text, &schema);
    text.push_str("\n## Import\n\nBy the id that the exchange gave.\n\n");
    let import = read(examples, &format!("resources/{name}/import.sh"))?;
    let _ = write!(text, "```shell\n{}\n```\n", import.trim());
    Ok(Page {
        path: format!("resources/{}.md", entity.name),
        text,
    })
}

fn data_source(entity: &Entity, examples: &Path) -> io::Result<Page> {
    let name = format!("{PREFIX}_{}", entity.plural);
    let schema = schemas::data_source(entity);
    let mut text = front_matter(&format!("{name} Data Source - ixapi"), &schema.description);
    let _ = write!(text, "# {name} (Data Source)\n\n{}\n\n", schema.description);
    example(
        &mut text,
        examples,
        &format!("data-sources/{name}/data-source.tf"),
    )?;
    attributes(&mut text, &schema);
    Ok(Page {
        path: format!("data-sources/{}.md", entity.plural),
        text,
    })
}

fn front_matter(title: &str, description: &str) -> String {
    format!("---\npage_title: \"{title}\"\ndescription: |-\n  {description}\n---\n\n")
}

fn example(text: &mut String, examples: &Path, path: &str) -> io::Result<()> {
    let example = read(examples, path)?;
    let _ = write!(
        text,
        "## Example Usage\n\n```terraform\n{}\n```\n\n",
        example.trim()
    );
    Ok(())
}

fn read(examples: &Path, path: &str) -> io::Result<String> {
    let path = examples.join(path);
    std::fs::read_to_string(&path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn attributes(text: &mut String, schema: &Schema) {
    text.push_str("## Schema\n");
    let mut nested = Vec::new();
    groups(text, "###", "", &schema.attributes, &mut nested);
    while !nested.is_empty() {
        for (path, inner) in std::mem::take(&mut nested) {
            let _ = write!(
                text,
                "\n<a id=\"nested--{}\"></a>\n### Nested Schema for `{path}`\n",
                anchor(&path)
            );
            groups(text, "####", &path, inner, &mut nested);
        }
    }
}

fn groups<'a>(
    text: &mut String,
    level: &str,
    above: &str,
    attributes: &'a [Attribute],
    nested: &mut Vec<(String, &'a [Attribute])>,
) {
    let groups = [
        ("Required", &[Mode::Required] as &[Mode]),
        ("Optional", &[Mode::Optional, Mode::OptionalComputed]),
        ("Read-Only", &[Mode::Computed]),
    ];
    for (title, modes) in groups {
        let mut members = attributes
            .iter()
            .filter(|attribute| modes.contains(&attribute.mode))
            .peekable();
        if members.peek().is_none() {
            continue;
        }
        let _ = write!(text, "\n{level} {title}\n\n");
        for attribute in members {
            line(text, above, attribute, nested);
        }
    }
}

fn line<'a>(
    text: &mut String,
    above: &str,
    attribute: &'a Attribute,
    nested: &mut Vec<(String, &'a [Attribute])>,
) {
    let mut kind = type_name(&attribute.kind);
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    let _ = write!(
        text,
        "- `{}` ({kind}) {}",
        attribute.name, attribute.description
    );
    if let Kind::Nested(_, inner) = &attribute.kind {
        let path = match above {
            "" => attribute.name.clone(),
            above => format!("{above}.{}", attribute.name),
        };
        let _ = write!(text, " (see [below](#nested--{}))", anchor(&path));
        nested.push((path, inner));
    }
    text.push('\n');
}

fn type_name(kind: &Kind) -> String {
    match kind {
        Kind::Value(kind) => value_type_name(kind),
        Kind::Nested(nesting, _) => match nesting {
            crate::tfplugin::schema::Nesting::Single => "Attributes".to_owned(),
            nesting => format!("Attributes {nesting:?}"),
        },
    }
}

fn value_type_name(kind: &Type) -> String {
    match kind {
        Type::Bool => "Boolean".to_owned(),
        Type::List(element) => format!("List of {}", value_type_name(element)),
        Type::Set(element) => format!("Set of {}", value_type_name(element)),
        Type::Map(element) => format!("Map of {}", value_type_name(element)),
        other => format!("{other:?}"),
    }
}

fn anchor(path: &str) -> String {
    path.replace('.', "--")
}
