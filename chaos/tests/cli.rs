//! The same estates with the real Terraform, and all that has to do with signals: to Terraform, to
//! the provider, in the order, between its answer and the first look, and in the wait.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

use acceptance_tests::config::config;
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::{Running, Workspace};
use fastrand::Rng;
use ixapi_chaos::estate::{Estate, Resource, reference};
use ixapi_chaos::question::Question;
use ixapi_chaos::run::Found;
use ixapi_chaos::summary::Summary;
use ixapi_chaos::terraform::fitted;
use ixapi_chaos::trouble::BLOWS;
use ixapi_sandbox::faults::{Fault, FaultKind};
use serde_json::{Map, Value as Json, json};

/// Objects take so long for each step into service: time enough to be killed in a wait.
const STEP_MS: &str = "400";

/// An answer that is withheld comes so late.
const WITHHELD_MS: u64 = 3000;

/// A run that does not get as far as the trouble ends without it.
const PATIENCE: Duration = Duration::from_secs(60);

/// So often a person answers what they are asked.
const ANSWERS: usize = 6;

/// What strikes.
#[derive(Clone, Copy, Debug)]
enum Strike {
    Blow(usize),
    Signal(Signal),
}

/// A signal, and whom it meets.
#[derive(Clone, Copy, Debug)]
enum Signal {
    Interrupt,
    InterruptTwice,
    Terminate,
    HangUp,
    KillProvider,
    KillTerraform,
    KillBoth,
}

const SIGNALS: [(Signal, &str); 7] = [
    (Signal::Interrupt, "SIGINT"),
    (Signal::InterruptTwice, "SIGINT twice"),
    (Signal::Terminate, "SIGTERM to Terraform"),
    (Signal::HangUp, "SIGHUP"),
    (Signal::KillProvider, "kill -9 of the provider"),
    (Signal::KillTerraform, "kill -9 of Terraform"),
    (Signal::KillBoth, "kill -9 of both"),
];

/// When a signal is sent, as seen from an order or a cancellation.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// It is done, and not answered yet.
    Unanswered,
    /// It is answered.
    Answered,
    /// What came of it is waited for.
    Waiting,
}

const MOMENTS: [(Moment, &str); 3] = [
    (Moment::Unanswered, "in the request"),
    (Moment::Answered, "right after its answer"),
    (Moment::Waiting, "in the wait"),
];

/// What happens in a run.
struct Course {
    seed: u64,
    estate: Estate,
    /// `POST` or `DELETE`.
    method: &'static str,
    /// How many of those pass before.
    skip: usize,
    strike: Strike,
    moment: usize,
}

impl Course {
    fn of_seed(seed: u64) -> Course {
        let mut chance = Rng::with_seed(seed);
        let estate = loop {
            let estate = fitted(Estate::small(&mut chance));
            if estate.resources.len() <= 8 {
                break estate;
            }
        };
        let orders = estate
            .resources
            .iter()
            .filter(|it| !it.objects().is_empty())
            .count();
        let quick: Vec<usize> = (0..BLOWS.len())
            .filter(|blow| {
                let fault = (BLOWS[*blow].1)();
                // A person would have to wait for these.
                fault.kind != FaultKind::Slow && fault.times < 3 && fault.retry_after.is_none()
            })
            .collect();
        let strike = match chance.u32(0..4) {
            0 => Strike::Blow(quick[chance.usize(0..quick.len())]),
            // Every signal at every moment comes by in turn.
            _ => Strike::Signal(SIGNALS[(seed % 7) as usize].0),
        };
        Course {
            seed,
            method: if chance.u32(0..4) == 0 {
                "DELETE"
            } else {
                "POST"
            },
            skip: chance.usize(0..orders),
            strike,
            moment: (seed / 7 % 3) as usize,
            estate,
        }
    }

    fn fault(&self) -> Option<Fault> {
        let fault = match self.strike {
            Strike::Blow(blow) => (BLOWS[blow].1)(),
            Strike::Signal(_) if matches!(MOMENTS[self.moment].0, Moment::Unanswered) => Fault {
                delay_ms: Some(WITHHELD_MS),
                after: true,
                ..Fault::new(FaultKind::Slow)
            },
            Strike::Signal(_) => return None,
        };
        Some(Fault {
            skip: u32::try_from(self.skip).expect("few"),
            // The path spares those who log in.
            ..fault.on(self.method, "/")
        })
    }
}

impl fmt::Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (islands, method, skip) = (self.estate.islands.join(", "), self.method, self.skip);
        write!(
            f,
            "CLI seed {}: {islands}; at {method} #{skip}: ",
            self.seed
        )?;
        match self.strike {
            Strike::Blow(blow) => f.write_str(BLOWS[blow].0),
            Strike::Signal(signal) => write!(f, "{} {}", name_of(signal), MOMENTS[self.moment].1),
        }
    }
}

fn name_of(signal: Signal) -> &'static str {
    SIGNALS[signal as usize].1
}

/// The estate as a configuration in JSON.
fn written(estate: &Estate) -> String {
    fn expression(estate: &Estate, value: &Json) -> Json {
        match value {
            Json::String(text) => match reference(text) {
                None => json!(text),
                Some((name, attribute)) => {
                    json!(format!("${{{}.{attribute}}}", address(estate, name)))
                }
            },
            Json::Array(values) => values.iter().map(|it| expression(estate, it)).collect(),
            Json::Object(values) => {
                let values = values.iter();
                let values = values.map(|(name, it)| (name.clone(), expression(estate, it)));
                Json::Object(values.collect())
            }
            other => other.clone(),
        }
    }
    let mut blocks: BTreeMap<String, Map<String, Json>> = BTreeMap::new();
    for Resource {
        name,
        kind,
        arguments,
        ..
    } in &estate.resources
    {
        let block = expression(estate, &Json::Object(arguments.clone()));
        blocks
            .entry(format!("ixapi_{kind}"))
            .or_default()
            .insert(name.clone(), block);
    }
    json!({ "resource": blocks }).to_string()
}

fn address(estate: &Estate, name: &str) -> String {
    let mut resources = estate.resources.iter();
    let resource = resources
        .find(|it| it.name == name)
        .expect("a resource of the estate");
    format!("ixapi_{}.{name}", resource.kind)
}

struct Life<'a> {
    course: &'a Course,
    sandbox: Sandbox,
    workspace: Workspace,
    found: Found,
}

/// Goes through a course from its beginning to its end.
fn go_through(course: &Course) -> Found {
    let sandbox = Sandbox::start(&["--step-ms", STEP_MS]);
    let mut workspace = Workspace::new(&sandbox, config([]));
    workspace.set("IX_API_ACCOUNT", "A0087999");
    workspace.write("estate.tf.json", written(&course.estate));
    let mut life = Life {
        course,
        sandbox,
        workspace,
        found: Found::default(),
    };
    if course.method == "POST" {
        life.disturbed(Workspace::start_apply);
    }
    life.make_good(|workspace| workspace.apply(&[]));
    life.check();
    if course.method == "DELETE" {
        life.disturbed(Workspace::start_destroy);
    }
    life.make_good(|workspace| workspace.destroy(&[]));
    for object in [life.sandbox.live(), life.sandbox.cancelling()].concat() {
        life.found
            .orphans
            .push(format!("there after all was destroyed: {object}"));
    }
    life.found.requests = life.sandbox.log().0.len() as u64;
    life.found
}

impl Life<'_> {
    fn disturbed(&mut self, start: impl FnOnce(&Workspace) -> Running) {
        let course = self.course;
        if let Some(fault) = course.fault() {
            self.sandbox
                .fault(serde_json::to_value(fault).expect("JSON"));
        }
        let mut running = start(&self.workspace);
        if let Strike::Signal(signal) = course.strike {
            let deadline = Instant::now() + PATIENCE;
            while self.reached() <= course.skip && running.is_running() {
                if Instant::now() > deadline {
                    self.found
                        .wrong
                        .push("it never got as far as the trouble".to_owned());
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            if matches!(MOMENTS[course.moment].0, Moment::Waiting) {
                std::thread::sleep(Duration::from_millis(500));
            }
            if running.is_running() {
                *self.found.signals.entry(name_of(signal)).or_default() += 1;
                send(signal, &running);
            }
        }
        running.finish();
        self.sandbox.forget_faults();
        self.put_back_the_state();
        for entry in &self.sandbox.log().0 {
            if let Some(fault) = entry["fault"].as_str() {
                let what = format!("{fault} at {}", course.method);
                *self.found.struck.entry(what).or_default() += 1;
            }
        }
        self.note_tainted();
        // What was killed by the signal may still be on its way.
        std::thread::sleep(Duration::from_millis(300));
    }

    /// Terraform empties the file of its state before it writes it anew. Whoever finds it empty
    /// after a kill puts the backup in its place; without one there was nothing in it.
    fn put_back_the_state(&mut self) {
        let [state, backup] =
            ["terraform.tfstate", "terraform.tfstate.backup"].map(|name| self.workspace.path(name));
        let is_empty = std::fs::metadata(&state).is_ok_and(|state| state.len() == 0);
        if is_empty && std::fs::copy(&backup, &state).is_ok() {
            let what = "Terraform was killed while it wrote its state".to_owned();
            self.found.asked.push(("state", what));
        }
    }

    /// How many requests of the method the exchange has carried out.
    fn reached(&self) -> usize {
        let log = self.sandbox.log();
        let mut changes = log.changes();
        // One whose answer is withheld has been carried out as well.
        changes.retain(|entry| entry["method"] == self.course.method && !entry["status"].is_null());
        changes.len()
    }

    /// The objects in the state: what names each, its attributes, and whether it is tainted. Read
    /// from the file, since asking Terraform takes as long as a run.
    fn state(&self) -> Vec<(String, Json, bool)> {
        let text = std::fs::read_to_string(self.workspace.path("terraform.tfstate"));
        let state: Json = serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default();
        let resources = state["resources"].as_array().into_iter().flatten();
        let instances = resources.flat_map(|resource| {
            let instances = resource["instances"].as_array().into_iter().flatten();
            instances.map(move |instance| {
                let name = format!("{}.{}", resource["type"], resource["name"]);
                let tainted = instance["status"] == "tainted";
                (name, instance["attributes"].clone(), tainted)
            })
        });
        instances.collect()
    }

    fn note_tainted(&mut self) {
        for (name, _, tainted) in self.state() {
            if tainted {
                self.found.tainted.push(name);
            }
        }
    }

    /// One clean run, with a person who answers what they are asked.
    fn make_good(&mut self, clean: impl Fn(&Workspace) -> Run) {
        for _ in 0..ANSWERS {
            let run = clean(&self.workspace);
            if run.code == Some(0) {
                return;
            }
            let errors = run.errors();
            let asked = errors.iter().map(|error| Question::of(&error.detail));
            for (error, question) in errors.iter().zip(asked.collect::<Vec<_>>()) {
                let Some(question) = question else {
                    self.found.wrong.push(format!("a clean run fails: {run}"));
                    return;
                };
                let kinds = self.course.estate.resources.iter().map(|it| it.kind);
                let kind = error.address.split('.').next().unwrap_or_default();
                let kind = kinds
                    .into_iter()
                    .find(|known| kind == format!("ixapi_{known}"));
                self.found
                    .asked
                    .push((kind.unwrap_or("?"), error.summary.clone()));
                self.answer(&error.address, &question);
            }
        }
        self.found
            .wrong
            .push("a person is asked again and again".to_owned());
    }

    fn answer(&mut self, address: &str, question: &Question) {
        let state = self.state();
        let ids = state.iter().filter_map(|(_, it, _)| it["id"].as_str());
        let held: BTreeSet<String> = ids.map(str::to_owned).collect();
        match question.candidates.iter().find(|id| !held.contains(*id)) {
            None => question.strike(),
            Some(id) => {
                let import = self.workspace.run(&["import", "-input=false", address, id]);
                if import.code != Some(0) {
                    self.found.wrong.push(format!("an import fails: {import}"));
                }
            }
        }
    }

    fn check(&mut self) {
        self.note_tainted();
        let plan = self.workspace.plan(&[]);
        if plan.code != Some(0) {
            self.found
                .wrong
                .push(format!("the plan is not empty: {plan}"));
        }
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        for (collection, count) in self
            .course
            .estate
            .resources
            .iter()
            .flat_map(Resource::objects)
        {
            *expected.entry(collection).or_default() += count;
        }
        let live = self.sandbox.live();
        let mut there: BTreeMap<&str, usize> = BTreeMap::new();
        for object in &live {
            *there
                .entry(object["collection"].as_str().unwrap_or_default())
                .or_default() += 1;
        }
        expected.retain(|_, count| *count > 0);
        if there != expected {
            let what = format!("{there:?} instead of {expected:?}");
            let more = there
                .iter()
                .any(|(it, count)| expected.get(it).is_none_or(|e| e < count));
            match more {
                true => self.found.duplicates.push(what),
                false => self.found.wrong.push(what),
            }
        }
        for entry in self.sandbox.log().of("DELETE", "/") {
            self.found
                .replaced
                .push(format!("DELETE {} although it is wanted", entry["path"]));
        }
    }
}

fn send(signal: Signal, running: &Running) {
    let kill_provider = || {
        running
            .children()
            .iter()
            .for_each(|child| child.signal("KILL"))
    };
    match signal {
        Signal::Interrupt => running.signal_all("INT"),
        Signal::InterruptTwice => {
            running.signal_all("INT");
            std::thread::sleep(Duration::from_millis(200));
            running.signal_all("INT");
        }
        Signal::Terminate => running.signal("TERM"),
        Signal::HangUp => running.signal_all("HUP"),
        Signal::KillProvider => kill_provider(),
        Signal::KillTerraform => running.signal("KILL"),
        Signal::KillBoth => running.signal_all("KILL"),
    }
}

fn runs(seed: u64, count: u64) -> Summary {
    let mut summary = Summary::default();
    for seed in seed..seed + count {
        let course = Course::of_seed(seed);
        let found = go_through(&course);
        summary.add(&found);
        if (seed + 1).is_multiple_of(50) {
            eprintln!("{} runs, {} failed", summary.runs, summary.failed);
        }
        if !found.is_clean() {
            eprintln!("{course}");
            for (what, detail) in found.faults() {
                eprintln!("    {what}: {detail}");
            }
            eprintln!("    Alone: make chaos COUNT=0 CLI=1 SEED={seed}");
        }
    }
    summary
}

/// A few of them each time.
#[test]
fn nothing_is_ordered_twice_or_lost_by_the_real_terraform() {
    let summary = runs(1, 3);
    assert_eq!(summary.failed, 0, "{summary}");
}

/// As many as `CHAOS_CLI_COUNT` says, from `CHAOS_CLI_SEED` on.
#[test]
#[ignore = "takes as long as one asks for: make chaos CLI=300"]
fn as_many_as_one_asks_for() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (seed, count) = (number("CHAOS_CLI_SEED"), number("CHAOS_CLI_COUNT"));
    let summary = runs(seed.unwrap_or(1), count.unwrap_or(300));
    eprintln!("{summary}");
    assert_eq!(summary.failed, 0);
}
