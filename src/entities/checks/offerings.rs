//! Product offerings: whether the one that is named can be ordered, for this, here and now.

use jiff::Timestamp;

use crate::entities::connection::CONNECTIONS;
use crate::entities::declaration::{Check, Scene, Seen, Skipped, Verdict, check, passes};
use crate::entities::network_service::NETWORK_SERVICES;
use crate::entities::product_offering::PRODUCT_OFFERINGS;
use crate::ixapi::lenient;
use crate::tfplugin::diagnostics::Diagnostic;

use super::{exists, same};

const OFFERING: &str = "product_offering";

/// The offering that is named is there.
pub const OFFERING_EXISTS: Check = check(&[OFFERING], |scene| {
    Box::pin(exists(scene, OFFERING, &PRODUCT_OFFERINGS))
});

/// It can be ordered now.
pub const OFFERING_IS_SOLD: Check = check(&[OFFERING], |scene| Box::pin(not_orderable_now(scene)));

async fn offering(scene: &Scene<'_>) -> Result<Seen, Skipped> {
    scene.named(&PRODUCT_OFFERINGS, OFFERING).await
}

/// Whose offering is to become another one.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// The object's own, which the state has.
    Its,
    /// That of the network service that the object names.
    OfItsService,
}

/// The offering that is had so far, and the one that is wanted.
async fn both(scene: &Scene<'_>, whose: Whose) -> Result<(Seen, Seen), Skipped> {
    let before = match whose {
        Whose::Its => {
            let before = scene.change.prior.get(OFFERING).as_str();
            before.ok_or(Skipped::NotSaid)?.to_owned()
        }
        Whose::OfItsService => {
            let service = scene.named(&NETWORK_SERVICES, "network_service").await?;
            service.text(OFFERING)?
        }
    };
    if same(&before, scene.text(OFFERING)?) {
        return Err(Skipped::NotSaid);
    }
    Ok((
        scene.one(&PRODUCT_OFFERINGS, &before).await?,
        offering(scene).await?,
    ))
}

/// What is said of an offering.
fn said(scene: &Scene<'_>, what: &str) -> Result<String, Skipped> {
    let (id, host) = (scene.text(OFFERING)?, scene.host());
    Ok(format!(
        "The exchange at {host} says that offering {id} {what}"
    ))
}

/// An offering of another type than what is planned, or one that is ordered for something else, if
/// it matters.
pub async fn of_another_type(scene: &Scene<'_>, ordered_for: Option<&str>) -> Verdict {
    not_of_type(scene, scene.kind()?, ordered_for).await
}

/// An offering of another type than this, or one that is ordered for something else, if it matters.
pub async fn not_of_type(scene: &Scene<'_>, kind: &str, ordered_for: Option<&str>) -> Verdict {
    let offering = offering(scene).await?;
    let (shown, resource) = (offering.text("type"), offering.text("resource_type"));
    if let Ok(shown) = shown
        && !same(&shown, kind)
    {
        return scene.refuse(
            OFFERING,
            "The product offering is of another type",
            said(
                scene,
                &format!(
                    "is of type {shown:?}; one of type {kind:?} is needed here. \
                 ixapi_product_offerings \
                 with type = {kind:?} lists them."
                ),
            )?,
        );
    }
    if let (Ok(resource), Some(ordered_for)) = (resource, ordered_for)
        && !same(&resource, ordered_for)
    {
        return scene.refuse(
            OFFERING,
            "The product offering is for something else",
            said(
                scene,
                &format!(
                    "is ordered for {resource:?} (resource_type), not for {ordered_for:?}. \
                 ixapi_product_offerings with resource_type = {ordered_for:?} lists those that are."
                ),
            )?,
        );
    }
    passes()
}

/// An offering that is not sold yet, or not any more.
async fn not_orderable_now(scene: &Scene<'_>) -> Verdict {
    let offering = offering(scene).await?;
    let moment = |name: &str| {
        let text = offering.text(name).ok()?;
        Some((lenient::moment(&text)?, text))
    };
    let now = Timestamp::now();
    let bound = match (
        moment("orderable_not_before"),
        moment("orderable_not_after"),
    ) {
        (Some((first, text)), _) if now < first => {
            format!("can be ordered from {text} on (orderable_not_before), not before")
        }
        (_, Some((last, text))) if now > last => {
            format!("could be ordered until {text} (orderable_not_after), and cannot any more")
        }
        _ => return passes(),
    };
    scene.refuse(
        OFFERING,
        "The product offering cannot be ordered now",
        format!("{}. Choose another offering.", said(scene, &bound)?),
    )
}

/// More ports than one order of this offering may have.
pub async fn too_many_ports(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.number("port_quantity")?;
    let most = offering(scene).await?.number("maximum_port_quantity")?;
    if wanted <= most {
        return passes();
    }
    scene.refuse(
        "port_quantity",
        "The product offering has fewer ports",
        format!(
            "port_quantity is {wanted}. {} Order {most} or fewer, or choose another offering.",
            said(
                scene,
                &format!("has at most {most} (maximum_port_quantity).")
            )?
        ),
    )
}

/// Where the exchange orders the cross connect, it has to know where to. No reason to refuse:
/// a letter of authorisation can say so after the order.
pub async fn cross_connect_by_the_exchange(scene: &Scene<'_>) -> Verdict {
    let by = offering(scene).await?.text("cross_connect_initiator")?;
    let demarcs = scene.value("subscriber_side_demarcs");
    let said_where = demarcs.is_unknown() || !demarcs.elements().is_empty();
    if !same(&by, "exchange") || said_where {
        return passes();
    }
    let waits = match scene.text("wait_for_state") {
        Ok("production") => {
            " Do not wait for production here then (wait_for_state): a letter is handed in only \
             after that."
        }
        _ => "",
    };
    let warning = Diagnostic::warning(
        "The exchange orders the cross connect, and has to be told where to",
        said(
            scene,
            &format!(
                "has its cross connect ordered by the exchange (cross_connect_initiator), and the \
                 port stays allocated until it is told where to. If a resource \"ixapi_loa\" here \
                 hands in the letter of authorisation for it, that is all it takes: a letter is \
                 planned after its port, and cannot be seen yet. If not, add one, or set \
                 subscriber_side_demarcs, one for each port.{waits}"
            ),
        )?,
    );
    Ok(warning.at(super::super::declaration::path(OFFERING)).into())
}

/// An offering at another place than what exists: a port cannot move, nor the ends of a circuit.
/// These fields say where that is.
pub async fn another_place(scene: &Scene<'_>, whose: Whose, places: &[&str]) -> Verdict {
    let (before, after) = both(scene, whose).await?;
    for place in places {
        let (Ok(here), Ok(there)) = (before.text(place), after.text(place)) else {
            continue;
        };
        if !same(&here, &there) {
            return scene.refuse(
                OFFERING,
                "The product offering is for another place",
                said(scene, &format!(
                    "has {place} {there:?}; what exists has offering {} and is at {here:?}, and \
                     stays there. Choose an offering for {here:?}, or order something new beside \
                     it.",
                    before.text("id")?
                ))?,
            );
        }
    }
    passes()
}

/// A faster or slower offering, where the present one does not allow that. The field says how fast.
pub async fn upgrade_or_downgrade(scene: &Scene<'_>, whose: Whose, speed: &str) -> Verdict {
    let (before, after) = both(scene, whose).await?;
    let (from, to) = (before.number(speed)?, after.number(speed)?);
    let (what, flag) = match to {
        to if to > from => ("faster", "upgrade_allowed"),
        to if to < from => ("slower", "downgrade_allowed"),
        _ => return passes(),
    };
    if before.flag(flag)? {
        return passes();
    }
    let current = before.text("id")?;
    scene.refuse(
        OFFERING,
        format!("The present product offering cannot be changed to a {what} one"),
        format!(
            "It is {current} with {from} Mbit/s now, {} with {to} Mbit/s is planned, and the \
             exchange at {} says that {current} has {flag} = false. Keep it, or order something \
             new beside it and cancel this afterwards.",
            scene.text(OFFERING)?,
            scene.host()
        ),
    )
}

/// A slower offering for a port or LAG than what is on it needs. What is to go in the same run goes
/// after the port has changed, or cannot be told from what stays.
pub async fn less_than_is_in_use(scene: &Scene<'_>) -> Verdict {
    if scene.is_order() {
        return passes();
    }
    let (before, after) = both(scene, Whose::Its).await?;
    let speed = |offering: &Seen| offering.number("physical_port_speed");
    let (from, to) = (speed(&before)?, speed(&after)?);
    if to >= from {
        return passes();
    }
    let id = scene.change.prior.get("id").as_str();
    let id = id.ok_or(Skipped::NotSaid)?;
    let port = scene.one(&CONNECTIONS, id).await?;
    let limit = port.number("capacity_allocation_limit")?;
    let allocated = port.number("capacity_allocated")?;
    // However many ports it has, and however much of their speed may be allocated.
    let limit = i128::from(limit) * i128::from(to) / i128::from(from.max(1));
    if i128::from(allocated) <= limit {
        return passes();
    }
    scene.refuse(
        OFFERING,
        "The product offering has less capacity than is in use",
        format!(
            "{} With it, {id} has {limit} Mbit/s in all, and {allocated} are allocated to what is \
             on it (capacity_allocated). Choose a faster offering. Or give up capacity first, in \
             an apply before this one: cancel network service configs on {id}, or give them less \
             capacity.",
            said(
                scene,
                &format!("has {to} Mbit/s for each port (physical_port_speed).")
            )?
        ),
    )
}

/// A capacity that the offering does not have.
pub async fn capacity_out_of_bounds(scene: &Scene<'_>) -> Verdict {
    let capacity = scene.number("capacity")?;
    let offering = offering(scene).await?;
    let bound = match (
        offering.number("bandwidth_min"),
        offering.number("bandwidth_max"),
    ) {
        (Ok(least), _) if capacity < least => {
            format!("has at least {least} Mbit/s (bandwidth_min).")
        }
        (_, Ok(most)) if capacity > most => format!("has at most {most} Mbit/s (bandwidth_max)."),
        _ => return passes(),
    };
    scene.refuse(
        "capacity",
        "The product offering does not have this capacity",
        format!(
            "capacity is {capacity}. {} Change capacity, leave it out, or choose another offering.",
            said(scene, &bound)?
        ),
    )
}

/// One port more than the offering of a group allows.
pub async fn beyond_the_offering(scene: &Scene<'_>, port: &Seen) -> Verdict {
    let id = port.text(OFFERING)?;
    let there = port.texts("port_reservations")?.len();
    let most = scene.one(&PRODUCT_OFFERINGS, &id).await?;
    let most = most.number("maximum_port_quantity")?;
    if i64::try_from(there).unwrap_or(i64::MAX) < most {
        return passes();
    }
    scene.refuse(
        "network_connection",
        "The LAG has all the ports that it can have",
        format!(
            "network_connection is {:?}, which has {there} ports, and the exchange at {} says that \
             its offering {id} allows at most {most} (maximum_port_quantity).",
            scene.text("network_connection")?,
            scene.host()
        ),
    )
}
