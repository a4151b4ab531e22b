//! The Registry's pages, from the declarations and the examples.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::entities;
use crate::entities::declaration::{Answer, Collection, Lookup, Resource, Upload};
use crate::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use crate::tfplugin::traits::Function as _;
use crate::tfplugin::types::Type;

use super::functions::{FUNCTIONS, Function};
use super::reference::REFERENCE;
use super::{PREFIX, actions, configuration, ephemeral, schemas};

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
    for declared in entities::RESOURCES {
        pages.push(resource(declared, examples)?);
    }
    for declared in entities::RESOURCES
        .iter()
        .filter(|it| !it.of.filters.is_empty())
    {
        pages.push(list(declared, examples)?);
    }
    for (name, action) in actions::all(&Arc::default()) {
        pages.push(done(name, &action.schema(), examples)?);
    }
    for collection in entities::COLLECTIONS
        .iter()
        .filter(|c| !c.filters.is_empty())
    {
        pages.push(plural(collection, examples)?);
        pages.push(singular(collection, examples)?);
    }
    for declared in entities::LOOKUPS {
        pages.push(lookup(declared, examples)?);
        if let Some(upload) = declared.upload() {
            pages.push(uploaded(declared, upload, examples)?);
        }
        if let Answer::Document(_) = declared.answer {
            let schema = schemas::ephemeral_document(declared);
            pages.push(ephemeral_resource(declared.name, &schema, examples)?);
        }
    }
    for declared in entities::REVEALED {
        let schema = schemas::revealed(declared);
        pages.push(ephemeral_resource(declared.name, &schema, examples)?);
    }
    let token = ephemeral::access_token();
    pages.push(ephemeral_resource(
        ephemeral::ACCESS_TOKEN,
        &token,
        examples,
    )?);
    for declared in FUNCTIONS {
        pages.push(function(declared, examples)?);
    }
    Ok(pages)
}

/// What need not be written, and what a plan finds out.
const WHAT_IS_FOUND: &str = include_str!("what_is_found.md");

fn index(examples: &Path) -> io::Result<Page> {
    let schema = configuration::schema();
    let mut text = front_matter("ixapi Provider", &schema.description);
    let _ = write!(text, "# ixapi Provider\n\n{}\n\n", schema.description);
    example(&mut text, examples, "provider/provider.tf")?;
    text.push_str(WHAT_IS_FOUND);
    attributes(&mut text, &schema);
    Ok(Page {
        path: "index.md".to_owned(),
        text,
    })
}

fn resource(resource: &Resource, examples: &Path) -> io::Result<Page> {
    let by = match resource.of.shape.all_fields().any(|f| f.name == REFERENCE) {
        true => {
            "By the id that the exchange gave, or by an `external_ref` that exactly one live \
             object of this type bears."
        }
        false => "By the id that the exchange gave.",
    };
    managed(resource.name, &schemas::resource(resource), by, examples)
}

/// The page of a document that is handed in.
fn uploaded(lookup: &Lookup, upload: &Upload, examples: &Path) -> io::Result<Page> {
    let by = "By the path of what it is for, where the exchange gives back what was uploaded. \
              Elsewhere leave the import out: uploading it once more does no harm.";
    let schema = schemas::upload(lookup, upload);
    managed(lookup.name, &schema, by, examples)
}

/// The page of a resource that is imported by this.
fn managed(short: &str, schema: &Schema, by: &str, examples: &Path) -> io::Result<Page> {
    let name = format!("{PREFIX}_{short}");
    let mut text = front_matter(&format!("{name} Resource - ixapi"), &schema.description);
    let _ = write!(text, "# {name} (Resource)\n\n{}\n\n", schema.description);
    example(
        &mut text,
        examples,
        &format!("resources/{name}/resource.tf"),
    )?;
    attributes(&mut text, schema);
    let _ = write!(text, "\n## Import\n\n{by}\n\n");
    let import = read(examples, &format!("resources/{name}/import.sh"))?;
    let _ = write!(text, "```shell\n{}\n```\n", import.trim());
    let by_id = import
        .lines()
        .find_map(|line| line.strip_prefix("terraform import "));
    if let Some((to, id)) = by_id.and_then(|line| line.split_once(' ')) {
        let _ = write!(
            text,
            "\nFrom Terraform 1.12 and OpenTofu 1.12 on, by its identity, too:\n\n\
             ```terraform\nimport {{\n  to = {to}\n  identity = {{\n    id = \"{id}\"\n  }}\n}}\n\
             ```\n"
        );
    }
    Ok(Page {
        path: format!("resources/{short}.md"),
        text,
    })
}

/// The page of a list.
fn list(resource: &Resource, examples: &Path) -> io::Result<Page> {
    let name = format!("{PREFIX}_{}", resource.name);
    let schema = schemas::list(resource);
    let mut text = front_matter(
        &format!("{name} List Resource - ixapi"),
        &schema.description,
    );
    let _ = write!(
        text,
        "# {name} (List Resource)\n\n{}\n\n",
        schema.description
    );
    text.push_str(WHAT_IS_LISTED);
    let path = format!("list-resources/{name}/list-resource.tfquery.hcl");
    example(&mut text, examples, &path)?;
    attributes(&mut text, &schema);
    Ok(Page {
        path: format!("list-resources/{}.md", resource.name),
        text,
    })
}

/// What holds for all lists.
const WHAT_IS_LISTED: &str = "What is live and managed by an account of yours is listed; what \
    has ended, is on its way out, or is another party's is not. \
    `limit` is Terraform's own, 100 unless it is set: where it cuts a list short, there is a \
    warning. With `include_resource`, each object is shown as an import would have it. Needs \
    Terraform 1.14; OpenTofu has no lists.\n\n";

/// The page of an action.
fn done(short: &str, schema: &Schema, examples: &Path) -> io::Result<Page> {
    let name = format!("{PREFIX}_{short}");
    let mut text = front_matter(&format!("{name} Action - ixapi"), &schema.description);
    let _ = write!(text, "# {name} (Action)\n\n{}\n\n", schema.description);
    text.push_str("Needs Terraform 1.14; OpenTofu has no actions.\n\n");
    example(&mut text, examples, &format!("actions/{name}/action.tf"))?;
    attributes(&mut text, schema);
    Ok(Page {
        path: format!("actions/{short}.md"),
        text,
    })
}

fn plural(collection: &Collection, examples: &Path) -> io::Result<Page> {
    data_source(collection.plural, &schemas::plural(collection), examples)
}

fn singular(collection: &Collection, examples: &Path) -> io::Result<Page> {
    data_source(collection.name, &schemas::singular(collection), examples)
}

fn lookup(lookup: &Lookup, examples: &Path) -> io::Result<Page> {
    data_source(lookup.name, &schemas::lookup(lookup), examples)
}

fn data_source(short: &str, schema: &Schema, examples: &Path) -> io::Result<Page> {
    looked_up(short, "Data Source", "data-source", "", schema, examples)
}

/// What every page of an ephemeral resource says.
const EPHEMERAL: &str = "Opened anew in each plan and each apply, and stored neither in a plan nor \
                         in the state. Needs Terraform 1.10 or OpenTofu 1.11, or later.\n\n";

fn ephemeral_resource(short: &str, schema: &Schema, examples: &Path) -> io::Result<Page> {
    let (title, file) = ("Ephemeral Resource", "ephemeral-resource");
    looked_up(short, title, file, EPHEMERAL, schema, examples)
}

/// The page of something that is read and not managed.
fn looked_up(
    short: &str,
    title: &str,
    file: &str,
    more: &str,
    schema: &Schema,
    examples: &Path,
) -> io::Result<Page> {
    let name = format!("{PREFIX}_{short}");
    let mut text = front_matter(&format!("{name} {title} - ixapi"), &schema.description);
    let _ = write!(
        text,
        "# {name} ({title})\n\n{}\n\n{more}",
        schema.description
    );
    example(&mut text, examples, &format!("{file}s/{name}/{file}.tf"))?;
    attributes(&mut text, schema);
    Ok(Page {
        path: format!("{file}s/{short}.md"),
        text,
    })
}

fn function(declared: &Function, examples: &Path) -> io::Result<Page> {
    let (name, signature) = (declared.name, declared.signature());
    let mut text = front_matter(&format!("{name} Function - ixapi"), &signature.summary);
    let description = &signature.description;
    let _ = write!(
        text,
        "# {name} (Function)\n\n{description}\n\nIt asks no exchange, and needs no credentials. \
         Needs Terraform 1.8 or OpenTofu 1.7, or later.\n\n"
    );
    example(
        &mut text,
        examples,
        &format!("functions/{name}/function.tf"),
    )?;
    let gives = value_type_name(&signature.returns);
    let takes = signature.parameters.iter().map(|it| it.name.as_str());
    let takes = takes.collect::<Vec<_>>().join(", ");
    let _ = write!(
        text,
        "## Signature\n\n```text\n{name}({takes})\n```\n\nReturns: {gives}.\n\n\
         ## Arguments\n\n"
    );
    for (number, it) in signature.parameters.iter().enumerate() {
        let kind = value_type_name(&it.kind);
        let _ = writeln!(
            text,
            "{}. `{}` ({kind}) {}",
            number + 1,
            it.name,
            it.description
        );
    }
    Ok(Page {
        path: format!("functions/{name}.md"),
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
    level(text, "###", "", &schema.object, &mut nested);
    while !nested.is_empty() {
        for (path, inner) in std::mem::take(&mut nested) {
            let _ = write!(
                text,
                "\n<a id=\"nested--{}\"></a>\n### Nested Schema for `{path}`\n",
                anchor(&path)
            );
            level(text, "####", &path, inner, &mut nested);
        }
    }
}

/// The attributes of an object: those of every variant, then those of each under its name.
fn level<'a>(
    text: &mut String,
    heading: &str,
    above: &str,
    object: &'a Object,
    nested: &mut Vec<(String, &'a Object)>,
) {
    let Some((by, variants)) = object.variants() else {
        return groups(text, heading, above, object.attributes().iter(), nested);
    };
    let of_one = |attribute: &&Attribute| {
        let owned =
            |(_, own): &(String, Vec<Attribute>)| own.iter().any(|a| a.name == attribute.name);
        variants.iter().any(owned)
    };
    let common = object.attributes().iter().filter(|a| !of_one(a));
    groups(text, heading, above, common, nested);
    for (value, own) in variants.iter().filter(|(_, own)| !own.is_empty()) {
        let _ = write!(text, "\n{heading} With `{by} = \"{value}\"`\n");
        groups(text, &format!("{heading}#"), above, own.iter(), nested);
    }
}

fn groups<'a>(
    text: &mut String,
    heading: &str,
    above: &str,
    attributes: impl Iterator<Item = &'a Attribute>,
    nested: &mut Vec<(String, &'a Object)>,
) {
    let attributes: Vec<&Attribute> = attributes.collect();
    let groups = [
        ("Required", &[Mode::Required] as &[Mode]),
        ("Optional", &[Mode::Optional, Mode::OptionalComputed]),
        ("Read-Only", &[Mode::Computed]),
    ];
    for (title, modes) in groups {
        let of_group = |attribute: &&&Attribute| modes.contains(&attribute.mode);
        let mut members = attributes.iter().filter(of_group).peekable();
        if members.peek().is_none() {
            continue;
        }
        let _ = write!(text, "\n{heading} {title}\n\n");
        for attribute in members {
            line(text, above, attribute, nested);
        }
    }
}

fn line<'a>(
    text: &mut String,
    above: &str,
    attribute: &'a Attribute,
    nested: &mut Vec<(String, &'a Object)>,
) {
    let mut kind = type_name(&attribute.kind);
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.write_only {
        kind.push_str(", Write-only");
    }
    let _ = write!(
        text,
        "- `{}` ({kind}) {}",
        attribute.name, attribute.description
    );
    if let Kind::Nested(_, inner) | Kind::Block(inner) = &attribute.kind {
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
        Kind::Block(_) => "Block".to_owned(),
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
        Type::Object(attributes) => {
            let names: Vec<String> = attributes.keys().map(|name| format!("`{name}`")).collect();
            format!("Object with {}", names.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn anchor(path: &str) -> String {
    path.replace('.', "--")
}
