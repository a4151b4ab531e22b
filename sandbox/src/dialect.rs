//! How exchanges differ: quirks, each a switch of its own, and the dialects that bundle them.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// One way in which an exchange differs from the plainest reading of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quirk {
    /// A change is answered with 200 instead of 202.
    PatchAnswers200,
    /// A cloud circuit cannot be cancelled before its configs are gone.
    CloudConfigsFirst,
    /// A cloud circuit with one VLAN on the provider's side has `cloud_vlan` 0, not null.
    CloudVlanZero,
    /// Circuits can be ordered with a service key, through the extension `inxn-servicekey-v1`.
    ServiceKeys,
    /// Extensions are at the root of the host instead of below the API.
    ExtensionsAtRoot,
    /// The list of extensions does not say which there are.
    ExtensionsUnlisted,
    /// The answer to a change shows the old references and capacity, as the reads after it do.
    PatchAnswersLag,
    /// Fields that hold nothing, and some that do, are absent.
    LeavesOut,
    /// Offerings spell the ids of required roles in upper case.
    UpperCaseRoles,
    /// A list with nothing in it is null.
    NullLists,
    /// Whole numbers are answered as text.
    NumbersAsText,
    /// A list of one object is answered as that object.
    OneIsNoList,
    /// The port reservations of a new connection are not in it at first.
    ReservationsComeLater,
    /// VLANs and quantities are taken as text, too.
    TakesTextForNumbers,
    /// A change may call the object by another type than it has.
    IgnoresTypeOfChange,
    /// The order of a port reservation may say which state it is to have.
    IgnoresStateOfOrder,
    /// No connection without an `lacp_timeout`, not even a single port.
    DemandsLacpTimeout,
}

/// The quirks that belong together, as exchanges of one kind show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// The specification, read plainly.
    Plain,
    /// IX-API 2.7.1, with all that it allows.
    IxApi,
    /// As the guides of Digital Realty show it.
    DigitalRealty,
}

impl Dialect {
    /// Its quirks.
    pub fn quirks(self) -> &'static [Quirk] {
        match self {
            Dialect::Plain | Dialect::IxApi => &[],
            Dialect::DigitalRealty => &[
                Quirk::PatchAnswers200,
                Quirk::ServiceKeys,
                Quirk::PatchAnswersLag,
                Quirk::LeavesOut,
                Quirk::UpperCaseRoles,
                Quirk::NullLists,
                Quirk::NumbersAsText,
                Quirk::OneIsNoList,
                Quirk::ReservationsComeLater,
                Quirk::TakesTextForNumbers,
                Quirk::IgnoresTypeOfChange,
                Quirk::IgnoresStateOfOrder,
                Quirk::DemandsLacpTimeout,
            ],
        }
    }

    /// Seconds for which reads still show the references and the capacity from before a change.
    pub fn metadata_lag(self) -> u32 {
        match self {
            Dialect::Plain | Dialect::IxApi => 0,
            Dialect::DigitalRealty => 2,
        }
    }
}
