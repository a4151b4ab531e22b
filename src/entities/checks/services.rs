//! Network services, and what can be put on a port of them.

use crate::entities::declaration::{Scene, Seen, Skipped, Verdict, passes, path};
use crate::entities::network_service::NETWORK_SERVICES;
use crate::entities::product_offering::PRODUCT_OFFERINGS;
use crate::tfplugin::diagnostics::Diagnostic;

use super::{exists, same};

const SERVICE: &str = "network_service";
const OFFERING: &str = "product_offering";

async fn service(scene: &Scene<'_>) -> Result<Seen, Skipped> {
    scene.named(&NETWORK_SERVICES, SERVICE).await
}

/// A service that is not shown. A group of somebody else's is shown to its members once a rule lets
/// them in, which may be made in the same apply.
pub async fn service_is_shown(scene: &Scene<'_>) -> Verdict {
    if !matches!(scene.text("type")?, "mp2mp_vc" | "p2mp_vc") {
        return exists(scene, SERVICE, &NETWORK_SERVICES).await;
    }
    let Err(Skipped::Missing) = service(scene).await else {
        return passes();
    };
    let warning = Diagnostic::warning(
        "The network service is not shown to you yet",
        format!(
            "network_service is {:?}, and the exchange at {} shows you none of that id. If it is \
             of another party and private, you are shown it once its owner lets you join \
             (ixapi_member_joining_rule). If this apply makes the rule, name that in depends_on. \
             Otherwise the order will be refused.",
            scene.text(SERVICE)?,
            scene.host()
        ),
    );
    Ok(warning.at(path(SERVICE)).into())
}

/// A config is of the type of its service.
pub async fn service_of_another_type(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.text("type")?;
    let shown = service(scene).await?.text("type")?;
    if same(wanted, &shown) {
        return passes();
    }
    scene.refuse(
        SERVICE,
        "The network service is of another type",
        format!(
            "type is {wanted:?}, and the exchange at {} says that {} is of type {shown:?}. A \
             config has the type of its service: change type, or name another service.",
            scene.host(),
            scene.text(SERVICE)?
        ),
    )
}

/// An offering of another peering LAN than the config's.
pub async fn another_lan(scene: &Scene<'_>) -> Verdict {
    let (wanted, id) = (scene.text(SERVICE)?, scene.text(OFFERING)?);
    let offering = scene.one(&PRODUCT_OFFERINGS, id).await?;
    let lan = offering.text("exchange_lan_network_service")?;
    if same(wanted, &lan) {
        return passes();
    }
    scene.refuse(
        OFFERING,
        "The product offering is one of another peering LAN",
        format!(
            "network_service is {wanted:?}, and the exchange at {} says that offering {id} is for \
             {lan:?} (exchange_lan_network_service). Choose an offering of {wanted}: \
             ixapi_product_offerings with type = \"exchange_lan\" lists them. Or, to peer at the \
             other LAN, change network_service too.",
            scene.host()
        ),
    )
}

/// An offering that the service does not have for its configs, or none where it has some.
pub async fn of_another_service(scene: &Scene<'_>) -> Verdict {
    let has = service(scene).await?.texts("nsc_product_offerings")?;
    let (service, host) = (scene.text(SERVICE)?, scene.host());
    let choice = has.join(", ");
    if scene.value(OFFERING).is_null() && scene.is_order() && !has.is_empty() {
        return scene.refuse(
            OFFERING,
            "product_offering is missing",
            format!(
                "The exchange at {host} says that a config of {service} needs one of these: \
                 {choice} (nsc_product_offerings of the service)."
            ),
        );
    }
    let id = scene.text(OFFERING)?;
    match has.is_empty() {
        _ if has.iter().any(|known| same(known, id)) => passes(),
        true => scene.refuse(
            OFFERING,
            "The configs of this network service have no product offering",
            format!(
                "product_offering is {id:?}, and the exchange at {host} says that {service} has \
                 none for its configs (nsc_product_offerings). Leave it out."
            ),
        ),
        false => scene.refuse(
            OFFERING,
            "The product offering is not one of this network service",
            format!(
                "product_offering is {id:?}, and the exchange at {host} says that a config of \
                 {service} can be ordered with these: {choice} (nsc_product_offerings)."
            ),
        ),
    }
}

/// More capacity than the service as a whole has.
pub async fn more_than_the_service(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.number("capacity")?;
    let most = service(scene).await?.number("capacity")?;
    if wanted <= most {
        return passes();
    }
    scene.refuse(
        "capacity",
        "The network service has less capacity",
        format!(
            "capacity is {wanted}, and the exchange at {} says that {} has {most} Mbit/s. Change \
             capacity, leave it out, or give the service a faster product_offering.",
            scene.host(),
            scene.text(SERVICE)?
        ),
    )
}

/// A handover that the cloud provider does not have.
pub async fn handover(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.number("handover")?;
    let most = service(scene).await?.number("diversity")?;
    if wanted <= most {
        return passes();
    }
    scene.refuse(
        "handover",
        "The network service has fewer handovers",
        format!(
            "handover is {wanted}, and the exchange at {} says that {} has {most} (diversity). \
             Choose one from 1 to {most}.",
            scene.host(),
            scene.text(SERVICE)?
        ),
    )
}
