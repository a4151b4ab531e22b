//! What goes wrong: blows of the exchange at one request, and signals at a moment.

use std::fmt;
use std::time::Duration;

use fastrand::Rng;
use ixapi_sandbox::faults::{Fault, FaultKind};

/// What a run does when trouble strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Everything is ordered.
    Create,
    /// Everything is changed.
    Update,
    /// Everything is only looked at.
    Look,
    /// Everything is cancelled.
    Destroy,
}

/// All phases, in their order.
pub const PHASES: [Phase; 4] = [Phase::Create, Phase::Update, Phase::Look, Phase::Destroy];

impl Phase {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Create => "create",
            Phase::Update => "update",
            Phase::Look => "look",
            Phase::Destroy => "destroy",
        }
    }
}

/// A fault of the exchange, or of what is in front of it.
pub type Blow = (&'static str, fn() -> Fault);

fn status(code: u16, after: bool) -> Fault {
    Fault {
        status: Some(code),
        after,
        ..Fault::new(FaultKind::Problem)
    }
}

fn page(code: u16, after: bool) -> Fault {
    Fault {
        status: Some(code),
        after,
        ..Fault::new(FaultKind::Html)
    }
}

/// Slower than anybody waits: the provider's own timeout comes first.
const FOR_EVER_MS: u64 = 3_600_000;

fn slow(after: bool) -> Fault {
    Fault {
        delay_ms: Some(FOR_EVER_MS),
        after,
        ..Fault::new(FaultKind::Slow)
    }
}

/// Everything that can go wrong at a request.
pub const BLOWS: [Blow; 24] = [
    ("cut before acting", || Fault::new(FaultKind::CutBefore)),
    ("cut after acting", || Fault::new(FaultKind::CutAfter)),
    ("429 with Retry-After", || Fault {
        retry_after: Some(7),
        ..Fault::new(FaultKind::RateLimited)
    }),
    ("429", || status(429, false)),
    ("500", || status(500, false)),
    ("500 after acting", || status(500, true)),
    ("502 page", || page(502, false)),
    ("502 page after acting", || page(502, true)),
    ("503", || status(503, false)),
    ("503 after acting", || status(503, true)),
    ("503 with Retry-After", || Fault {
        retry_after: Some(3),
        ..Fault::new(FaultKind::Unavailable)
    }),
    ("504 page", || page(504, false)),
    ("504 page after acting", || page(504, true)),
    ("404 page", || page(404, false)),
    ("403", || status(403, false)),
    ("truncated JSON", || Fault::new(FaultKind::Truncated)),
    ("notice", || Fault::new(FaultKind::Notice)),
    ("notice after acting", || Fault {
        after: true,
        ..Fault::new(FaultKind::Notice)
    }),
    ("never done, never answered", || slow(false)),
    ("done, never answered", || slow(true)),
    ("expired token", || Fault::new(FaultKind::ExpiredToken)),
    // As long as the provider repeats a request: it gives up.
    ("503 eight times", || Fault {
        times: 8,
        ..status(503, false)
    }),
    ("cut eight times", || Fault {
        times: 8,
        ..Fault::new(FaultKind::CutBefore)
    }),
    ("cut after acting twice", || Fault {
        times: 2,
        ..Fault::new(FaultKind::CutAfter)
    }),
];

/// A signal, or what one leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The provider is killed; Terraform goes on to its end.
    KillProvider,
    /// Terraform is killed, and with it the provider. The state has what it was told so far.
    KillTerraform,
    /// Terraform is killed before it wrote any of its state.
    KillTerraformUnwritten,
    /// Ctrl-C, once.
    Interrupt,
    /// Ctrl-C, twice at once: what is answered after that is in no state.
    InterruptTwice,
}

/// All signals.
pub const SIGNALS: [Signal; 5] = [
    Signal::KillProvider,
    Signal::KillTerraform,
    Signal::KillTerraformUnwritten,
    Signal::Interrupt,
    Signal::InterruptTwice,
];

impl Signal {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Signal::KillProvider => "provider killed",
            Signal::KillTerraform => "Terraform killed",
            Signal::KillTerraformUnwritten => "Terraform killed, state not written",
            Signal::Interrupt => "interrupted",
            Signal::InterruptTwice => "interrupted twice",
        }
    }
}

/// A blow at a request.
#[derive(Clone, Debug)]
pub struct Struck {
    /// Which, of [`BLOWS`].
    pub blow: usize,
    /// Only requests of this method count.
    pub method: Option<&'static str>,
    /// How many such requests pass before it.
    pub skip: u32,
}

/// A signal at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Which.
    pub signal: Signal,
    /// After this many requests of the phase have been carried out.
    pub requests: u64,
    /// So long after that.
    pub delay: Duration,
    /// Whether the answer to the last of them is withheld: then it strikes between the deed and its
    /// answer.
    pub unanswered: bool,
}

/// All that goes wrong in a phase.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// When.
    pub phase: Phase,
    /// Blows.
    pub blows: Vec<Struck>,
    /// A signal.
    pub signal: Option<Sent>,
}

impl Trouble {
    /// One blow at the request of this index of a phase.
    pub fn at(phase: Phase, blow: usize, skip: u32) -> Trouble {
        Trouble {
            phase,
            blows: vec![Struck {
                blow,
                method: None,
                skip,
            }],
            signal: None,
        }
    }

    /// Some trouble in a phase of an estate with so many resources.
    pub fn random(phase: Phase, resources: usize, chance: &mut Rng) -> Trouble {
        let size = u32::try_from(resources).unwrap_or(u32::MAX);
        let mut trouble = Trouble {
            phase,
            blows: Vec::new(),
            signal: None,
        };
        let signalled = phase != Phase::Look && chance.u32(0..4) == 0;
        for _ in 0..(if signalled {
            chance.u32(0..2)
        } else {
            chance.u32(1..=3)
        }) {
            let change = match phase {
                Phase::Create => Some("POST"),
                Phase::Update => Some("PATCH"),
                Phase::Destroy => Some("DELETE"),
                Phase::Look => None,
            };
            // Changes are few among looks, and matter more.
            let method = change.filter(|_| chance.bool());
            let among = if method.is_some() { size } else { 8 * size };
            trouble.blows.push(Struck {
                blow: chance.usize(0..BLOWS.len()),
                method,
                skip: chance.u32(0..among),
            });
        }
        if signalled {
            let delays = [0, 0, 1, 50, 400, 1500, 4000];
            trouble.signal = Some(Sent {
                signal: SIGNALS[chance.usize(0..SIGNALS.len())],
                requests: chance.u64(1..=u64::from(8 * size)),
                delay: Duration::from_millis(delays[chance.usize(0..delays.len())]),
                unanswered: chance.bool(),
            });
        }
        trouble
    }

    /// The faults that it makes of the exchange.
    pub fn faults(&self) -> Vec<Fault> {
        let blows = self.blows.iter().map(|struck| Fault {
            method: struck.method.map(str::to_owned),
            skip: struck.skip,
            ..(BLOWS[struck.blow].1)()
        });
        let withheld = self
            .signal
            .filter(|sent| sent.unanswered)
            .map(|sent| Fault {
                skip: u32::try_from(sent.requests.saturating_sub(1)).unwrap_or(u32::MAX),
                ..slow(true)
            });
        blows.chain(withheld).collect()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.phase.name())?;
        for Struck { blow, method, skip } in &self.blows {
            let method = method.unwrap_or("any request");
            write!(f, " [{} at {method} #{skip}]", BLOWS[*blow].0)?;
        }
        if let Some(sent) = &self.signal {
            let unanswered = if sent.unanswered {
                ", the last unanswered"
            } else {
                ""
            };
            let (signal, delay) = (sent.signal.name(), sent.delay.as_millis());
            write!(
                f,
                " [{signal} {delay} ms after request {}{unanswered}]",
                sent.requests
            )?;
        }
        Ok(())
    }
}
