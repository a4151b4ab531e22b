//! Which exchange an object is at. Its id means nothing at another: there it is nobody's, which
//! must not be taken for gone, or somebody else's.

use crate::ixapi::Setting;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;

use super::configuration::{ONCE_REACHED_AT, how_to_set};
use super::messages;
use super::remote::Remote;

/// Under which name that is noted beside the state.
const EXCHANGE: &str = "exchange";

/// Notes that the object is at the exchange of this host.
pub fn note(call: &Call<'_>, host: &str) {
    call.note(EXCHANGE, Some(host.into()));
}

/// Whether it is noted where the object is: of every one that was ordered or imported here, it is.
pub fn is_noted(call: &Call<'_>) -> bool {
    call.noted(EXCHANGE).is_some()
}

impl Remote<'_> {
    /// Whether the object is at this exchange, as far as was noted. Notes it from now on.
    ///
    /// # Errors
    /// That it is at another one.
    pub fn is_here(&self, call: &Call<'_>) -> Result<(), Diagnostics> {
        let noted = call.noted(EXCHANGE);
        let there = noted.as_ref().and_then(|noted| noted.as_str());
        let moved = &self.session.defaults().former_hosts;
        match there {
            Some(there) if there != self.home.host() && !moved.iter().any(|host| host == there) => {
                Err(self.is_at(there).into())
            }
            _ => {
                note(call, self.home.host());
                Ok(())
            }
        }
    }

    fn is_at(&self, there: &str) -> Diagnostic {
        Diagnostic::error(
            format!(
                "{} is at another exchange",
                messages::sentence(&self.the_object())
            ),
            format!(
                "{}: it is at {there}, and the provider is configured for {}. Nothing was asked, \
                 ordered or changed, and the state is as it was.\n\nIf that is the wrong exchange, \
                 correct {}. If it is the same one under a new name, add {ONCE_REACHED_AT} = \
                 [{there:?}] to the provider.",
                self.name(),
                self.home.host(),
                how_to_set(Setting::Api)
            ),
        )
    }
}
