//! Who may come into the control room. It asks for no token, so whatever web page a browser on this
//! machine shows could send something here: a request that names another server than this one (DNS
//! rebinding), or that another web page sent, is turned away. What is no browser says neither
//! `origin` nor `sec-fetch-site`, and comes in.

use std::net::IpAddr;

use crate::problem::Problem;

/// What a request says of where it comes from and whom it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visitor<'a> {
    /// Whom it is for, with the port: the `host` header, or what HTTP/2 has instead.
    pub host: Option<&'a str>,
    /// Whose page sent it: the `origin` header.
    pub origin: Option<&'a str>,
    /// How a browser sees both: the `sec-fetch-site` header.
    pub fetch_site: Option<&'a str>,
}

impl Visitor<'_> {
    /// Why the request is turned away, if it is.
    pub fn refusal(&self) -> Option<Problem> {
        let host = self.host.unwrap_or_default();
        if !is_loopback(host) {
            let reason = format!("{host:?} is no name of this machine's loopback.");
            return Some(Problem::permission_denied(reason));
        }
        let is_own = |origin: &str| {
            let server = origin.strip_prefix("http://");
            server.is_some_and(|server| server.eq_ignore_ascii_case(host))
        };
        if let Some(origin) = self.origin.filter(|origin| !is_own(origin)) {
            let reason = format!("The control room is not for pages of {origin:?}.");
            return Some(Problem::permission_denied(reason));
        }
        let is_near = |site: &str| ["same-origin", "none"].contains(&site);
        self.fetch_site.filter(|site| !is_near(site)).map(|_| {
            Problem::permission_denied("The control room is not for pages of other servers.")
        })
    }
}

/// Whether a host, with or without a port, stands for the loopback whatever a name server says.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let address: Result<IpAddr, _> = address.unwrap_or(name).parse();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "127.0.0.1:8080";

    fn comes_in(host: &str, origin: Option<&str>, fetch_site: Option<&str>) -> bool {
        let visitor = Visitor {
            host: Some(host),
            origin,
            fetch_site,
        };
        visitor.refusal().is_none()
    }

    #[test]
    fn a_host_is_a_name_of_the_loopback() {
        let own = [
            "127.0.0.1",
            "127.9.9.9:1",
            "localhost:1",
            "LocalHost",
            "[::1]:1",
            "[::1]",
        ];
        for host in own {
            assert!(comes_in(host, None, None), "{host}");
        }
        let others = [
            "",
            "sandbox",
            "example.net:8080",
            "127.0.0.1.example.net",
            "localhost.example.net:80",
            "192.0.2.1",
            "0.0.0.0:1",
            "[::]:1",
            "127.0.0.1:x",
            "x@127.0.0.1",
        ];
        for host in others {
            assert!(!comes_in(host, None, None), "{host}");
        }
        assert!(Visitor::default().refusal().is_some());
    }

    #[test]
    fn an_origin_is_the_servers_own() {
        assert!(comes_in(OWN, Some("http://127.0.0.1:8080"), None));
        let others = [
            "null",
            "",
            "https://127.0.0.1:8080",
            "http://127.0.0.1:8081",
            "http://localhost:8080",
            "https://example.net",
        ];
        for origin in others {
            assert!(!comes_in(OWN, Some(origin), None), "{origin}");
        }
    }

    #[test]
    fn a_browser_that_says_that_another_server_asks_is_believed() {
        assert!(comes_in(OWN, None, Some("same-origin")));
        assert!(comes_in(OWN, None, Some("none")));
        assert!(!comes_in(OWN, None, Some("same-site")));
        assert!(!comes_in(OWN, None, Some("cross-site")));
    }
}
