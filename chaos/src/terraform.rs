//! What Terraform does: a new process of the provider for each plan and each apply, objects in the
//! order of their dependencies and ten at a time, a state that is kept, and the rules by which an
//! object is replaced, tainted or left alone.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use ixapi_provider::provider::IxApiProvider;
use ixapi_provider::tfplugin::in_process::InProcess;
use ixapi_provider::tfplugin::proto::tfplugin6::provider_server::Provider as Calls;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    ClientCapabilities, Diagnostic, RawState, apply_resource_change, configure_provider,
    diagnostic, import_resource_state, plan_resource_change, read_resource, stop_provider,
    upgrade_resource_state, validate_resource_config,
};
use ixapi_provider::tfplugin::traits::Provider as _;
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;
use serde_json::{Map, Value as Json, json};
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use crate::estate::{Estate, Resource};
use crate::values::{decoded, differs, dynamic, stored, value_of};

/// As many objects at a time as Terraform has.
const PARALLELISM: usize = 10;

/// An object in the state.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its type without the prefix of the provider.
    pub kind: &'static str,
    /// What is known of it.
    pub value: Value,
    /// Whether the next apply replaces it.
    pub tainted: bool,
    private: Vec<u8>,
    dependencies: BTreeSet<String>,
}

impl Held {
    /// Its id.
    pub fn id(&self) -> &str {
        self.value.get("id").as_str().unwrap_or_default()
    }
}

/// A state: objects by the names of their resources.
pub type State = BTreeMap<String, Held>;

/// What is to be done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Keep,
    /// It is new.
    Create,
    /// It is changed in place.
    Update,
    /// It is ended, and made anew.
    Replace,
    /// It is ended.
    Delete,
}

#[derive(Clone, Debug)]
struct Planned {
    action: Action,
    private: Vec<u8>,
}

/// An error that a person reads.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// Which resource it is about.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// The headline.
    pub summary: String,
    /// The text.
    pub detail: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}: {}",
            self.kind, self.name, self.summary, self.detail
        )
    }
}

/// How a plan or an apply went.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Errors.
    pub complaints: Vec<Complaint>,
    /// What was planned, but for what was kept.
    pub actions: BTreeMap<String, Action>,
    /// What broke the rules that Terraform has for providers.
    pub breaches: Vec<String>,
}

/// What a harness does to a run of Terraform while it is under way.
#[derive(Debug)]
pub struct Reins {
    dead: watch::Sender<bool>,
    interrupted: watch::Sender<bool>,
}

impl Default for Reins {
    fn default() -> Reins {
        Reins {
            dead: watch::Sender::new(false),
            interrupted: watch::Sender::new(false),
        }
    }
}

impl Reins {
    /// Kills the provider.
    pub fn kill_provider(&self) {
        self.dead.send_replace(true);
    }

    /// Interrupts Terraform, once.
    pub fn interrupt(&self) {
        self.interrupted.send_replace(true);
    }
}

/// A working folder: the exchange that it is for, and where orders are noted.
#[derive(Debug)]
pub struct Folder {
    /// The arguments of the provider.
    pub provider: Map<String, Json>,
    /// Where orders are noted.
    pub journal: PathBuf,
}

/// Terraform in a working folder.
pub struct Terraform<'a> {
    folder: &'a Folder,
    /// For its schemas.
    types: IxApiProvider,
    /// The state, as it is on disk.
    pub state: RefCell<State>,
}

/// A process of the provider.
struct Process<'a> {
    provider: InProcess,
    reins: &'a Reins,
}

type Reply<T> = Result<Response<T>, Status>;

impl Process<'_> {
    /// The answer of the provider; an error if it is killed before.
    async fn hear<T>(&self, call: impl Future<Output = Reply<T>>) -> Result<T, Status> {
        let mut dead = self.reins.dead.subscribe();
        tokio::select! {
            biased;
            _ = dead.wait_for(|dead| *dead) => Err(Status::unavailable("the plugin exited")),
            reply = call => reply.map(Response::into_inner),
        }
    }

    fn calls(&self) -> &impl Calls {
        self.provider.calls()
    }
}

/// A run of Terraform: the state and the plan as they stand.
struct Run<'a> {
    terraform: &'a Terraform<'a>,
    estate: &'a Estate,
    process: Process<'a>,
    /// What resources are known or planned to be, for those that refer to them.
    values: RefCell<BTreeMap<String, Value>>,
    outcome: RefCell<Outcome>,
    stopped: Cell<bool>,
}

impl<'a> Terraform<'a> {
    /// An empty state.
    pub fn new(folder: &'a Folder) -> Terraform<'a> {
        Terraform {
            folder,
            types: IxApiProvider::new(),
            state: RefCell::default(),
        }
    }

    fn type_of(&self, kind: &str) -> &Type {
        let name = type_name(kind);
        self.types
            .types()
            .find_resource(&name)
            .expect("a type of the provider")
            .value_type()
    }

    async fn start(&'a self, estate: &'a Estate, reins: &'a Reins) -> Result<Run<'a>, Outcome> {
        let process = Process {
            provider: InProcess::start(IxApiProvider::new()),
            reins,
        };
        let mut block = self.folder.provider.clone();
        block.insert("journal".into(), json!(self.folder.journal));
        let kind = self.types.schema().object.value_type();
        let config = value_of(&Json::Object(block), &kind, &BTreeMap::new());
        let request = configure_provider::Request {
            terraform_version: "1.15.8".to_owned(),
            config: Some(dynamic(&config, &kind)),
            ..Default::default()
        };
        let answer = process.calls().configure_provider(Request::new(request));
        let answer = process.hear(answer).await;
        let run = Run {
            terraform: self,
            estate,
            process,
            values: RefCell::default(),
            outcome: RefCell::default(),
            stopped: Cell::new(false),
        };
        let diagnostics = answer.map(|answer| answer.diagnostics);
        match run.hears("provider", "provider", diagnostics) {
            true => Ok(run),
            false => Err(run.outcome.into_inner()),
        }
    }

    /// `terraform plan`: the state on disk stays as it is.
    pub async fn plan(&self, estate: &Estate, reins: &Reins) -> Outcome {
        let before = self.state.borrow().clone();
        let outcome = match self.start(estate, reins).await {
            Ok(run) => run.plan().await.0,
            Err(outcome) => outcome,
        };
        self.state.replace(before);
        outcome
    }

    /// `terraform apply -auto-approve`; with an estate that is empty, `terraform destroy`.
    pub async fn apply(&self, estate: &Estate, reins: &Reins) -> Outcome {
        let planning = match self.start(estate, reins).await {
            Ok(run) => run,
            Err(outcome) => return outcome,
        };
        let (planned, plan) = planning.plan().await;
        if !planned.complaints.is_empty() {
            return planned;
        }
        let applying = match self.start(estate, reins).await {
            Ok(run) => run,
            Err(outcome) => return outcome,
        };
        applying.outcome.replace(planned);
        applying.apply(&plan).await
    }

    /// `terraform import`.
    pub async fn import(&self, estate: &Estate, name: &str, id: &str) -> Result<(), Complaint> {
        let reins = Reins::default();
        let run = match self.start(estate, &reins).await {
            Ok(run) => run,
            Err(mut outcome) => return Err(outcome.complaints.remove(0)),
        };
        let resource = run.resource(name).expect("what is imported is configured");
        let request = import_resource_state::Request {
            type_name: type_name(resource.kind),
            id: id.to_owned(),
            ..Default::default()
        };
        let calls = run.process.calls();
        let answer = run
            .process
            .hear(calls.import_resource_state(Request::new(request)))
            .await;
        let found = answer
            .as_ref()
            .ok()
            .and_then(|answer| answer.imported_resources.first());
        let found = found.cloned();
        let heard = run.hears(name, resource.kind, answer.map(|answer| answer.diagnostics));
        match found.filter(|_| heard) {
            Some(found) => {
                let value = decoded(found.state.as_ref(), self.type_of(resource.kind));
                run.hold(resource, value, found.private.to_vec(), false);
                run.process.provider.shut_down();
                Ok(())
            }
            None => Err(run.outcome.into_inner().complaints.remove(0)),
        }
    }

    /// The objects in the state that would be replaced.
    pub fn tainted(&self) -> Vec<(String, &'static str)> {
        let state = self.state.borrow();
        let tainted = state.iter().filter(|(_, held)| held.tainted);
        tainted
            .map(|(name, held)| (name.clone(), held.kind))
            .collect()
    }
}

impl Run<'_> {
    fn resource(&self, name: &str) -> Option<&Resource> {
        self.estate
            .resources
            .iter()
            .find(|resource| resource.name == name)
    }

    fn held(&self, name: &str) -> Option<Held> {
        self.terraform.state.borrow().get(name).cloned()
    }

    fn hold(&self, resource: &Resource, value: Value, private: Vec<u8>, tainted: bool) {
        let held = Held {
            kind: resource.kind,
            value,
            tainted,
            private,
            dependencies: resource.dependencies(),
        };
        self.terraform
            .state
            .borrow_mut()
            .insert(resource.name.clone(), held);
    }

    fn breach(&self, what: String) {
        self.outcome.borrow_mut().breaches.push(what);
    }

    /// Takes down errors. Whether there were none.
    fn hears(
        &self,
        name: &str,
        kind: &'static str,
        answer: Result<Vec<Diagnostic>, Status>,
    ) -> bool {
        let complaint = |summary: String, detail: String| Complaint {
            name: name.to_owned(),
            kind,
            summary,
            detail,
        };
        let complaints: Vec<Complaint> = match answer {
            Err(status) => vec![complaint(
                "no answer".to_owned(),
                status.message().to_owned(),
            )],
            Ok(messages) => messages
                .into_iter()
                .filter(|message| message.severity() == diagnostic::Severity::Error)
                .map(|message| complaint(message.summary, message.detail))
                .collect(),
        };
        let none = complaints.is_empty();
        self.outcome.borrow_mut().complaints.extend(complaints);
        none
    }

    /// Does something with each of these, at most ten at a time, each after what it depends on; not
    /// with what depends on one that failed.
    async fn walk<'b, F: Future<Output = bool> + 'b>(
        &'b self,
        mut waiting: BTreeMap<String, BTreeSet<String>>,
        visit: impl Fn(String) -> F,
    ) {
        let names: BTreeSet<String> = waiting.keys().cloned().collect();
        for dependencies in waiting.values_mut() {
            dependencies.retain(|name| names.contains(name));
        }
        let mut interrupted = self.process.reins.interrupted.subscribe();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < PARALLELISM && !self.stopped.get() {
                let ready = waiting
                    .iter()
                    .find(|(_, dependencies)| dependencies.is_empty());
                let Some(name) = ready.map(|(name, _)| name.clone()) else {
                    break;
                };
                waiting.remove(&name);
                let visited = visit(name.clone());
                running.push(async move { (name, visited.await) });
            }
            if running.is_empty() {
                return;
            }
            tokio::select! {
                biased;
                _ = interrupted.wait_for(|it| *it), if !self.stopped.get() => {
                    self.stopped.set(true);
                    let request = Request::new(stop_provider::Request {});
                    let _ = self.process.hear(self.process.calls().stop_provider(request)).await;
                }
                done = running.next() => {
                    let Some((name, went_well)) = done else { continue };
                    for dependencies in waiting.values_mut() {
                        // What failed stays in the way.
                        if went_well {
                            dependencies.remove(&name);
                        }
                    }
                }
            }
        }
    }

    /// What each configured resource depends on.
    fn order(&self) -> BTreeMap<String, BTreeSet<String>> {
        let resources = self.estate.resources.iter();
        resources
            .map(|resource| (resource.name.clone(), resource.dependencies()))
            .collect()
    }

    /// The plan, and what it says of each object.
    async fn plan(self) -> (Outcome, BTreeMap<String, Planned>) {
        let orphans: Vec<String> = {
            let state = self.terraform.state.borrow();
            state
                .keys()
                .filter(|name| self.resource(name).is_none())
                .cloned()
                .collect()
        };
        let plan = RefCell::new(BTreeMap::new());
        let mut order = self.order();
        order.extend(orphans.into_iter().map(|name| (name, BTreeSet::new())));
        let visit = |name: String| {
            let (this, plan) = (&self, &plan);
            async move {
                let planned = this.plan_one(&name).await;
                let went_well = planned.is_some();
                if let Some(planned) = planned {
                    if planned.action != Action::Keep {
                        let actions = &mut this.outcome.borrow_mut().actions;
                        actions.insert(name.clone(), planned.action);
                    }
                    plan.borrow_mut().insert(name, planned);
                }
                went_well
            }
        };
        self.walk(order, visit).await;
        self.process.provider.shut_down();
        (self.outcome.into_inner(), plan.into_inner())
    }

    async fn upgraded(&self, name: &str, held: &Held) -> Option<Value> {
        let kind = self.terraform.type_of(held.kind);
        let request = upgrade_resource_state::Request {
            type_name: type_name(held.kind),
            version: 0,
            raw_state: Some(RawState {
                json: stored(&held.value).to_string().into_bytes().into(),
                ..Default::default()
            }),
        };
        let calls = self.process.calls();
        let answer = self
            .process
            .hear(calls.upgrade_resource_state(Request::new(request)))
            .await;
        let upgraded = answer
            .as_ref()
            .ok()
            .and_then(|answer| answer.upgraded_state.clone());
        let heard = self.hears(name, held.kind, answer.map(|answer| answer.diagnostics));
        heard.then(|| decoded(upgraded.as_ref(), kind))
    }

    /// Looks at an object in the state. Nothing where that failed; null where it is gone.
    async fn refreshed(&self, name: &str, held: &Held) -> Option<Held> {
        let value = self.upgraded(name, held).await?;
        let kind = self.terraform.type_of(held.kind);
        let request = read_resource::Request {
            type_name: type_name(held.kind),
            current_state: Some(dynamic(&value, kind)),
            private: held.private.clone().into(),
            client_capabilities: capabilities(),
            ..Default::default()
        };
        let calls = self.process.calls();
        let answer = self
            .process
            .hear(calls.read_resource(Request::new(request)))
            .await;
        let read = answer.as_ref().ok().map(|answer| {
            (
                decoded(answer.new_state.as_ref(), kind),
                answer.private.to_vec(),
            )
        });
        if !self.hears(name, held.kind, answer.map(|answer| answer.diagnostics)) {
            return None;
        }
        let (value, private) = read?;
        let refreshed = Held {
            value,
            private,
            ..held.clone()
        };
        let mut state = self.terraform.state.borrow_mut();
        match refreshed.value.is_null() {
            true => drop(state.remove(name)),
            false => drop(state.insert(name.to_owned(), refreshed.clone())),
        }
        Some(refreshed)
    }

    async fn plan_one(&self, name: &str) -> Option<Planned> {
        let held = match self.held(name) {
            Some(held) => Some(self.refreshed(name, &held).await?),
            None => None,
        };
        let held = held.filter(|held| !held.value.is_null());
        let Some(resource) = self.resource(name) else {
            let Some(held) = held else {
                return Some(Planned {
                    action: Action::Keep,
                    private: Vec::new(),
                });
            };
            let (planned, private, _) = self
                .asked(name, held.kind, &held.value, &Value::Null, &held.private)
                .await?;
            debug_assert!(planned.is_null());
            return Some(Planned {
                action: Action::Delete,
                private,
            });
        };
        let config = self.configured(resource);
        self.is_valid(resource, &config).await?;
        let (action, planned, private) = self.decided(resource, held.as_ref(), &config).await?;
        self.values.borrow_mut().insert(name.to_owned(), planned);
        Some(Planned { action, private })
    }

    async fn is_valid(&self, resource: &Resource, config: &Value) -> Option<()> {
        let kind = self.terraform.type_of(resource.kind);
        let request = validate_resource_config::Request {
            type_name: type_name(resource.kind),
            config: Some(dynamic(config, kind)),
            client_capabilities: capabilities(),
        };
        let calls = self.process.calls();
        let answer = self
            .process
            .hear(calls.validate_resource_config(Request::new(request)))
            .await;
        let answer = answer.map(|answer| answer.diagnostics);
        self.hears(&resource.name, resource.kind, answer)
            .then_some(())
    }

    /// What the provider plans, and what that means.
    async fn decided(
        &self,
        resource: &Resource,
        held: Option<&Held>,
        config: &Value,
    ) -> Option<(Action, Value, Vec<u8>)> {
        let (name, kind) = (&resource.name, resource.kind);
        let sound = held.filter(|held| !held.tainted);
        let prior = sound.map_or(Value::Null, |held| held.value.clone());
        let noted = sound.map(|held| held.private.clone()).unwrap_or_default();
        let (planned, private, replaces) = self.asked(name, kind, &prior, config, &noted).await?;
        match (held, sound) {
            (None, _) => Some((Action::Create, planned, private)),
            (Some(_), None) => Some((Action::Replace, planned, private)),
            (Some(_), Some(_)) if replaces => {
                let (planned, private, _) = self
                    .asked(name, kind, &Value::Null, config, &private)
                    .await?;
                Some((Action::Replace, planned, private))
            }
            (Some(_), Some(_)) => {
                let action = if planned == prior {
                    Action::Keep
                } else {
                    Action::Update
                };
                Some((action, planned, private))
            }
        }
    }

    /// PlanResourceChange: what is planned, what is noted beside it, whether it takes a new object.
    async fn asked(
        &self,
        name: &str,
        kind: &'static str,
        prior: &Value,
        config: &Value,
        private: &[u8],
    ) -> Option<(Value, Vec<u8>, bool)> {
        let shape = self.terraform.type_of(kind);
        let config = Some(dynamic(config, shape));
        let request = plan_resource_change::Request {
            type_name: type_name(kind),
            prior_state: Some(dynamic(prior, shape)),
            proposed_new_state: config.clone(),
            config,
            prior_private: private.to_vec().into(),
            client_capabilities: capabilities(),
            ..Default::default()
        };
        let calls = self.process.calls();
        let answer = self
            .process
            .hear(calls.plan_resource_change(Request::new(request)))
            .await;
        let planned = answer.as_ref().ok().map(|answer| {
            let replaces = !answer.requires_replace.is_empty();
            let planned = decoded(answer.planned_state.as_ref(), shape);
            (planned, answer.planned_private.to_vec(), replaces)
        });
        let heard = self.hears(name, kind, answer.map(|answer| answer.diagnostics));
        planned.filter(|_| heard)
    }

    /// Does what is planned: first what ends, from the last that depends on something, then the
    /// rest.
    async fn apply(self, plan: &BTreeMap<String, Planned>) -> Outcome {
        let ends = |name: &str| {
            let action = plan.get(name).map(|planned| planned.action);
            matches!(action, Some(Action::Delete | Action::Replace))
        };
        let mut backwards: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, held) in self
            .terraform
            .state
            .borrow()
            .iter()
            .filter(|(name, _)| ends(name))
        {
            backwards.entry(name.clone()).or_default();
            for dependency in held.dependencies.iter().filter(|name| ends(name)) {
                backwards
                    .entry(dependency.clone())
                    .or_default()
                    .insert(name.clone());
            }
        }
        let failed = RefCell::new(BTreeSet::new());
        let ended = |name: String| {
            let (this, failed) = (&self, &failed);
            async move {
                let went_well = this.end(&name, &plan[&name]).await;
                if !went_well {
                    failed.borrow_mut().insert(name);
                }
                went_well
            }
        };
        self.walk(backwards, ended).await;
        let done = |name: String| {
            let (this, failed) = (&self, &failed);
            async move {
                let Some(planned) = plan.get(&name) else {
                    return false;
                };
                if failed.borrow().contains(&name) {
                    return false;
                }
                let went_well = match planned.action {
                    Action::Keep => true,
                    _ => this.make(&name).await,
                };
                if let Some(held) = this.held(&name) {
                    this.values.borrow_mut().insert(name, held.value);
                }
                went_well
            }
        };
        self.walk(self.order(), done).await;
        self.process.provider.shut_down();
        self.outcome.into_inner()
    }

    async fn end(&self, name: &str, planned: &Planned) -> bool {
        let Some(held) = self.held(name) else {
            return true;
        };
        let Some(prior) = self.upgraded(name, &held).await else {
            return false;
        };
        let answer = self
            .applied(
                name,
                held.kind,
                &prior,
                &Value::Null,
                &Value::Null,
                &planned.private,
            )
            .await;
        let Some((value, private, went_well)) = answer else {
            return false;
        };
        let mut state = self.terraform.state.borrow_mut();
        match value.is_null() {
            true => drop(state.remove(name)),
            false => drop(state.insert(
                name.to_owned(),
                Held {
                    value,
                    private,
                    ..held
                },
            )),
        }
        went_well
    }

    async fn make(&self, name: &str) -> bool {
        let Some(resource) = self.resource(name) else {
            return true;
        };
        let held = self.held(name);
        let held = match held {
            None => None,
            Some(held) => match self.upgraded(name, &held).await {
                Some(value) => Some(Held { value, ..held }),
                None => return false,
            },
        };
        let config = self.configured(resource);
        let Some((action, planned, private)) = self.decided(resource, held.as_ref(), &config).await
        else {
            return false;
        };
        if action == Action::Replace {
            self.breach(format!("{name} is to be replaced only when it is applied"));
            return false;
        }
        let prior = held.as_ref().map_or(Value::Null, |held| held.value.clone());
        let answer = self
            .applied(name, resource.kind, &prior, &planned, &config, &private)
            .await;
        let Some((value, private, went_well)) = answer else {
            return false;
        };
        if value.is_null() {
            return went_well;
        }
        if went_well && let Some(where_) = differs(&planned, &value, name) {
            self.breach(format!("{where_} is not what was planned"));
        }
        self.hold(resource, value, private, !went_well && prior.is_null());
        went_well
    }

    /// ApplyResourceChange: what there is now, what is noted beside it, whether it went well.
    async fn applied(
        &self,
        name: &str,
        kind: &'static str,
        prior: &Value,
        planned: &Value,
        config: &Value,
        private: &[u8],
    ) -> Option<(Value, Vec<u8>, bool)> {
        let shape = self.terraform.type_of(kind);
        let request = apply_resource_change::Request {
            type_name: type_name(kind),
            prior_state: Some(dynamic(prior, shape)),
            planned_state: Some(dynamic(planned, shape)),
            config: Some(dynamic(config, shape)),
            planned_private: private.to_vec().into(),
            ..Default::default()
        };
        let calls = self.process.calls();
        let answer = self
            .process
            .hear(calls.apply_resource_change(Request::new(request)))
            .await;
        let told = answer.as_ref().ok().map(|answer| {
            (
                decoded(answer.new_state.as_ref(), shape),
                answer.private.to_vec(),
            )
        });
        let went_well = self.hears(name, kind, answer.map(|answer| answer.diagnostics));
        let (value, private) = told?;
        Some((value, private, went_well))
    }

    /// The configuration of a resource, with what is known of those that it refers to.
    fn configured(&self, resource: &Resource) -> Value {
        let kind = self.terraform.type_of(resource.kind);
        let arguments = Json::Object(resource.arguments.clone());
        value_of(&arguments, kind, &self.values.borrow())
    }
}

/// What of an estate's arguments the provider knows: references and changes are said in one way for
/// all islands.
pub fn fitted(mut estate: Estate) -> Estate {
    let provider = IxApiProvider::new();
    for resource in &mut estate.resources {
        let entry = provider.types().find_resource(&type_name(resource.kind));
        let schema = entry.expect("a type of the provider").schema();
        let takes = |name: &String| schema.object.attribute(name).is_some();
        resource.changes = std::mem::take(&mut resource.changes)
            .into_iter()
            .filter(|(name, _)| takes(name))
            .collect();
        resource.arguments = std::mem::take(&mut resource.arguments)
            .into_iter()
            .filter(|(name, _)| name != "external_ref" || takes(name))
            .collect();
    }
    estate
}

fn type_name(kind: &str) -> String {
    format!("ixapi_{kind}")
}

fn capabilities() -> Option<ClientCapabilities> {
    Some(ClientCapabilities {
        write_only_attributes_allowed: true,
        ..Default::default()
    })
}
