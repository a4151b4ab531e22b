//! The provider block: its arguments, their environment variables, and what is missing. How fast
//! the exchange is asked is in `speed.rs`.

mod speed;

use std::path::PathBuf;
use std::sync::Arc;

use crate::entities::SERVICE_KEYS;
use crate::ixapi::{Client, Credentials, Log, LogLevel, Secret, Setting, Settings};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::hclog;
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::{Attribute, Kind, Mode, Object, Schema};
use crate::tfplugin::types::Type;
use crate::tfplugin::value::Value;

use super::journal::Journal;
use super::session::{Cancel, Defaults, Session};

use speed::{AT_ONCE, POLL_INTERVAL, REQUEST_TIMEOUT, REQUESTS_PER_SECOND, SHARED_READS, Speed};

/// One argument of the provider block.
struct Argument {
    name: &'static str,
    variable: &'static str,
    description: &'static str,
    sensitive: bool,
}

const API: Argument = Argument {
    name: "api",
    variable: "IX_API_HOST",
    description: "Address of the exchange's API, up to and including the version, such as \
                  `https://api.interxion.com/ixapi/v2`.",
    sensitive: false,
};
const AUTH: Argument = Argument {
    name: "auth",
    variable: "IX_API_AUTH",
    description: "How to log in: `oauth2` (client credentials) or `legacy` (IX-API's own key and \
                  secret). Defaults to `oauth2` when there is an `oauth2_token_url`, to `legacy` \
                  otherwise.",
    sensitive: false,
};
const API_KEY: Argument = Argument {
    name: "api_key",
    variable: "IX_API_KEY",
    description: "API key, or OAuth2 client id.",
    sensitive: false,
};
const API_SECRET: Argument = Argument {
    name: "api_secret",
    variable: "IX_API_SECRET",
    description: "API secret, or OAuth2 client secret.",
    sensitive: true,
};
const TOKEN_URL: Argument = Argument {
    name: "oauth2_token_url",
    variable: "IX_API_OAUTH2_TOKEN_URL",
    description: "Where OAuth2 tokens are issued, such as \
                  `https://login.digitalrealty.com/connect/token`.",
    sensitive: false,
};
const SCOPES: Argument = Argument {
    name: "oauth2_scopes",
    variable: "IX_API_OAUTH2_SCOPES",
    description: "OAuth2 scopes to ask for; in the environment, separated by commas. Unset, none \
                  is sent.",
    sensitive: false,
};
const ACCOUNT: Argument = Argument {
    name: "account",
    variable: "IX_API_ACCOUNT",
    description: "Id of the account that orders: the default of `managing_account`, \
                  `consuming_account` and `billing_account` of every resource. Not needed where \
                  the credentials have exactly one account of their own; sub-accounts do not \
                  count. Changing it changes what exists in place, wherever a resource does not \
                  say its accounts itself.",
    sensitive: false,
};
const EXTENSION: Argument = Argument {
    name: "service_key_extension",
    variable: "IX_API_SERVICE_KEY_EXTENSION",
    description: "Where the extension for service keys is: a path from the root of the exchange's \
                  host, such as `/extensions/inxn-servicekey-v1`, or its whole address. Unset, the \
                  exchange is asked (`/extensions`); if it does not say, it is \
                  `extensions/inxn-servicekey-v1` below `api`.",
    sensitive: false,
};
const CONTACTS: Argument = Argument {
    name: "contacts",
    variable: "IX_API_CONTACTS",
    description: "Ids of the contacts that are responsible wherever a resource leaves out its \
                  `role_assignments`; in the environment, separated by commas. Unset, all contacts \
                  of the managing account come into question.",
    sensitive: false,
};
const JOURNAL: Argument = Argument {
    name: "journal",
    variable: "IX_API_JOURNAL",
    description: "Folder in which orders are noted before they are sent, so that the next run goes \
                  on with them if this one is killed; `off` notes nothing. Unset, it is \
                  `ixapi-orders` in Terraform's own folder (`TF_DATA_DIR`, or `.terraform`). A \
                  pipeline should keep it from run to run, one for each state. There are no \
                  secrets in it.",
    sensitive: false,
};
const FORMER_HOSTS: Argument = Argument {
    name: "former_hosts",
    variable: "IX_API_FORMER_HOSTS",
    description: "Hosts under which this same exchange was reached before, such as \
                  `api.interxion.com`; in the environment, separated by commas. What was ordered \
                  at any other host is neither believed gone nor changed.",
    sensitive: false,
};
const ADOPT_EXISTING: Argument = Argument {
    name: "adopt_existing",
    variable: "IX_API_ADOPT_EXISTING",
    description: "Whether an object that bears the `external_ref` of a new one already is taken \
                  over instead of being an error, provided that all that cannot be changed is as \
                  configured, that it is not in the state at another address, and that the plan \
                  has said so, with what will be changed of it. What another provider block, \
                  another workspace or another state holds is not known here: such a one is taken \
                  over by both. Needs the `journal`. Defaults to `false`.",
    sensitive: false,
};
const REQUIRE_EXTERNAL_REF: Argument = Argument {
    name: "require_external_ref",
    variable: "IX_API_REQUIRE_EXTERNAL_REF",
    description: "Whether everything that is ordered and can have an `external_ref` must have one \
                  in the configuration. By that alone an order is found again where neither the \
                  state nor the `journal` outlives a killed run. Defaults to `false`.",
    sensitive: false,
};
const CANCEL: Argument = Argument {
    name: "cancel",
    variable: "IX_API_CANCEL",
    description: "What may be cancelled, be it to end or to be replaced. `shown`, the default: \
                  what the plan shows with its dates; a replacement of which Terraform lets no \
                  provider show them (`-replace`, `replace_triggered_by`, tainted objects) is \
                  refused if the old one would be billed beyond today. `always`: that, too. \
                  `only_free`: only what is not billed beyond today. `never`: no port, \
                  circuit, config or whatever else is ordered and provisioned; contacts, MAC \
                  addresses and the like can be deleted all the same.",
    sensitive: false,
};
const ARGUMENTS: [&Argument; 19] = [
    &API,
    &AUTH,
    &API_KEY,
    &API_SECRET,
    &TOKEN_URL,
    &SCOPES,
    &ACCOUNT,
    &EXTENSION,
    &CONTACTS,
    &JOURNAL,
    &FORMER_HOSTS,
    &ADOPT_EXISTING,
    &REQUIRE_EXTERNAL_REF,
    &CANCEL,
    &SHARED_READS,
    &POLL_INTERVAL,
    &REQUESTS_PER_SECOND,
    &AT_ONCE,
    &REQUEST_TIMEOUT,
];
/// The arguments that are lists.
const LISTS: [&str; 3] = [SCOPES.name, CONTACTS.name, FORMER_HOSTS.name];

/// The arguments that are true or false.
const SWITCHES: [&Argument; 3] = [&ADOPT_EXISTING, &REQUIRE_EXTERNAL_REF, &SHARED_READS];

/// The arguments that are numbers.
const NUMBERS: [&str; 2] = [REQUESTS_PER_SECOND.name, AT_ONCE.name];

/// How that is written in the environment.
const TRUTHS: [(&str, bool); 4] = [("true", true), ("1", true), ("false", false), ("0", false)];

/// The arguments that are defaults of resources: nothing is asked of the exchange with them.
const DEFAULTS: [&str; 2] = [ACCOUNT.name, CONTACTS.name];

/// What `journal` says to have none.
const OFF: &str = "off";

/// How a person chooses where orders are noted.
pub const WHERE_ORDERS_ARE_NOTED: &str = "journal (IX_API_JOURNAL)";

/// How a person has what exists taken over.
pub const ADOPTS: &str = ADOPT_EXISTING.name;

/// How a person demands references.
pub const REQUIRES: &str = REQUIRE_EXTERNAL_REF.name;
/// How a person says what may be cancelled.
pub const HOW_FAR_TO_CANCEL: &str = "cancel (IX_API_CANCEL)";

/// How a person says that an exchange has moved.
pub const ONCE_REACHED_AT: &str = FORMER_HOSTS.name;

/// How a person chooses the way to log in.
pub const WAY_TO_LOG_IN: &str = "auth (IX_API_AUTH)";

/// Ways to log in, as `auth` names them.
const OAUTH2: &str = "oauth2";
const LEGACY: &str = "legacy";

/// The schema of the provider block. Nothing is required, so that the environment can say it all.
pub fn schema() -> Schema {
    let attributes = ARGUMENTS
        .iter()
        .map(|argument| {
            let kind = if LISTS.contains(&argument.name) {
                Type::list(Type::String)
            } else if SWITCHES.iter().any(|switch| switch.name == argument.name) {
                Type::Bool
            } else if NUMBERS.contains(&argument.name) {
                Type::Number
            } else {
                Type::String
            };
            let mut attribute = Attribute::new(
                argument.name,
                Kind::Value(kind),
                Mode::Optional,
                format!(
                    "{} Environment variable: `{}`.",
                    argument.description, argument.variable
                ),
            );
            attribute.sensitive = argument.sensitive;
            attribute
        })
        .collect();
    Schema {
        version: 0,
        description: "Orders, changes and cancels ports, circuits and what belongs to them at an \
                      Internet exchange that speaks IX-API version 2."
            .to_owned(),
        object: Object::new(attributes),
    }
}

/// Checks what is written in the block; what is missing may still come from the environment.
pub fn validate(config: &Value) -> Diagnostics {
    let mut wrong = Diagnostics::default();
    let said = |argument: &Argument| config.get(argument.name).as_str();
    if let Some(auth) = said(&AUTH).filter(|auth| ![OAUTH2, LEGACY].contains(auth)) {
        wrong.push(unknown_auth(auth));
    }
    if let Some(cancel) = said(&CANCEL).filter(|cancel| Cancel::named(cancel).is_none()) {
        wrong.push(unknown_cancel(cancel));
    }
    let written = |argument: &Argument| written(config, argument);
    if let Err(out_of_range) = Speed::of(None, written) {
        wrong.append(out_of_range);
    }
    wrong
}

/// Opens the session, or says what is missing or wrong, argument by argument.
pub fn configure(session: &Session, config: &Value, terraform_version: &str) -> Diagnostics {
    start(
        session,
        config,
        &format!("terraform_version {terraform_version}"),
    )
}

/// Opens the session for a command that a person runs by hand and that orders nothing: by the
/// environment alone, and without a journal. Says which variables are missing or wrong.
pub fn by_environment(session: &Session, command: &str) -> Diagnostics {
    let no_journal = Value::object([(JOURNAL.name, OFF.into())]);
    start(session, &no_journal, command)
}

/// The journal of the runs whose orders a person asks for by hand: in this folder, or else where
/// the environment says; nothing if that says that none is kept.
pub fn journal_at(folder: Option<&str>) -> Option<Journal> {
    let folder = folder.map(str::to_owned);
    journal(folder.or_else(|| given(&Value::Null, &JOURNAL)))
}

fn journal(folder: Option<String>) -> Option<Journal> {
    match folder {
        Some(off) if off == OFF => None,
        folder => Some(Journal::open(folder.map(PathBuf::from))),
    }
}

/// Opens the session; `caller` is told to the exchange.
fn start(session: &Session, config: &Value, caller: &str) -> Diagnostics {
    let unknown: Vec<String> = ARGUMENTS
        .iter()
        .filter(|argument| !DEFAULTS.contains(&argument.name))
        .filter(|argument| !config.get(argument.name).is_wholly_known())
        .map(|argument| argument.name.to_owned())
        .collect();
    session.set_defaults(defaults(config));
    if !unknown.is_empty() {
        session.postpone(unknown);
        return Diagnostics::default();
    }
    let cancel = given(config, &CANCEL);
    if let Some(wrong) = cancel.filter(|cancel| Cancel::named(cancel).is_none()) {
        return unknown_cancel(&wrong).into();
    }
    if let Some(wrong) = SWITCHES.iter().find_map(|switch| neither(config, switch)) {
        return wrong.into();
    }
    let shared_reads = switch(config, &SHARED_READS);
    let speed = match Speed::of(shared_reads, |argument| given(config, argument)) {
        Err(out_of_range) => return out_of_range,
        Ok(speed) => speed,
    };
    match settings(config, caller) {
        Err(diagnostics) => diagnostics,
        Ok(settings) => match Client::new(speed.of_client(settings)) {
            Ok(client) => {
                session.look_every(speed.poll_interval);
                session.keep_journal(journal(given(config, &JOURNAL)));
                session.open(client);
                Diagnostics::default()
            }
            Err(error) => {
                let argument = argument_of(error.setting());
                Diagnostic::error(
                    format!("{} cannot be used", argument.name),
                    format!(
                        "{error}. It comes from the argument {} of the provider, or from the \
                         environment variable {}.",
                        argument.name, argument.variable
                    ),
                )
                .at(Path::attribute(argument.name))
                .into()
            }
        },
    }
}

fn defaults(config: &Value) -> Defaults {
    Defaults {
        account: match config.get(ACCOUNT.name) {
            Value::Unknown => Value::Unknown,
            _ => given(config, &ACCOUNT).map_or(Value::Null, Value::String),
        },
        contacts: match config.get(CONTACTS.name) {
            known if !known.is_wholly_known() => Value::Unknown,
            _ => match texts(config, &CONTACTS) {
                none if none.is_empty() => Value::Null,
                some => Value::set(some.into_iter().map(Value::String)),
            },
        },
        former_hosts: texts(config, &FORMER_HOSTS),
        adopt_existing: is_on(config, &ADOPT_EXISTING),
        require_external_ref: is_on(config, &REQUIRE_EXTERNAL_REF),
        cancel: given(config, &CANCEL)
            .and_then(|cancel| Cancel::named(&cancel))
            .unwrap_or_default(),
    }
}

fn settings(config: &Value, caller: &str) -> Result<Settings, Diagnostics> {
    let mut missing = Diagnostics::default();
    let given = |argument: &Argument| given(config, argument);
    let auth = given(&AUTH).unwrap_or_else(|| {
        let oauth2 = given(&TOKEN_URL).is_some();
        if oauth2 { OAUTH2 } else { LEGACY }.to_owned()
    });
    let mut need = |argument: &Argument| {
        given(argument).unwrap_or_else(|| {
            missing.push(missing_argument(argument, &auth));
            String::new()
        })
    };
    let api = need(&API);
    let key = Secret::new(need(&API_KEY));
    let secret = Secret::new(need(&API_SECRET));
    let credentials = match auth.as_str() {
        OAUTH2 => Credentials::OAuth2 {
            client_id: key,
            client_secret: secret,
            token_url: need(&TOKEN_URL),
            scopes: texts(config, &SCOPES),
        },
        LEGACY => Credentials::ApiKey { key, secret },
        other => return Err(unknown_auth(other).into()),
    };
    if missing.has_errors() {
        return Err(missing);
    }
    let mut settings = Settings::new(api, credentials, user_agent(caller));
    settings.log = Arc::new(TerraformLog);
    let extension = given(&EXTENSION).map(|address| (SERVICE_KEYS.to_owned(), address));
    settings.extensions.extend(extension);
    Ok(settings)
}

/// Names a command, or quotes the protocol's `terraform_version` under its own name: nothing tells
/// which CLI sends it, and OpenTofu 1.12 sends 1.13.0, the Terraform that it wants to be taken for.
fn user_agent(caller: &str) -> String {
    format!(
        "terraform-provider-ixapi/{} ({caller})",
        env!("CARGO_PKG_VERSION")
    )
}

/// The argument in the block, or the environment variable; an empty text is as good as none.
fn given(config: &Value, argument: &Argument) -> Option<String> {
    let said = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let written = written(config, argument);
    let variable = || std::env::var(argument.variable).ok();
    written.and_then(said).or_else(|| variable().and_then(said))
}

/// A text or number in the block, as text.
fn written(config: &Value, argument: &Argument) -> Option<String> {
    match config.get(argument.name) {
        Value::Number(number) => Some(number.to_string()),
        other => other.as_str().map(str::to_owned),
    }
}

/// Whether a switch is on in the block, or by the environment variable.
fn is_on(config: &Value, argument: &Argument) -> bool {
    switch(config, argument) == Some(true)
}

/// How a switch is set in the block, or by the environment variable, if it is.
fn switch(config: &Value, argument: &Argument) -> Option<bool> {
    if let Value::Bool(on) = config.get(argument.name) {
        return Some(*on);
    }
    let text = given(config, argument)?;
    let known = TRUTHS.iter().find(|(known, _)| *known == text);
    known.map(|(_, on)| *on)
}

/// What is wrong with the environment variable of a switch.
fn neither(config: &Value, argument: &Argument) -> Option<Diagnostic> {
    if matches!(config.get(argument.name), Value::Bool(_)) {
        return None;
    }
    let text = given(config, argument)?;
    let is_known = TRUTHS.iter().any(|(known, _)| *known == text);
    (!is_known).then(|| {
        Diagnostic::error(
            format!("{} is neither true nor false", argument.name),
            format!(
                "The environment variable {} is {text:?}. Use true or false.",
                argument.variable
            ),
        )
        .at(Path::attribute(argument.name))
    })
}

/// The texts of a list in the block, or in the environment variable.
fn texts(config: &Value, argument: &Argument) -> Vec<String> {
    let written = config.get(argument.name);
    if written.is_known() {
        return written
            .elements()
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
    }
    let variable = std::env::var(argument.variable).unwrap_or_default();
    variable
        .split([',', ' '])
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

fn missing_argument(argument: &Argument, auth: &str) -> Diagnostic {
    let also = match auth {
        LEGACY => format!(
            " If the exchange uses OAuth2, set {} ({}) too.",
            TOKEN_URL.name, TOKEN_URL.variable
        ),
        _ => String::new(),
    };
    Diagnostic::error(
        format!("{} is missing", argument.name),
        format!(
            "The provider \"ixapi\" needs {}: {} Set it in the provider block, or set the \
             environment variable {}.{}",
            argument.name, argument.description, argument.variable, also
        ),
    )
    .at(Path::attribute(argument.name))
}

fn unknown_auth(auth: &str) -> Diagnostic {
    Diagnostic::error(
        "No such way to log in",
        format!("{WAY_TO_LOG_IN} is {auth:?}. Use \"{OAUTH2}\" or \"{LEGACY}\"."),
    )
    .at(Path::attribute(AUTH.name))
}

fn unknown_cancel(cancel: &str) -> Diagnostic {
    let names = Cancel::NAMES.map(|(name, _)| format!("{name:?}"));
    Diagnostic::error(
        "No such way to cancel",
        format!(
            "{HOW_FAR_TO_CANCEL} is {cancel:?}. Use one of {}.",
            names.join(", ")
        ),
    )
    .at(Path::attribute(CANCEL.name))
}

fn argument_of(setting: Setting) -> &'static Argument {
    match setting {
        Setting::Key => &API_KEY,
        Setting::Secret => &API_SECRET,
        Setting::TokenUrl => &TOKEN_URL,
        Setting::Scopes => &SCOPES,
        Setting::Extension => &EXTENSION,
        Setting::RequestTimeout => &REQUEST_TIMEOUT,
        Setting::Api | Setting::UserAgent => &API,
    }
}

/// How a person sets what the client calls a setting: `api_key (IX_API_KEY)`.
pub fn how_to_set(setting: Setting) -> String {
    let argument = argument_of(setting);
    format!("{} ({})", argument.name, argument.variable)
}

/// The client's log lines, among Terraform's.
struct TerraformLog;

impl Log for TerraformLog {
    fn enabled(&self, level: LogLevel) -> bool {
        hclog::enabled(log_level(level))
    }

    fn log(&self, level: LogLevel, message: &str, fields: &[(&str, String)]) {
        hclog::log(log_level(level), message, fields);
    }
}

fn log_level(level: LogLevel) -> hclog::Level {
    match level {
        LogLevel::Trace => hclog::Level::Trace,
        LogLevel::Debug => hclog::Level::Debug,
        LogLevel::Info => hclog::Level::Info,
        LogLevel::Warn => hclog::Level::Warn,
        LogLevel::Error => hclog::Level::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_refuses_a_number_of_the_block_that_is_out_of_range() {
        let block = |name: &str, number| validate(&Value::object([(name, number)]));
        for name in NUMBERS {
            assert!(block(name, Value::integer(0)).has_errors(), "{name}");
            assert!(block(name, Value::integer(5)).is_empty(), "{name}");
            assert!(block(name, Value::Unknown).is_empty(), "{name}");
        }
        assert!(block(POLL_INTERVAL.name, "1ms".into()).has_errors());
    }

    #[test]
    fn a_switch_that_the_block_sets_is_set() {
        let off = Value::object([(SHARED_READS.name, Value::Bool(false))]);
        assert_eq!(switch(&off, &SHARED_READS), Some(false));
        assert!(!is_on(&off, &SHARED_READS));
    }

    #[test]
    fn the_user_agent_names_no_program_that_may_not_be_running() {
        let ours = env!("CARGO_PKG_VERSION");
        assert_eq!(
            user_agent("terraform_version 1.13.0"),
            format!("terraform-provider-ixapi/{ours} (terraform_version 1.13.0)")
        );
    }
}
