//! A provider of something else, with nothing but `tfplugin`: pages of text, kept as files in a
//! folder. It is called `pages`, and has a resource and a data source of that name:
//!
//! ```terraform
//! provider "pages" {
//!   folder = "/srv/pages"
//! }
//!
//! resource "pages_page" "welcome" {
//!   name = "welcome"
//!   text = "Hello."
//! }
//! ```

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use ixapi_provider::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use ixapi_provider::tfplugin::path::Path;
use ixapi_provider::tfplugin::plan::Change;
use ixapi_provider::tfplugin::registry::Types;
use ixapi_provider::tfplugin::schema::{Attribute, Kind, Mode, Object, Recomputed, Schema};
use ixapi_provider::tfplugin::serve::serve;
use ixapi_provider::tfplugin::traits::{About, Call, DataSource, Provider, Resource};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

/// What the provider block says, once it has been said.
type Folder = Arc<OnceLock<PathBuf>>;

struct Pages {
    schema: Schema,
    types: Types,
    folder: Folder,
}

impl Pages {
    fn new() -> Pages {
        let folder = Folder::default();
        let mut types = Types::default();
        let page = || Page(Arc::clone(&folder));
        types.add_resource("pages_page".to_owned(), Box::new(page()));
        types.add_data_source("pages_page".to_owned(), Box::new(page()));
        let attributes = vec![text("folder", Mode::Required, "Where the pages are.")];
        Pages {
            schema: schema("Keeps pages of text in a folder.", attributes),
            types,
            folder,
        }
    }
}

fn text(name: &str, mode: Mode, description: &'static str) -> Attribute {
    Attribute::new(name, Kind::Value(Type::String), mode, description)
}

fn schema(description: &str, attributes: Vec<Attribute>) -> Schema {
    Schema {
        version: 0,
        description: description.to_owned(),
        object: Object::new(attributes),
    }
}

#[async_trait]
impl Provider for Pages {
    fn about(&self) -> About {
        About {
            name: "terraform-provider-pages",
            version: "0.0.1",
            report_to: "",
        }
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn types(&self) -> &Types {
        &self.types
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("folder").as_str() {
            Some("") => Diagnostic::error("No folder", "folder is empty.")
                .at(Path::attribute("folder"))
                .into(),
            _ => Diagnostics::default(),
        }
    }

    async fn configure(&self, config: Value, _: &str) -> Diagnostics {
        // In a plan it may be unknown; then whatever needs it says so.
        if let Some(folder) = config.get("folder").as_str() {
            let _ = self.folder.set(PathBuf::from(folder));
        }
        Diagnostics::default()
    }
}

/// The resource and the data source.
struct Page(Folder);

impl Page {
    /// The file of the page of that name.
    fn file(&self, name: &Value) -> Result<PathBuf, Diagnostics> {
        let Some(folder) = self.0.get() else {
            return Err(Diagnostic::error("No folder yet", "It is not known yet.").into());
        };
        Ok(folder.join(name.as_str().unwrap_or_default()))
    }

    /// The page as it is; null if there is none.
    fn look(&self, name: &Value) -> Result<Value, Diagnostics> {
        let file = self.file(name)?;
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Value::object([
                ("name", name.clone()),
                ("letters", Value::integer(letters(&text))),
                ("text", Value::text(text)),
            ])),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Value::Null),
            Err(error) => Err(failed(&file, &error)),
        }
    }

    /// Writes the page, and shows what it is now.
    fn write(&self, planned: &Value) -> Result<Value, Diagnostics> {
        let (name, text) = (planned.get("name"), planned.get("text"));
        let file = self.file(name)?;
        let written = std::fs::write(&file, text.as_str().unwrap_or_default());
        written.map_err(|error| failed(&file, &error))?;
        self.look(name)
    }
}

fn letters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn failed(file: &std::path::Path, error: &std::io::Error) -> Diagnostics {
    Diagnostic::error(
        "The folder did not do it",
        format!("{}: {error}.", file.display()),
    )
    .into()
}

/// What is wrong with a name: it must not lead out of the folder.
fn check_name(config: &Value) -> Diagnostics {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    match config.get("name").as_str() {
        Some(name) if name.is_empty() || !name.chars().all(is_plain) => {
            let detail = format!("{name:?}: use letters, digits and hyphens.");
            let error = Diagnostic::error("No name for a page", detail);
            error.at(Path::attribute("name")).into()
        }
        _ => Diagnostics::default(),
    }
}

#[async_trait]
impl Resource for Page {
    fn schema(&self) -> Schema {
        let mut name = text(
            "name",
            Mode::Required,
            "Its name. Another one is another page.",
        );
        name.replaces = true;
        let kind = Kind::Value(Type::Number);
        let mut letters = Attribute::new("letters", kind, Mode::Computed, "How long it is.");
        // The plan says that it is not known yet, but only if the text changes.
        letters.recomputed = Recomputed::With(vec!["text".to_owned()]);
        let text = text("text", Mode::Required, "What it says.");
        schema("A page.", vec![name, text, letters])
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        check_name(config)
    }

    async fn plan(&self, _: &Call<'_>, _: &mut Change) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn read(&self, _: &Call<'_>, state: &Value) -> Result<Value, Diagnostics> {
        self.look(state.get("name"))
    }

    async fn create(&self, _: &Call<'_>, planned: &Value, _: &Value) -> Result<Value, Diagnostics> {
        match self.look(planned.get("name"))? {
            Value::Null => self.write(planned),
            _ => Err(Diagnostic::error("There is such a page", "Import it.").into()),
        }
    }

    async fn update(
        &self,
        _: &Call<'_>,
        _: &Value,
        planned: &Value,
        _: &Value,
    ) -> Result<Value, Diagnostics> {
        self.write(planned)
    }

    async fn delete(&self, _: &Call<'_>, prior: &Value) -> Result<(), Diagnostics> {
        let file = self.file(prior.get("name"))?;
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&file, &error)),
            _ => Ok(()),
        }
    }

    async fn import(&self, _: &Call<'_>, id: &str) -> Result<Value, Diagnostics> {
        Ok(Value::object([("name", Value::text(id))]))
    }
}

#[async_trait]
impl DataSource for Page {
    fn schema(&self) -> Schema {
        let kind = Kind::Value(Type::Number);
        let letters = Attribute::new("letters", kind, Mode::Computed, "How long it is.");
        let name = text("name", Mode::Required, "Its name.");
        let text = text("text", Mode::Computed, "What it says.");
        schema("A page that is there.", vec![name, text, letters])
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        check_name(config)
    }

    async fn read(&self, _: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        match self.look(config.get("name"))? {
            Value::Null => Err(Diagnostic::error("There is no such page", "")
                .at(Path::attribute("name"))
                .into()),
            page => Ok(page),
        }
    }
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = match runtime {
        Ok(runtime) => runtime
            .block_on(serve(Pages::new()))
            .map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
