//! Ports, and what is left on them: VLANs, capacity.

use crate::entities::connection::CONNECTIONS;
use crate::entities::declaration::{Scene, Seen, Skipped, Verdict, passes, path};
use crate::entities::network_service::NETWORK_SERVICES;
use crate::entities::network_service_config::NETWORK_SERVICE_CONFIGS;
use crate::entities::product_offering::PRODUCT_OFFERINGS;
use crate::ixapi::{State, is_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::value::Value;

use super::{offerings, same};

const PORT: &str = "network_connection";
const SERVICE: &str = "network_service";
const CONSUMING: &str = "consuming_account";
/// A circuit between two parties, each with a config on its side.
const P2P_VC: &str = "p2p_vc";
const OFFERING: &str = "product_offering";
const VLAN_TYPE: &str = "vlan_config.vlan_type";

/// What to do about a VLAN that is taken.
const ANOTHER_VLAN: &str = "Choose another VLAN, or leave it out and the exchange picks one.";

async fn port(scene: &Scene<'_>) -> Result<Seen, Skipped> {
    scene.named(&CONNECTIONS, PORT).await
}

/// A port in another metro area network than the one in which its service is handed over.
pub async fn another_metro_area(scene: &Scene<'_>) -> Verdict {
    let here = metro_area_network(scene, &port(scene).await?).await?;
    let offering = match scene.text("type")? {
        "exchange_lan" => scene.text(OFFERING)?.to_owned(),
        _ => {
            let service = scene.named(&NETWORK_SERVICES, SERVICE).await?;
            service.text(OFFERING)?
        }
    };
    let offered = scene.one(&PRODUCT_OFFERINGS, &offering).await?;
    // One side of a circuit is at the handover, the other where the service is.
    let handover = offered.text("handover_metro_area_network")?;
    let ends = match scene.text("type")? {
        "exchange_lan" => vec![handover],
        _ => {
            let service = offered.text("service_metro_area_network");
            [handover].into_iter().chain(service).collect()
        }
    };
    if ends.iter().any(|end| same(end, &here)) {
        return passes();
    }
    scene.refuse(
        PORT,
        "The port is in another metro area",
        format!(
            "network_connection is {:?}, which is in metro area network {here}, and the exchange \
             at {} says that offering {offering} is handed over in {}. Choose a port there.",
            scene.text(PORT)?,
            scene.host(),
            ends.join(" or ")
        ),
    )
}

/// The metro area network of a port; older exchanges tell that of its offering only.
async fn metro_area_network(scene: &Scene<'_>, port: &Seen) -> Result<String, Skipped> {
    if let Ok(shown) = port.text("metro_area_network") {
        return Ok(shown);
    }
    let offering = scene.one(&PRODUCT_OFFERINGS, &port.text(OFFERING)?).await?;
    offering.text("handover_metro_area_network")
}

/// A way of tagging that the port does not have.
pub async fn vlan_type(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.text(VLAN_TYPE)?;
    supported(scene, VLAN_TYPE, wanted, "vlan_types").await
}

/// An ethertype that the port does not have.
pub async fn ethertype(scene: &Scene<'_>) -> Verdict {
    let (attribute, default) = match scene.text(VLAN_TYPE)? {
        "dot1q" => ("vlan_config.vlan_ethertype", "0x8100"),
        "qinq" => ("vlan_config.outer_vlan_ethertype", "0x8100"),
        _ => return passes(),
    };
    let wanted = match scene.value(attribute) {
        Value::Null => default,
        _ => scene.text(attribute)?,
    };
    supported(scene, attribute, wanted, "outer_vlan_ethertypes").await
}

async fn supported(scene: &Scene<'_>, attribute: &str, wanted: &str, list: &str) -> Verdict {
    let supported = port(scene).await?.texts(list)?;
    if supported.is_empty() || supported.iter().any(|known| same(known, wanted)) {
        return passes();
    }
    scene.refuse(
        attribute,
        format!("The port does not support {wanted}"),
        format!(
            "{attribute} is {wanted:?}, and the exchange at {} says that {} supports {} ({list}). \
             Choose one of them, or another port.",
            scene.host(),
            scene.text(PORT)?,
            supported.join(", ")
        ),
    )
}

/// What tells the traffic of a config apart on its port.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    Port,
    Dot1q(i64),
    Qinq(i64, i64),
}

impl Tags {
    /// The tags of a kind, with the numbers that `number` has. 0 stands for none.
    fn of(kind: &str, number: impl Fn(&str) -> Option<i64>) -> Option<Tags> {
        let number = |name: &str| number(name).filter(|vlan| *vlan > 0);
        match kind.to_ascii_lowercase().as_str() {
            "port" => Some(Tags::Port),
            "dot1q" => Some(Tags::Dot1q(number("vlan")?)),
            "qinq" => Some(Tags::Qinq(number("outer_vlan")?, number("inner_vlan")?)),
            _ => None,
        }
    }

    /// What these tags have in common with others that excludes one of them: the member of
    /// `vlan_config`, and in words.
    fn clash(&self, other: &Tags) -> Option<(&'static str, String)> {
        match (self, other) {
            (Tags::Port, _) => Some(("vlan_type", "uses a part of this port".to_owned())),
            (_, Tags::Port) => Some(("vlan_type", "uses the whole of this port".to_owned())),
            (Tags::Dot1q(one), Tags::Dot1q(two)) if one == two => {
                Some(("vlan", format!("has VLAN {two} there")))
            }
            (Tags::Dot1q(one), Tags::Qinq(two, _)) if one == two => {
                Some(("vlan", format!("has {two} as its outer VLAN there")))
            }
            (Tags::Qinq(one, _), Tags::Dot1q(two)) if one == two => {
                Some(("outer_vlan", format!("has VLAN {two} there")))
            }
            (Tags::Qinq(..), Tags::Qinq(outer, inner)) if self == other => {
                Some(("inner_vlan", format!("has VLANs {outer} and {inner} there")))
            }
            _ => None,
        }
    }
}

/// The other configs on the port that is named: those that stay, and those that end.
async fn on_the_port(scene: &Scene<'_>) -> Result<(Vec<Seen>, Vec<Seen>), Skipped> {
    let port = scene.text(PORT)?;
    let configs = NETWORK_SERVICE_CONFIGS.path;
    let configs = scene.all(configs, &[("connection", port)]).await?;
    let itself = scene.change.prior.get("id").as_str();
    let others = configs.into_iter().filter(|config| {
        let here = config
            .text("connection")
            .is_ok_and(|shown| same(&shown, port));
        here && !itself.is_some_and(|id| is_of(&config.0, id))
    });
    Ok(others.partition(|config| {
        let ending = State::of(&config.0).is_some_and(|state| state.is_ending());
        !ending
    }))
}

/// The tags that a config has.
fn tags_shown(config: &Seen) -> Option<Tags> {
    let vlan = config.part("vlan_config").ok()?;
    Tags::of(&vlan.text("vlan_type").ok()?, |name| vlan.number(name).ok())
}

/// A VLAN of a config that ends on a later day: nobody knows whether it can be had before.
fn until_it_ends(scene: &Scene<'_>, tags: &Tags, ending: &[Seen]) -> Diagnostics {
    let taken = ending.iter().find_map(|config| {
        let ends = config.text("decommission_at").ok();
        let ends = ends.filter(|day| lenient::is_after_today(day))?;
        let (member, what) = tags.clash(&tags_shown(config)?)?;
        Some((member, what, config.text("id").ok()?, ends))
    });
    let Some((member, what, id, ends)) = taken else {
        return Diagnostics::default();
    };
    let attribute = format!("vlan_config.{member}");
    Diagnostic::warning(
        format!("{attribute} may stay taken until {ends}"),
        format!(
            "The network service config {id} {what} and runs until {ends}, although it is \
             cancelled. So says the exchange at {}, which may refuse another one with the same \
             until then. {ANOTHER_VLAN}",
            scene.host()
        ),
    )
    .at(path(&attribute))
    .into()
}

/// Whether this may take the place of a config: it is ordered for the same service. Terraform plans
/// the end of that one separately.
fn may_replace(scene: &Scene<'_>, config: &Seen) -> bool {
    let service = config.text(SERVICE).unwrap_or_default();
    let wanted = scene.text(SERVICE);
    scene.change.prior.is_null() && wanted.is_ok_and(|wanted| same(wanted, &service))
}

/// A VLAN that another config on this port has, and keeps.
pub async fn vlan_in_use(scene: &Scene<'_>) -> Verdict {
    let tags = Tags::of(scene.text(VLAN_TYPE)?, |name| {
        scene.number(&format!("vlan_config.{name}")).ok()
    });
    let tags = tags.ok_or(Skipped::NotSaid)?;
    let (staying, ending) = on_the_port(scene).await?;
    let mut perhaps = until_it_ends(scene, &tags, &ending);
    for config in staying {
        let Ok(id) = config.text("id") else { continue };
        let shown = tags_shown(&config);
        let theirs = match (scene.planned)(&NETWORK_SERVICE_CONFIGS, &id) {
            Some(planned) => tags_planned(&planned, scene.text(PORT)?),
            None => shown.clone(),
        };
        let Some((member, what)) = theirs.as_ref().and_then(|theirs| tags.clash(theirs)) else {
            continue;
        };
        let attribute = format!("vlan_config.{member}");
        let (choose, port) = (ANOTHER_VLAN, scene.text(PORT)?);
        let is_planned = theirs != shown;
        let taken = match is_planned {
            true => format!(
                "{attribute} is taken: once this plan is applied, your network service config \
                 {id} {what}, on {port}."
            ),
            false => format!(
                "{attribute} is taken: your network service config {id} {what}. So says the \
                 exchange at {} of {port}.",
                scene.host()
            ),
        };
        if !may_replace(scene, &config) {
            let first = match is_planned {
                true => "",
                false => {
                    " If that config is to go or to change in the same apply, do that first: with \
                     depends_on here for a change, in an apply of its own for an end."
                }
            };
            return scene.refuse(
                &attribute,
                "This is in use on the port",
                format!("{taken} {choose}{first}"),
            );
        }
        let warning = Diagnostic::warning(
            "This is in use on the port by a config of the same service",
            format!(
                "{taken} If this order takes its place, because that one is cancelled in the same \
                 apply, there is nothing to do. If that one stays, this order will be refused. \
                 {choose}"
            ),
        );
        perhaps.push(warning.at(path(&attribute)));
    }
    Ok(perhaps)
}

/// The tags that a config is going to have on this port in this run.
fn tags_planned(planned: &Value, port: &str) -> Option<Tags> {
    let stays = planned.get(PORT).as_str();
    let vlan = planned.get("vlan_config");
    let kind = vlan.get("vlan_type").as_str()?;
    let tags = Tags::of(kind, |name| vlan.get(name).as_i64());
    tags.filter(|_| stays.is_some_and(|stays| same(stays, port)))
}

/// What the config that is to be ordered asks of its port although the one that it replaces has it
/// until it ends, and what that is in words. Without the other, what it asks for at all.
pub fn taken_until_it_ends(replaced: Option<&Value>, config: &Value) -> Option<(Path, String)> {
    let port = config.get(PORT).as_str()?;
    let wanted = tags_planned(config, port)?;
    let had = match replaced {
        Some(replaced) => tags_planned(replaced, port)?,
        None => wanted.clone(),
    };
    let (member, what) = wanted.clash(&had)?;
    Some((path(&format!("vlan_config.{member}")), what))
}

/// A circuit to which a config moves, and that has one on this side already.
pub async fn side_is_taken(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.text(SERVICE)?;
    let had = scene.change.prior.get(SERVICE).as_str();
    if scene.text("type")? != P2P_VC || had.is_none_or(|had| same(had, wanted)) {
        return passes();
    }
    let service = scene.named(&NETWORK_SERVICES, SERVICE).await?;
    let account = scene.change.planned.get(CONSUMING);
    let account = account.as_str().ok_or(Skipped::NotSaid)?;
    let sides = [CONSUMING, "joining_member_account"];
    let sides = sides.iter().filter(|name| {
        let shown = service.text(name);
        shown.is_ok_and(|shown| same(&shown, account))
    });
    let sides = sides.count().max(1);
    let configs = NETWORK_SERVICE_CONFIGS.path;
    let configs = scene.all(configs, &[(SERVICE, wanted)]).await?;
    let mut there = configs.iter().filter(|config| {
        let is = |name: &str, text: &str| config.text(name).is_ok_and(|shown| same(&shown, text));
        is(SERVICE, wanted) && is(CONSUMING, account)
    });
    let Some(config) = there.nth(sides - 1) else {
        return passes();
    };
    let id = config.text("id")?;
    let until = match config.text("decommission_at") {
        Ok(day) if lenient::is_after_today(&day) => {
            format!("It is cancelled, and runs until {day}.")
        }
        _ => "As long as that is there, the order is refused; if it is cancelled in the same \
              apply, until it has ended."
            .to_owned(),
    };
    let warning = Diagnostic::warning(
        "The side of the circuit may be taken",
        format!(
            "The config is cancelled here, and ordered anew for {wanted}, where the network \
             service config {id} has your side, as the exchange at {} shows. {until} Then this one \
             is cancelled, and nothing in its place. To swap the circuits of two configs, take \
             both out of the configuration, apply, and order them anew when both have ended.",
            scene.host()
        ),
    );
    Ok(warning.at(path(SERVICE)).into())
}

/// More capacity than is left on the port.
pub async fn capacity_left(scene: &Scene<'_>) -> Verdict {
    let wanted = match scene.number("capacity") {
        Ok(wanted) => wanted,
        Err(_) if scene.text("type")? == "exchange_lan" => return passes(),
        Err(_) => {
            let service = scene.named(&NETWORK_SERVICES, SERVICE).await?;
            service.number("capacity")?
        }
    };
    let port = port(scene).await?;
    let limit = port.number("capacity_allocation_limit")?;
    let allocated = port.number("capacity_allocated")?;
    if wanted.saturating_add(allocated) <= limit {
        return passes();
    }
    // What this config has now is among it, and so is what another in its place has.
    let (staying, _) = on_the_port(scene).await?;
    let staying = staying.iter().filter(|config| {
        let id = config.text("id").unwrap_or_default();
        !may_replace(scene, config) && (scene.planned)(&NETWORK_SERVICE_CONFIGS, &id).is_none()
    });
    let staying: i64 = staying
        .filter_map(|config| config.number("capacity").ok())
        .sum();
    let allocated = allocated.min(staying);
    let left = limit.saturating_sub(allocated).max(0);
    if wanted <= left {
        return passes();
    }
    let attribute = match scene.number("capacity") {
        Ok(_) => "capacity",
        Err(_) => PORT,
    };
    scene.refuse(
        attribute,
        "The port has less capacity left",
        format!(
            "{wanted} Mbit/s are needed, and the exchange at {} says that {} has {limit} \
             (capacity_allocation_limit), of which {allocated} are in use by others: {left} are \
             left. Order less, or choose another port.",
            scene.host(),
            scene.text(PORT)?
        ),
    )
}

/// A port that stands alone takes no other, and a group only as many as its offering allows.
pub async fn not_a_group(scene: &Scene<'_>) -> Verdict {
    let port = port(scene).await?;
    if !same(&port.text("mode")?, "standalone") {
        return offerings::beyond_the_offering(scene, &port).await;
    }
    scene.refuse(
        PORT,
        "A standalone port is no group",
        format!(
            "network_connection is {:?}, and the exchange at {} says that its mode is \
             \"standalone\". Ports are added to a LAG only.",
            scene.text(PORT)?,
            scene.host()
        ),
    )
}
