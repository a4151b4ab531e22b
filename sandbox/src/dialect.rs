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
    /// What happened to a circuit is told with moments that lack their zone.
    ZonelessMoments,
    /// The status of a circuit tells when it was requested, and not what it waits for.
    StatusTellsThePast,
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
    /// A change must be sent as `application/merge-patch+json`; anything else is answered with 415.
    MergePatchOnly,
    /// The `detail` of a problem is a list.
    ProblemDetailList,
    /// The `detail` of a problem is an object.
    ProblemDetailObject,
    /// Problem types are addresses of the exchange's own, without `.html`.
    ProblemTypesElsewhere,
    /// A body that is no JSON object is a `parse-error`.
    ParseErrors,
    /// Problems have an `instance`: the number of an incident, for the exchange's support.
    ProblemInstances,
    /// Refused properties tell the `value`, and of VLANs the `available_ranges`.
    AvailableRanges,
    /// Tokens for an api key are answered with 200 instead of 201.
    TokenAnswers200,
    /// Tokens for an api key are no JWT, and nobody says how long they live.
    OpaqueTokens,
    /// Tokens for an api key do not say when they were issued.
    TokensLackIat,
    /// The version of `/health` is a number, its status is `up`.
    HealthUp,
    /// Moments are spelled with a space, a fraction and an offset.
    OddMoments,
    /// Moments are cut down to their days.
    DaysForMoments,
    /// Texts that are null are answered as `""`.
    EmptyForNull,
    /// What is unset is 0 or `""`: the tags and the capacity of a config, the ports of an object.
    ZeroForUnset,
    /// Values of a known set are answered in upper case.
    UpperCaseEnums,
    /// MAC addresses are answered in upper case.
    UpperCaseMacs,
    /// IPv6 addresses are written out in full.
    Ipv6InFull,
    /// Objects that are ordered get short numbers for ids.
    NumericIds,
    /// Ids have what paths and queries have to encode: a colon, a slash, a plus, an equals sign.
    AwkwardIds,
    /// Offerings have contract periods, as `P1M`, and begin at 10 Mbit/s.
    ContractPeriods,
    /// Reads of a circuit show another joining member than was ordered.
    JoiningMemberDrifts,
    /// The `vlan_config` of a config is read as an empty object.
    VlanConfigEmpty,
    /// The VLANs of a config are read as 0.
    VlansZero,
    /// Accounts cannot be filtered by their id.
    AccountsIgnoreIds,
    /// What has ended stays readable, and listed, in state `decommissioned`.
    DecommissionedStays,
    /// What has ended stays readable, and listed, in state `archived`.
    ArchivedStays,
    /// Lists have the headers `x-pagination-…`.
    PaginationHeaders,
    /// Outside the path of the API there are web pages.
    WebPagesOutside,
    /// Customers register IP addresses of their own.
    TakesAddresses,
}

impl Quirk {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Quirk> {
        Quirk::value_variants().iter().copied()
    }
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
    /// As DE-CIX was seen to answer.
    #[value(name = "decix")]
    DeCix,
    /// As LINX is thought to answer, by the framework that it is built with.
    Linx,
}

const DE_CIX: &[Quirk] = &[
    Quirk::NumericIds,
    Quirk::ContractPeriods,
    Quirk::UpperCaseEnums,
    Quirk::UpperCaseMacs,
    Quirk::Ipv6InFull,
    Quirk::OddMoments,
    Quirk::EmptyForNull,
    Quirk::ZeroForUnset,
    Quirk::JoiningMemberDrifts,
    Quirk::VlanConfigEmpty,
    Quirk::AccountsIgnoreIds,
    Quirk::ArchivedStays,
    Quirk::ProblemDetailObject,
    Quirk::WebPagesOutside,
];

const LINX: &[Quirk] = &[
    Quirk::MergePatchOnly,
    Quirk::ProblemDetailList,
    Quirk::ProblemTypesElsewhere,
    Quirk::ParseErrors,
    Quirk::ProblemInstances,
    Quirk::AvailableRanges,
    Quirk::TokenAnswers200,
    Quirk::OpaqueTokens,
    Quirk::HealthUp,
    Quirk::PaginationHeaders,
    Quirk::DecommissionedStays,
];

impl Dialect {
    /// Its quirks.
    pub fn quirks(self) -> &'static [Quirk] {
        match self {
            Dialect::Plain => &[],
            Dialect::IxApi => &[
                Quirk::AwkwardIds,
                Quirk::DecommissionedStays,
                Quirk::TakesAddresses,
            ],
            Dialect::DigitalRealty => &[
                Quirk::PatchAnswers200,
                Quirk::ServiceKeys,
                Quirk::PatchAnswersLag,
                Quirk::LeavesOut,
                Quirk::ZonelessMoments,
                Quirk::StatusTellsThePast,
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
            Dialect::DeCix => DE_CIX,
            Dialect::Linx => LINX,
        }
    }

    /// Seconds for which reads still show the references and the capacity from before a change.
    pub fn metadata_lag(self) -> u32 {
        match self {
            Dialect::DigitalRealty => 2,
            _ => 0,
        }
    }

    /// Life of an access token in seconds.
    pub fn token_lifetime(self) -> u64 {
        match self {
            Dialect::Linx => 900,
            _ => 3600,
        }
    }
}
