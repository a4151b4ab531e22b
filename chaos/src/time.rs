//! Time that passes only when nothing else happens, so that pauses of minutes cost nothing and
//! every run of a seed takes the same course. The provider's own pauses and timeouts are those of
//! the product: it is the clock that is fast.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::Duration;

use ixapi_sandbox::Control;
use ixapi_sandbox::log::Traffic;
use tokio::task::yield_now;
use tokio::time::{Instant, advance};

/// So many times everybody has a turn without a request coming or going before time passes. What
/// goes through a socket of this machine needs fewer.
const TURNS: u32 = 30;

/// While nothing happens, each step of time is twice as long as the one before, up to this one.
const LONGEST_STEP: Duration = Duration::from_millis(500);

/// The first step of time after something has happened.
const FIRST_STEP: Duration = Duration::from_millis(1);

/// The time of one exchange and of those who use it.
#[derive(Debug)]
pub struct Clock {
    control: Control,
    /// Virtual milliseconds that the exchange has not been told of yet.
    owed: Cell<u64>,
}

impl Clock {
    /// The time of this exchange. The runtime has to be one whose time is paused.
    pub fn new(control: Control) -> Clock {
        Clock {
            control,
            owed: Cell::new(0),
        }
    }

    /// Lets time pass for as long as this is awaited. `watch` sees every request that comes or is
    /// carried out, and the time.
    pub async fn pass(&self, watch: impl Fn(Traffic, Instant)) -> Infallible {
        let mut last = self.control.traffic();
        let (mut quiet, mut step) = (0, FIRST_STEP);
        loop {
            yield_now().await;
            let now = self.control.traffic();
            watch(now, Instant::now());
            if now != last {
                (last, quiet, step) = (now, 0, FIRST_STEP);
                continue;
            }
            quiet += 1;
            if quiet >= TURNS {
                advance(step).await;
                self.tell(step);
                // Whoever was woken up needs some turns before it is seen at the exchange.
                quiet = TURNS / 2;
                step = (step * 2).min(LONGEST_STEP);
            }
        }
    }

    fn tell(&self, step: Duration) {
        let owed = self.owed.get() + u64::try_from(step.as_millis()).unwrap_or(u64::MAX);
        let whole = Duration::from_secs(owed / 1000);
        if !whole.is_zero() {
            self.control.advance(whole);
        }
        self.owed.set(owed % 1000);
    }
}
