//! A folder of a test's own in which the real terraform runs, with its own CLI configuration and
//! none of the environment of whoever runs the tests.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::processes::{Process, kill, processes};
use crate::programs;
use crate::run::Run;
use crate::sandbox::Sandbox;
use crate::secrets::{OF_VARIABLES, Secrets};

/// No run takes that long; a test that hangs should end all the same.
const LONGEST_RUN: Duration = Duration::from_secs(300);

/// A folder with a configuration, and the variables of the environment.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
    environment: BTreeMap<String, String>,
    secrets: Secrets,
    /// Where the sandbox tells what tokens it has given out.
    exchange: Option<String>,
    /// The commands so far, with all that they wrote.
    written: Arc<Mutex<Vec<(String, String)>>>,
    cli: PathBuf,
}

/// An object in the state.
#[derive(Clone, Debug)]
pub struct Held {
    /// `ixapi_connection.port`
    pub address: String,
    /// Its attributes.
    pub values: Value,
    /// Whether the next apply would replace it.
    pub tainted: bool,
}

impl Held {
    /// Its type: `ixapi_connection`.
    pub fn kind(&self) -> &str {
        self.address.split('.').next().unwrap_or_default()
    }

    /// A text attribute; empty if it is null.
    pub fn text(&self, name: &str) -> &str {
        self.values[name].as_str().unwrap_or_default()
    }
}

impl Workspace {
    /// A folder with this configuration in `main.tf`, for party A of the sandbox.
    pub fn new(sandbox: &Sandbox, config: impl AsRef<str>) -> Workspace {
        let mut workspace = Workspace::bare(&format!(
            "provider_installation {{\n  dev_overrides {{\n    \"ixapi-rs/ixapi\" = {}\n  }}\n  \
             direct {{}}\n}}\n",
            quoted(programs::folder())
        ));
        for (name, value) in sandbox.environment() {
            workspace.set(name, value);
        }
        workspace.set("TF_VAR_b_key", sandbox.exported("IXAPI_SANDBOX_B_KEY"));
        workspace.set(
            "TF_VAR_b_secret",
            sandbox.exported("IXAPI_SANDBOX_B_SECRET"),
        );
        for (name, secret) in sandbox.secrets() {
            workspace.secrets.add(name, secret);
        }
        workspace.exchange = Some(sandbox.exported("IXAPI_SANDBOX_URL").to_owned());
        workspace.configure(config);
        workspace
    }

    /// The same for party B.
    pub fn of_party_b(sandbox: &Sandbox, config: impl AsRef<str>) -> Workspace {
        let mut workspace = Workspace::new(sandbox, config);
        workspace.become_party_b(sandbox);
        workspace
    }

    /// Goes on with the credentials of party B.
    pub fn become_party_b(&mut self, sandbox: &Sandbox) {
        for name in ["KEY", "SECRET"] {
            let of_b = sandbox.exported(&format!("IXAPI_SANDBOX_B_{name}"));
            self.set(&format!("IX_API_{name}"), of_b);
        }
    }

    /// An empty folder, with these lines about the installation of providers.
    pub fn bare(installation: &str) -> Workspace {
        let folder = tempfile::Builder::new()
            .prefix("ixapi-acceptance-")
            .tempdir()
            .expect("a temporary folder can be made");
        let mut workspace = Workspace {
            folder,
            environment: BTreeMap::new(),
            secrets: Secrets::default(),
            exchange: None,
            written: Arc::default(),
            cli: programs::terraform().to_owned(),
        };
        let rc = workspace.path("cli.tfrc");
        workspace.write(
            "cli.tfrc",
            format!("disable_checkpoint = true\n{installation}"),
        );
        workspace.set("TF_CLI_CONFIG_FILE", rc.to_str().expect("a readable path"));
        workspace.set("CHECKPOINT_DISABLE", "1");
        workspace.set("TF_IN_AUTOMATION", "1");
        workspace
    }

    /// Where a file of the folder is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: impl AsRef<str>) {
        fs::write(self.path(name), text.as_ref()).expect("the folder can be written to");
    }

    /// Puts another configuration in place.
    pub fn configure(&self, config: impl AsRef<str>) {
        self.write("main.tf", config);
    }

    /// Goes on with another CLI.
    pub fn go_on_with(&mut self, cli: &Path) {
        self.cli = cli.to_owned();
    }

    /// Sets a variable of the environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Has the search for secrets look for another one. It is made of every workspace in the end.
    pub fn keep_secret(&mut self, what: &str, secret: &str) {
        self.secrets.add(what, secret);
    }

    /// Takes a secret out of the search: here Terraform stores it, by the user's choice.
    pub fn is_stored_by_choice(&mut self, what: &str) {
        self.secrets.forget(what);
    }

    /// Which secrets are stored or were shown, and where: those that the sandbox was started with
    /// or has given out, and those that a test has added.
    pub fn revealed(&self) -> Vec<String> {
        let mut secrets = self.secrets.clone();
        for token in self.exchange.iter().flat_map(|url| Sandbox::tokens_at(url)) {
            secrets.add("a token", &token);
        }
        let mut found = secrets.found_below(self.folder.path());
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for (command, text) in &*written {
            found.extend(secrets.found_in(command, text.as_bytes()));
        }
        found.retain(|found| !self.is_variable(found));
        found
    }

    /// Whether something was found where Terraform keeps variables, and a test has set one to it.
    fn is_variable(&self, found: &str) -> bool {
        let variables = self.environment.iter();
        let mut variables = variables.filter(|(name, _)| name.starts_with("TF_VAR_"));
        OF_VARIABLES.iter().any(|place| found.ends_with(place))
            && variables.any(|(_, value)| {
                let secret = self.secrets.what(value);
                secret.is_some_and(|what| found.starts_with(&format!("{what} in ")))
            })
    }

    /// Takes a variable out of the environment.
    pub fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.cli);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let Some(known) = name.to_str() else { continue };
            let ours = known.starts_with("TF_") || known.starts_with("IX");
            // Nothing here goes beyond this machine.
            let proxy = known.to_ascii_lowercase().ends_with("_proxy");
            if ours || proxy {
                command.env_remove(name);
            }
        }
        command.envs(&self.environment);
        command
    }

    /// Starts terraform in a process group of its own, as a shell does.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let named = |name: &str| self.path(&format!("{name}.txt"));
        let (out, err) = (named("stdout"), named("stderr"));
        let mut command = self.command(arguments);
        command
            .stdout(File::create(&out).expect("the folder can be written to"))
            .stderr(File::create(&err).expect("the folder can be written to"));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Running {
            command: arguments.join(" "),
            process: command.spawn().expect("terraform starts"),
            out,
            err,
            written: Arc::clone(&self.written),
        }
    }

    /// Runs terraform to its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.start(arguments).finish()
    }

    fn run_with(&self, arguments: &[&str], more: &[&str]) -> Run {
        self.run(&[arguments, more].concat())
    }

    /// `terraform validate`
    pub fn validate(&self) -> Run {
        self.run(&["validate", "-json"])
    }

    /// `terraform plan`; its exit code tells whether there is anything to do.
    pub fn plan(&self, more: &[&str]) -> Run {
        let plan = ["plan", "-json", "-input=false", "-detailed-exitcode"];
        self.run_with(&plan, more)
    }

    /// `terraform apply`
    pub fn apply(&self, more: &[&str]) -> Run {
        self.run_with(&APPLY, more)
    }

    /// Starts `terraform apply`.
    pub fn start_apply(&self) -> Running {
        self.start(&APPLY)
    }

    /// `terraform destroy`
    pub fn destroy(&self, more: &[&str]) -> Run {
        self.run_with(&DESTROY, more)
    }

    /// Starts `terraform destroy`.
    pub fn start_destroy(&self) -> Running {
        self.start(&DESTROY)
    }

    /// A plan as JSON, with the values before, after, and what is not known.
    pub fn planned(&self, more: &[&str]) -> Value {
        self.run_with(&["plan", "-json", "-input=false", "-out=plan.bin"], more)
            .ok();
        let shown = self.run(&["show", "-json", "plan.bin"]).ok();
        serde_json::from_str(&shown.stdout).expect("a plan is shown in JSON")
    }

    /// The planned change of one resource.
    pub fn planned_change(&self, address: &str) -> Value {
        let plan = self.planned(&[]);
        let changes = plan["resource_changes"].as_array();
        changes
            .into_iter()
            .flatten()
            .find(|change| change["address"] == address)
            .map(|change| change["change"].clone())
            .unwrap_or_else(|| panic!("no plan for {address}: {plan:#}"))
    }

    /// The managed objects in the state.
    pub fn state(&self) -> Vec<Held> {
        let shown = self.run(&["show", "-json"]).ok();
        let state: Value = serde_json::from_str(&shown.stdout).expect("JSON");
        let resources = state["values"]["root_module"]["resources"].as_array();
        resources
            .into_iter()
            .flatten()
            .filter(|resource| resource["mode"] == "managed")
            .map(|resource| Held {
                address: resource["address"].as_str().unwrap_or_default().to_owned(),
                values: resource["values"].clone(),
                tainted: resource["tainted"] == true,
            })
            .collect()
    }

    /// An object in the state, which has to be there and clean.
    pub fn held(&self, address: &str) -> Held {
        let state = self.state();
        let held = state.iter().find(|held| held.address == address);
        let held = held.unwrap_or_else(|| panic!("{address} is not in the state: {state:#?}"));
        assert!(!held.tainted, "{address} is tainted");
        held.clone()
    }

    /// The addresses in the state.
    pub fn addresses(&self) -> Vec<String> {
        self.state().into_iter().map(|held| held.address).collect()
    }

    /// In how many files the provider has noted orders.
    pub fn noted_orders(&self) -> usize {
        let notes = self.folder.path().join(".terraform/ixapi-orders");
        fs::read_dir(notes).map_or(0, Iterator::count)
    }

    /// Everything in the folder that is not the provider's: configuration, state, logs.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder can be read");
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file())
            .map(|path| {
                let bytes = fs::read(&path).expect("a file can be read");
                (path, String::from_utf8_lossy(&bytes).into_owned())
            })
            .collect()
    }
}

/// No workspace is left without a look at what lies in it.
impl Drop for Workspace {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let revealed = self.revealed();
            assert!(revealed.is_empty(), "secrets are not kept: {revealed:#?}");
        }
    }
}

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];
const DESTROY: [&str; 4] = ["destroy", "-json", "-input=false", "-auto-approve"];

/// A path as a text of the configuration language.
pub fn quoted(path: &Path) -> String {
    Value::from(path.to_str().expect("a readable path")).to_string()
}

/// A terraform at work.
#[derive(Debug)]
pub struct Running {
    command: String,
    process: Child,
    out: PathBuf,
    err: PathBuf,
    written: Arc<Mutex<Vec<(String, String)>>>,
}

impl Running {
    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether it is still at work.
    pub fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Sends a signal to terraform alone, as a CI system does.
    pub fn signal(&self, name: &str) {
        kill(name, &self.id().to_string());
    }

    /// Sends a signal to terraform and to all that it started, as Ctrl-C in a terminal does.
    pub fn signal_all(&self, name: &str) {
        kill(name, &format!("-{}", self.id()));
    }

    /// The processes that it started.
    pub fn children(&self) -> Vec<Process> {
        let parent = self.id();
        let mut children = processes();
        children.retain(|process| process.parent == parent);
        children
    }

    /// Waits for its end, and looks at the memory of what it has started. Returns the most that one
    /// of them has held, in bytes; 0 where the system does not tell.
    pub fn finish_and_weigh(mut self) -> (Run, u64) {
        const WEIGH_EVERY: Duration = Duration::from_millis(5);
        let mut most = 0;
        while self.is_running() {
            let children = self.children();
            most = children
                .iter()
                .filter_map(Process::peak)
                .fold(most, u64::max);
            std::thread::sleep(WEIGH_EVERY);
        }
        (self.finish(), most)
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Run {
        const LOOK_EVERY: Duration = Duration::from_millis(10);
        let deadline = Instant::now() + LONGEST_RUN;
        let code = loop {
            match self.process.try_wait().expect("terraform is our child") {
                Some(status) => break status.code(),
                None if Instant::now() > deadline => panic!("terraform hangs: {}", self.command),
                None => std::thread::sleep(LOOK_EVERY),
            }
        };
        let read = |path: &Path| fs::read_to_string(path).expect("terraform writes text");
        let run = Run {
            command: self.command.clone(),
            code,
            stdout: read(&self.out),
            stderr: read(&self.err),
        };
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.push((run.command.clone(), run.output()));
        drop(written);
        run
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_running() {
            self.signal_all("KILL");
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}
