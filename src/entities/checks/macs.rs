//! MAC addresses: what their place can be taken by, and when.

use crate::entities::declaration::{Scene, Verdict, passes, path};
use crate::entities::network_service_config::NETWORK_SERVICE_CONFIGS;
use crate::tfplugin::diagnostics::Diagnostic;

use super::same;

const ADDRESS: &str = "address";

/// What cannot be changed of an address that stays the same: it is registered once, so that the new
/// one cannot come before the old one goes, nor the old one go while a config uses it.
pub const OF_THE_SAME: &[&str] = &[
    "external_ref",
    "managing_account",
    "valid_not_before",
    "valid_not_after",
];

/// A MAC address that would take its own place while a config uses it.
pub async fn replaced_while_in_use(scene: &Scene<'_>) -> Verdict {
    let (prior, planned) = (&scene.change.prior, &scene.change.planned);
    let texts = |name: &str| (prior.get(name).as_str(), planned.get(name).as_str());
    let stays = |name: &str| matches!(texts(name), (Some(a), Some(b)) if same(a, b));
    let mut changes = OF_THE_SAME.iter();
    let changed = changes.find(|name| prior.get(name) != planned.get(name));
    let (Some(changed), Some(id)) = (changed, prior.get("id").as_str()) else {
        return passes();
    };
    if !stays(ADDRESS) || !stays("consuming_account") {
        return passes();
    }
    let configs = scene.all(NETWORK_SERVICE_CONFIGS.path, &[]).await?;
    let user = configs.iter().find_map(|config| {
        let (user, macs) = (config.text("id").ok()?, config.texts("macs").ok()?);
        let goes = (scene.planned)(&NETWORK_SERVICE_CONFIGS, &user)
            .is_some_and(|planned| planned.is_null());
        (!goes && macs.iter().any(|mac| same(mac, id))).then_some(user)
    });
    let Some(user) = user else {
        return passes();
    };
    let warning = Diagnostic::warning(
        "The MAC address would have to take its own place",
        format!(
            "IX-API cannot change a MAC address, so another {changed} needs a new one. The \
             exchange at {} takes the old one not away while your network service config {user} \
             uses it, nor the same address a second time: this will be refused, with \
             create_before_destroy too. Leave {changed} as it is. Or take the address out of macs \
             of that config and apply, then change {changed} and apply, then put it back.",
            scene.host(),
        ),
    );
    Ok(warning.at(path(changed)).into())
}
