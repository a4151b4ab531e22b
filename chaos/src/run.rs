//! One life of an estate: ordered, changed, looked at and cancelled, in trouble wherever its course
//! says so, and after each trouble made good by one clean apply. What is counted then must be zero.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use ixapi_sandbox::log::Entry;
use ixapi_sandbox::{Running, Settings};
use serde_json::{Map, Value as Json, json};
use tokio::time::Instant;

use crate::estate::Estate;
use crate::question::Question;
use crate::terraform::{Action, Complaint, Folder, Outcome, Reins, Terraform, fitted};
use crate::time::Clock;
use crate::trouble::{PHASES, Phase, Sent, Signal, Trouble};

/// Objects take so long for each step into service, in milliseconds of their own time.
const STEP_MS: u64 = 1500;

/// No phase takes that long.
const LONGEST_PHASE: Duration = Duration::from_secs(30 * 24 * 3600);

const TWO_DAYS: Duration = Duration::from_secs(48 * 3600);

/// One seed in so many has the whole estate.
const WHOLE_ONE_IN: u64 = 50;

/// So often a person answers what they are asked before they give up.
const PATIENCE: usize = 8;

/// What happens in a run.
#[derive(Clone, Debug)]
pub struct Course {
    /// How a person finds it again.
    pub name: String,
    /// What is configured.
    pub estate: Estate,
    /// What goes wrong.
    pub troubles: Vec<Trouble>,
    /// Whether it is changed and looked at as well.
    pub whole: bool,
    /// Whether the notes of what was ordered are lost with the run that was killed.
    pub forgets: bool,
}

impl Course {
    /// An estate, and one blow at the request of this index of a phase.
    pub fn of_case(island: &str, phase: Phase, blow: usize, index: u32) -> Course {
        let name = format!("case {island} {} {blow} {index}", phase.name());
        Course {
            name,
            estate: Estate::of(&[island], &mut Rng::with_seed(u64::from(index))),
            troubles: vec![Trouble::at(phase, blow, index)],
            whole: matches!(phase, Phase::Update | Phase::Look),
            forgets: false,
        }
    }

    /// Terraform is killed while it orders, before it wrote its state, and the folder with the
    /// notes is lost as well; everything has a reference of its own where there are such, or
    /// nothing has.
    pub fn of_loss(seed: u64, islands: &[&str], referenced: bool) -> Course {
        let mut chance = Rng::with_seed(seed);
        let mut estate = Estate::of(islands, &mut chance);
        for resource in &mut estate.resources {
            let reference = format!("ref-{}", resource.name);
            match referenced && crate::estate::may_be_referenced(resource.kind) {
                true => resource
                    .arguments
                    .insert("external_ref".into(), json!(reference)),
                false => resource.arguments.remove("external_ref"),
            };
        }
        let signal = Sent {
            signal: Signal::KillTerraformUnwritten,
            requests: chance.u64(10..=6 * estate.resources.len() as u64 + 10),
            delay: Duration::ZERO,
            unanswered: false,
        };
        let trouble = Trouble {
            phase: Phase::Create,
            blows: Vec::new(),
            signal: Some(signal),
        };
        Course {
            name: format!("loss {seed}"),
            estate,
            troubles: vec![trouble],
            whole: false,
            forgets: true,
        }
    }

    /// The course of a seed.
    pub fn of_seed(seed: u64) -> Course {
        let mut chance = Rng::with_seed(seed);
        let estate = match seed % WHOLE_ONE_IN {
            0 => Estate::whole(&mut chance),
            _ => Estate::small(&mut chance),
        };
        let resources = estate.resources.len();
        let mut troubles = Vec::new();
        while troubles.is_empty() {
            for phase in PHASES {
                // Most of it goes wrong when things are ordered.
                let likely = if phase == Phase::Create { 80 } else { 40 };
                if chance.u32(0..100) < likely {
                    troubles.push(Trouble::random(phase, resources, &mut chance));
                }
            }
        }
        Course {
            name: format!("seed {seed}"),
            estate,
            troubles,
            whole: true,
            forgets: false,
        }
    }
}

impl Course {
    /// The command that repeats it alone.
    pub fn alone(&self) -> String {
        match self.name.split_once(' ') {
            Some(("seed", seed)) => format!("make chaos SEED={seed} COUNT=1"),
            Some(("loss", seed)) => format!("CHAOS_TELL=1 scripts/chaos.sh loss {seed} 1"),
            _ => format!("scripts/chaos.sh {}", self.name),
        }
    }
}

impl fmt::Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} resources ({})",
            self.name,
            self.estate.resources.len(),
            self.estate.islands.join(", ")
        )?;
        for trouble in &self.troubles {
            write!(f, "\n    {trouble}")?;
        }
        Ok(())
    }
}

/// What was found in a run.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How often each trouble struck.
    pub struck: BTreeMap<String, usize>,
    /// How often a signal was sent.
    pub signals: BTreeMap<&'static str, usize>,
    /// Objects that exist more often than they are configured.
    pub duplicates: Vec<String>,
    /// Objects that exist and are in no state, at the end of all too.
    pub orphans: Vec<String>,
    /// Objects that were ended or are to be replaced although nobody wanted that.
    pub replaced: Vec<String>,
    /// Objects that are tainted.
    pub tainted: Vec<String>,
    /// Objects that were to be there and are not, plans that are not empty, clean runs that fail.
    pub wrong: Vec<String>,
    /// What a person was asked: the kind of the resource, and the question.
    pub asked: Vec<(&'static str, String)>,
    /// How many requests the exchange was sent.
    pub requests: u64,
}

impl Found {
    /// Whether nothing was found that must not be.
    pub fn is_clean(&self) -> bool {
        self.faults().next().is_none()
    }

    /// All that must not be.
    pub fn faults(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let all = [
            ("ordered twice", &self.duplicates),
            ("orphan", &self.orphans),
            ("replaced", &self.replaced),
            ("tainted", &self.tainted),
            ("wrong", &self.wrong),
        ];
        all.into_iter()
            .flat_map(|(what, list)| list.iter().map(move |it| (what, it)))
    }
}

/// Goes through a course from its beginning to its end.
pub fn go_through(course: &Course) -> Found {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(live(course))
}

/// A folder in memory where there is one: each note is synced to it.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    builder.prefix("ixapi-chaos-");
    let made = match memory.is_dir() {
        true => builder.tempdir_in(memory),
        false => builder.tempdir(),
    };
    made.expect("a temporary folder")
}

fn arguments(exchange: &Running) -> Map<String, Json> {
    let arguments = json!({
        "api": exchange.api_url(), "auth": "oauth2", "api_key": exchange.client_id(),
        "api_secret": exchange.client_secret(), "oauth2_token_url": exchange.token_url(),
        "account": "A0087999",
    });
    arguments.as_object().cloned().unwrap_or_default()
}

async fn live(course: &Course) -> Found {
    let settings = Settings {
        step_ms: Some(STEP_MS),
        token_lifetime: Some(1_000_000_000),
        ..Settings::default()
    };
    let exchange = Running::start(settings).await.expect("an exchange");
    let notes = scratch();
    let folder = Folder {
        provider: arguments(&exchange),
        journal: notes.path().join("orders"),
    };
    let terraform = Terraform::new(&folder);
    let estate = fitted(course.estate.clone());
    let changed = estate.changed();
    let nothing = estate.emptied();
    let mut life = Life {
        course,
        clock: Clock::new(exchange.control().clone()),
        exchange: &exchange,
        terraform: &terraform,
        notes: &folder.journal,
        complete: false,
        found: Found::default(),
    };
    life.phase(Phase::Create, &estate).await;
    life.make_good(&estate).await;
    life.check(&estate, "after it was ordered").await;
    life.complete = true;
    if course.whole {
        let ids = life.ids();
        life.phase(Phase::Update, &changed).await;
        life.make_good(&changed).await;
        life.check(&changed, "after it was changed").await;
        life.phase(Phase::Look, &changed).await;
        life.check(&changed, "after it was looked at").await;
        if life.found.is_clean() && life.ids() != ids {
            let what = format!("{ids:?} became {:?}", life.ids());
            life.found.replaced.push(what);
        }
    }
    life.nothing_was_cancelled();
    life.phase(Phase::Destroy, &nothing).await;
    life.make_good(&nothing).await;
    life.nothing_is_left();
    life.found.requests = exchange.control().traffic().arrived;
    life.found
}

struct Life<'a> {
    course: &'a Course,
    clock: Clock,
    exchange: &'a Running,
    terraform: &'a Terraform<'a>,
    /// Where orders are noted.
    notes: &'a Path,
    /// Whether everything has been ordered.
    complete: bool,
    found: Found,
}

/// What ended a phase.
enum Ended {
    Ran(Outcome),
    Killed,
}

impl Life<'_> {
    fn ids(&self) -> BTreeMap<String, String> {
        let state = self.terraform.state.borrow();
        state
            .iter()
            .map(|(name, held)| (name.clone(), held.id().to_owned()))
            .collect()
    }

    /// Plans or applies, in trouble if the course says so.
    async fn phase(&mut self, phase: Phase, estate: &Estate) {
        let Some(trouble) = self.course.troubles.iter().find(|it| it.phase == phase) else {
            if phase != Phase::Look {
                let outcome = self
                    .calmly(self.terraform.apply(estate, &Reins::default()))
                    .await;
                self.take_down(phase, outcome);
            }
            return;
        };
        let control = self.exchange.control();
        control
            .faults(trouble.faults())
            .expect("faults that make sense");
        let before = self.terraform.state.borrow().clone();
        let seen = self.exchange.log().len();
        let (reins, killed) = (Reins::default(), Cell::new(false));
        let written = OnceCell::new();
        let (start, since) = (control.traffic(), Cell::new(None));
        let watch = |traffic: ixapi_sandbox::log::Traffic, now: Instant| {
            let Some(sent) = trouble.signal else { return };
            if since.get().is_none() && traffic.finished - start.finished >= sent.requests {
                since.set(Some(now));
            }
            if since.get().is_some_and(|since| now >= since + sent.delay) {
                match sent.signal {
                    Signal::KillProvider => reins.kill_provider(),
                    Signal::Interrupt => reins.interrupt(),
                    Signal::InterruptTwice => {
                        written.get_or_init(|| self.terraform.state.borrow().clone());
                        reins.interrupt();
                    }
                    Signal::KillTerraform | Signal::KillTerraformUnwritten => killed.set(true),
                }
            }
        };
        let running = async {
            match phase {
                Phase::Look => self.terraform.plan(estate, &reins).await,
                _ => self.terraform.apply(estate, &reins).await,
            }
        };
        let ended = {
            let dying = async {
                while !killed.get() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = dying => Ended::Killed,
                outcome = running => Ended::Ran(outcome),
                never = self.clock.pass(watch) => match never {},
            }
        };
        if let (Some(sent), Some(_)) = (trouble.signal, since.get()) {
            *self.found.signals.entry(sent.signal.name()).or_default() += 1;
            if sent.signal == Signal::KillTerraformUnwritten && matches!(ended, Ended::Killed) {
                self.terraform.state.replace(before);
            }
            if let Some(written) = written.into_inner() {
                self.terraform.state.replace(written);
            }
        }
        if self.course.forgets && matches!(ended, Ended::Killed) {
            // Nothing was noted if nothing had been ordered.
            let _ = fs::remove_dir_all(self.notes);
        }
        control.forget_faults();
        for entry in &self.exchange.log()[seen..] {
            if let Some(fault) = entry.fault {
                let what = format!("{fault} at {} in {}", entry.method, phase.name());
                *self.found.struck.entry(what).or_default() += 1;
            }
        }
        if let Ended::Ran(outcome) = ended {
            self.take_down(phase, Some(outcome));
        }
        // What was on its way when somebody was killed arrives, or does not.
        self.calmly(tokio::time::sleep(Duration::from_secs(5)))
            .await;
    }

    /// Lets time pass until this is done.
    async fn calmly<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = tokio::time::sleep(LONGEST_PHASE) => {
                self.found.wrong.push("it goes on for ever".to_owned());
                None
            }
            never = self.clock.pass(|_, _| ()) => match never {},
        }
    }

    /// What may never happen in any run, however much goes wrong.
    fn take_down(&mut self, phase: Phase, outcome: Option<Outcome>) {
        let Some(outcome) = outcome else { return };
        if std::env::var_os("CHAOS_TELL").is_some() {
            eprintln!("--- {}: {:?}", phase.name(), outcome.actions);
            outcome
                .complaints
                .iter()
                .for_each(|complaint| eprintln!("    {complaint}"));
        }
        self.found.wrong.extend(outcome.breaches);
        for (name, kind) in self.terraform.tainted() {
            self.found
                .tainted
                .push(format!("{kind} {name} in {}", phase.name()));
        }
        let unwanted = |action: Action| match action {
            Action::Replace => true,
            Action::Delete => phase != Phase::Destroy,
            // Nothing has ended: whatever is planned anew was lost.
            Action::Create => self.complete,
            _ => false,
        };
        for (name, action) in outcome
            .actions
            .into_iter()
            .filter(|(_, action)| unwanted(*action))
        {
            self.found
                .replaced
                .push(format!("{action:?} of {name} in {}", phase.name()));
        }
    }

    /// One clean apply, with a person who answers what they are asked.
    async fn make_good(&mut self, estate: &Estate) {
        let phase = match estate.resources.is_empty() {
            true => Phase::Destroy,
            false => Phase::Create,
        };
        for _ in 0..PATIENCE {
            let applied = self
                .calmly(self.terraform.apply(estate, &Reins::default()))
                .await;
            let Some(outcome) = applied else { return };
            let complaints = outcome.complaints.clone();
            self.take_down(phase, Some(outcome));
            if complaints.is_empty() {
                return;
            }
            for complaint in complaints {
                match Question::of(&complaint.detail) {
                    Some(question) => {
                        self.found
                            .asked
                            .push((complaint.kind, complaint.summary.clone()));
                        self.answer(estate, &complaint, &question).await;
                    }
                    None => {
                        self.found
                            .wrong
                            .push(format!("a clean apply fails: {complaint}"));
                        return;
                    }
                }
            }
        }
        self.found
            .wrong
            .push("a person is asked again and again".to_owned());
    }

    /// Imports what is in no state, or says that nothing came of an order.
    async fn answer(&mut self, estate: &Estate, complaint: &Complaint, question: &Question) {
        let held: BTreeSet<String> = self.ids().into_values().collect();
        let lost = question
            .candidates
            .iter()
            .find(|id| !held.contains(*id))
            .cloned();
        match lost {
            Some(id) => {
                let import = self.terraform.import(estate, &complaint.name, &id);
                if let Some(Err(complaint)) = self.calmly(import).await {
                    self.found
                        .wrong
                        .push(format!("the import of {id} fails: {complaint}"));
                }
            }
            None => question.strike(),
        }
    }

    /// The plan is empty, and the exchange has what the configuration says, no more and no less.
    async fn check(&mut self, estate: &Estate, when: &str) {
        let planned = self
            .calmly(self.terraform.plan(estate, &Reins::default()))
            .await;
        let Some(planned) = planned else { return };
        for complaint in &planned.complaints {
            self.found
                .wrong
                .push(format!("the plan fails {when}: {complaint}"));
        }
        if !planned.actions.is_empty() {
            let actions = &planned.actions;
            self.found
                .wrong
                .push(format!("the plan is not empty {when}: {actions:?}"));
        }
        self.found.wrong.extend(planned.breaches);
        let mut expected: BTreeMap<String, usize> = BTreeMap::new();
        for (collection, count) in estate
            .resources
            .iter()
            .flat_map(|resource| resource.objects())
        {
            *expected.entry(collection.to_owned()).or_default() += count;
        }
        expected.retain(|_, count| *count > 0);
        let live = self.exchange.control().live();
        let there: BTreeMap<String, usize> =
            serde_json::from_value(live["live"]["counts"].clone()).expect("counts");
        for collection in expected.keys().chain(there.keys()).collect::<BTreeSet<_>>() {
            let wanted = expected.get(collection).copied().unwrap_or_default();
            let count = there.get(collection).copied().unwrap_or_default();
            let what = format!("{count} {collection} instead of {wanted} {when}");
            match count.cmp(&wanted) {
                std::cmp::Ordering::Greater => self.found.duplicates.push(what),
                std::cmp::Ordering::Less => self.found.wrong.push(what),
                std::cmp::Ordering::Equal => {}
            }
        }
        let ids = self.ids();
        let known: BTreeSet<&String> = ids.values().collect();
        if known.len() != ids.len() {
            self.found
                .wrong
                .push(format!("one object is in the state twice {when}: {ids:?}"));
        }
        let ends_alone = ["port-reservations", "role-assignments"];
        for object in live["live"]["objects"].as_array().into_iter().flatten() {
            let (collection, id) = (&object["collection"], &object["id"]);
            let alone = collection
                .as_str()
                .is_some_and(|name| ends_alone.contains(&name));
            if !alone && !ids.values().any(|known| id == known) {
                self.found
                    .orphans
                    .push(format!("{collection} {id} is in no state {when}"));
            }
        }
        if live["cancelling"]["total"] != 0 {
            let cancelling = &live["cancelling"]["objects"];
            self.found
                .replaced
                .push(format!("cancelled {when}: {cancelling}"));
        }
    }

    /// Nothing was given up in all the history so far.
    fn nothing_was_cancelled(&mut self) {
        let done = |entry: &&Entry| {
            let acted = entry.status.is_none_or(|status| status < 300) || entry.fault.is_some();
            entry.method == "DELETE" && acted
        };
        for entry in self.exchange.log().iter().filter(done) {
            self.found
                .replaced
                .push(format!("DELETE {} although it is wanted", entry.path));
        }
    }

    /// The estate is gone, at the exchange and in the state.
    fn nothing_is_left(&mut self) {
        let left = self.ids();
        if !left.is_empty() {
            self.found
                .wrong
                .push(format!("still in the state at the end: {left:?}"));
        }
        let control = self.exchange.control();
        let live = control.live();
        // What is cancelled around midnight ends on the next day.
        control.advance(TWO_DAYS);
        let later = control.live();
        for (what, live) in [("live", &live), ("live", &later), ("cancelling", &later)] {
            if live[what]["total"] != 0 {
                let objects = &live[what]["objects"];
                self.found
                    .orphans
                    .push(format!("{what} after all was destroyed: {objects}"));
            }
        }
    }
}
