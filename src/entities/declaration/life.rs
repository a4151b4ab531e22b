//! What happens to an object between its beginning and its end.

use crate::ixapi::State;

use super::collection::Collection;

/// How the objects of a collection live.
#[derive(Clone, Copy, Debug)]
pub enum Life {
    /// They are there once created and gone once deleted (a contact), or always there (a pop).
    Immediate,
    /// They are provisioned, changed and decommissioned over time (a port).
    Provisioned(&'static Provisioning),
}

/// How a provisioned object lives.
#[derive(Debug)]
pub struct Provisioning {
    /// The state that create and update wait for unless `wait_for_state` says otherwise; `None`
    /// where only later orders can bring the object further.
    pub waits_for: Option<State>,
    /// Why that one, for the documentation.
    pub because: &'static str,
    /// What it goes on with, if not by itself: the field that holds the id, and what it is of. What
    /// that is asked for holds this up, too.
    pub goes_on_with: Option<(&'static str, &'static Collection)>,
    /// Whether state `error` may be a rest rather than a fault.
    pub rests_in_error: RestsInError,
    /// Whether a cancelled order is no more; otherwise the exchange keeps it until it is deleted.
    pub cancelled_is_gone: bool,
    /// Whether the exchange tells when a cancelled one would end, and until when it is billed.
    pub has_cancellation_policy: bool,
    /// What of other parties the exchange ends with it, and need not show: a sentence.
    pub takes_along: Option<&'static str>,
    /// Status tags that are a normal part of an order's way, and no news to anybody.
    pub expected_tags: &'static [&'static str],
}

/// When an object rests, in state `error` as a rule, until something else is ordered for it, so
/// that waiting for more would hold that very order up; or until a person has acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestsInError {
    /// Never: an error is one.
    Never,
    /// Wherever it stands, while a grave status message asks for what a person has to do.
    WhileAsked,
    /// While every status message that says what is wrong has one of these tags.
    WithTags(&'static [&'static str]),
}
