//! Tokens: OAuth2 client credentials and the api-key flow (the IX-API data dictionary, section 2).

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::clock::Millis;
use crate::dialect::Quirk;
use crate::ids::Ids;
use crate::parties::Party;
use crate::problem::{Findings, Problem};
use crate::settings::Settings;

/// Scopes that this exchange grants; the first three when a client asks for none.
const SCOPES: [&str; 4] = [
    "resource.api",
    "resource.ixapi",
    "resource.productcatalogapi",
    "ix-api",
];
const DEFAULT_SCOPES: usize = 3;

/// Refresh tokens live this many times as long as access tokens.
const REFRESH_FACTOR: i64 = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Access,
    Refresh,
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    party: Party,
    purpose: Purpose,
    expires: Millis,
}

/// The tokens that were given out.
#[derive(Debug, Default)]
pub struct Tokens {
    grants: HashMap<String, Grant>,
}

impl Tokens {
    /// `POST /connect/token`: answers as OAuth2 has it, errors included.
    pub fn client_credentials(
        &mut self,
        form: &[(String, String)],
        ids: &mut Ids,
        now: Millis,
        settings: &Settings,
    ) -> Answer {
        let field = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let refuse = |status, error: &str| Answer::json(status, &json!({ "error": error }));
        if field("grant_type") != Some("client_credentials") {
            return refuse(400, "unsupported_grant_type");
        }
        let (Some(id), Some(secret)) = (field("client_id"), field("client_secret")) else {
            return refuse(400, "invalid_request");
        };
        let Some(party) = Party::of_client(id, secret) else {
            return refuse(401, "invalid_client");
        };
        let asked: Vec<&str> = field("scope")
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        if asked.iter().any(|scope| !SCOPES.contains(scope)) {
            return refuse(400, "invalid_scope");
        }
        let granted = if asked.is_empty() {
            SCOPES[..DEFAULT_SCOPES].join(" ")
        } else {
            asked.join(" ")
        };
        let lifetime = settings.token_lifetime();
        let token = ids.opaque();
        self.grant(
            token.clone(),
            party,
            Purpose::Access,
            expiry(now, lifetime, 1),
        );
        Answer::json(
            200,
            &json!({ "access_token": token, "expires_in": lifetime, "token_type": "Bearer",
                "scope": granted }),
        )
    }

    /// `POST /auth/token`.
    pub fn api_key(
        &mut self,
        body: &Map<String, Value>,
        ids: &mut Ids,
        now: Millis,
        settings: &Settings,
    ) -> Result<Answer, Problem> {
        let mut sent = texts(body, &["api_key", "api_secret"])?;
        let (secret, key) = (
            sent.pop().unwrap_or_default(),
            sent.pop().unwrap_or_default(),
        );
        let party = Party::of_api_key(&key, &secret).ok_or_else(|| {
            Problem::authentication_error("The api key and its secret do not belong together.")
        })?;
        Ok(self.pair(party, ids, now, settings))
    }

    /// `POST /auth/refresh`. Some clients send the token as a bearer's instead of in the body.
    pub fn refresh(
        &mut self,
        body: &Map<String, Value>,
        header: Option<&str>,
        ids: &mut Ids,
        now: Millis,
        settings: &Settings,
    ) -> Result<Answer, Problem> {
        let bearer = header.and_then(|header| header.strip_prefix("Bearer "));
        let token = match bearer.filter(|_| body.is_empty()) {
            Some(bearer) => bearer.to_owned(),
            None => texts(body, &["refresh_token"])?.pop().unwrap_or_default(),
        };
        let party = self.check(&token, Purpose::Refresh, now)?;
        Ok(self.pair(party, ids, now, settings))
    }

    /// Every token that was given out, whatever became of it.
    pub fn given_out(&self) -> Vec<&str> {
        self.grants.keys().map(String::as_str).collect()
    }

    /// The party that a request's `authorization` header stands for.
    pub fn identify(&self, header: Option<&str>, now: Millis) -> Result<Party, Problem> {
        let header = header.ok_or_else(Problem::not_authenticated)?;
        let token = header.strip_prefix("Bearer ").ok_or_else(|| {
            Problem::authentication_error("The authorization header is not a bearer token.")
        })?;
        self.check(token, Purpose::Access, now)
    }

    /// Lets the token of a request expire now.
    pub fn expire(&mut self, header: Option<&str>) {
        let token = header.and_then(|header| header.strip_prefix("Bearer "));
        if let Some(grant) = token.and_then(|token| self.grants.get_mut(token)) {
            grant.expires = Millis::MIN;
        }
    }

    fn check(&self, token: &str, purpose: Purpose, now: Millis) -> Result<Party, Problem> {
        match self.grants.get(token) {
            Some(grant) if grant.purpose == purpose && grant.expires > now => Ok(grant.party),
            Some(grant) if grant.purpose == purpose => Err(Problem::signature_expired()),
            _ => Err(Problem::authentication_error(
                "This exchange did not give out that token.",
            )),
        }
    }

    fn pair(&mut self, party: Party, ids: &mut Ids, now: Millis, settings: &Settings) -> Answer {
        let mut token = |purpose, factor| {
            let expires = expiry(now, settings.token_lifetime(), factor);
            let issued = (!settings.has(Quirk::TokensLackIat)).then_some(now);
            let token = match settings.has(Quirk::OpaqueTokens) {
                true => ids.opaque(),
                false => jwt(party, issued, expires, ids),
            };
            self.grant(token.clone(), party, purpose, expires);
            token
        };
        let access_token = token(Purpose::Access, 1);
        let refresh_token = token(Purpose::Refresh, REFRESH_FACTOR);
        let at_once = settings.has(Quirk::TokenAnswers200);
        Answer::json(
            if at_once { 200 } else { 201 },
            &json!({ "access_token": access_token, "refresh_token": refresh_token }),
        )
    }

    fn grant(&mut self, token: String, party: Party, purpose: Purpose, expires: Millis) {
        self.grants.insert(
            token,
            Grant {
                party,
                purpose,
                expires,
            },
        );
    }
}

fn expiry(now: Millis, lifetime: u64, factor: i64) -> Millis {
    let seconds = i64::try_from(lifetime).unwrap_or(i64::MAX);
    now.saturating_add(seconds.saturating_mul(1000).saturating_mul(factor))
}

/// A token in the shape of a JWT. Only its moments (whole seconds) mean something to a client.
fn jwt(party: Party, issued: Option<Millis>, expires: Millis, ids: &mut Ids) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let mut claims = json!({ "sub": party.credentials().account, "exp": expires.div_euclid(1000),
        "jti": ids.opaque() });
    if let Some(issued) = issued {
        claims["iat"] = json!(issued.div_euclid(1000));
    }
    let encode = |part: String| URL_SAFE_NO_PAD.encode(part);
    format!(
        "{}.{}.{}",
        encode(header.to_string()),
        encode(claims.to_string()),
        encode(ids.opaque())
    )
}

/// The named fields of an authentication request, all of them text and nothing else beside them.
fn texts(body: &Map<String, Value>, names: &[&str]) -> Result<Vec<String>, Problem> {
    let mut findings = Findings::default();
    for name in body.keys().filter(|name| !names.contains(&name.as_str())) {
        findings.add(name, "is not known here");
    }
    let mut found = Vec::new();
    for name in names {
        match body.get(*name) {
            Some(Value::String(text)) => found.push(text.clone()),
            Some(_) => findings.add(*name, "must be a string"),
            None => findings.add(*name, "is required"),
        }
    }
    findings.refuse_if_any()?;
    Ok(found)
}
