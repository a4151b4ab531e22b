//! What quirks make of answers that the field list does not allow.

use ixapi_sandbox::dialect::Quirk;

use crate::fields::{Finding, Flaw};

/// One way in which the answers of an exchange with this quirk are not those of the field list.
#[derive(Debug)]
pub struct Deviation {
    pub quirk: Quirk,
    pub flaw: Flaw,
    /// The fields in which it is seen, as `Entity.field`, `field` for those of any entity; none
    /// where it is seen in all.
    pub fields: &'static [&'static str],
}

impl Deviation {
    pub fn allows(&self, finding: &Finding) -> bool {
        let whole = format!("{}.{}", finding.entity, finding.field);
        let named = |field: &&str| **field == whole || **field == finding.field;
        finding.flaw == self.flaw && (self.fields.is_empty() || self.fields.iter().any(named))
    }
}

const fn everywhere(quirk: Quirk, flaw: Flaw) -> Deviation {
    seen_in(quirk, flaw, &[])
}

const fn seen_in(quirk: Quirk, flaw: Flaw, fields: &'static [&'static str]) -> Deviation {
    Deviation {
        quirk,
        flaw,
        fields,
    }
}

/// Whole lists.
const LISTS: &[&str] = &["List."];

/// All of them.
pub const DEVIATIONS: [Deviation; 16] = [
    everywhere(Quirk::NumbersAsText, Flaw::NumberAsText),
    everywhere(Quirk::NullLists, Flaw::NullList),
    seen_in(Quirk::OneIsNoList, Flaw::NoList, LISTS),
    seen_in(Quirk::ZonelessMoments, Flaw::Moment, &["Status.timestamp"]),
    seen_in(Quirk::ServiceKeys, Flaw::Unknown, &["service_key"]),
    seen_in(
        Quirk::LeavesOut,
        Flaw::Absent,
        &[
            "Account.asns",
            "CloudNetworkProductOffering.service_exchange_pops",
            "Connection.metro_area",
            "Connection.metro_area_network",
            "Connection.subscriber_side_demarcs",
            "availability_zones",
            "macs",
            "network_feature_configs",
            "network_features",
            "nsc_product_offerings",
            "nsc_required_l3_config_fields",
            "nsc_supported_l3_config_fields",
        ],
    ),
    everywhere(Quirk::UpperCaseEnums, Flaw::Choice),
    everywhere(Quirk::OddMoments, Flaw::Moment),
    seen_in(
        Quirk::EmptyForNull,
        Flaw::Bounds,
        &["BillingInformation.vat_number"],
    ),
    seen_in(Quirk::ZeroForUnset, Flaw::Bounds, &["capacity"]),
    seen_in(Quirk::ProblemDetailObject, Flaw::Type, &["Problem.detail"]),
    seen_in(Quirk::ProblemDetailList, Flaw::Type, &["Problem.detail"]),
    seen_in(
        Quirk::AvailableRanges,
        Flaw::Unknown,
        &["InvalidProperty.value"],
    ),
    seen_in(Quirk::HealthUp, Flaw::Choice, &["APIHealth.status"]),
    seen_in(Quirk::HealthUp, Flaw::Type, &["APIHealth.version"]),
    seen_in(
        Quirk::VlanConfigEmpty,
        Flaw::Absent,
        &["VlanConfig.vlan_type"],
    ),
];
