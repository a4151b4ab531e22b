//! Extensions: what an exchange offers besides IX-API, each below an address of its own. Where that
//! is, the settings say, or the exchange lists it, or it is the usual place.

use url::Url;

use super::lenient::{self, Json};
use super::settings::{Setting, SettingsError};

/// What separates the name of an extension from a path in it: `inxn-servicekey-v1:/connections`.
const SEPARATOR: char = ':';

/// The path of a collection, and the extension that it is in, if it is in one.
pub(super) fn place(path: &str) -> (Option<&str>, &str) {
    match path.split_once(SEPARATOR) {
        Some((extension, path)) => (Some(extension), path),
        None => (None, path),
    }
}

/// Where an extension is unless somebody says otherwise.
pub(super) fn usual(api: &Url, name: &str) -> Url {
    let mut url = api.clone();
    let base = api.path().trim_end_matches('/');
    url.set_path(&format!("{base}/extensions/{name}"));
    url
}

/// The address of an extension as a person writes it: a path from the root of the exchange's host,
/// or the whole address.
///
/// # Errors
/// That it is none, or on another host: the token goes there with every request.
pub(super) fn address(api: &Url, text: &str) -> Result<Url, SettingsError> {
    let wrong = |reason: &str| SettingsError::new(Setting::Extension, reason);
    let text = text.trim();
    let misleads = text.contains(['?', '#']) || text.starts_with("//");
    let url = match text.starts_with('/') {
        true => api.join(text).ok(),
        false => Url::parse(text).ok(),
    };
    let url = url.filter(|_| !misleads).ok_or_else(|| {
        wrong("is neither a path such as /extensions/inxn-servicekey-v1 nor an address with one")
    })?;
    match url.origin() == api.origin() && url.username().is_empty() && url.password().is_none() {
        true => Ok(url),
        false => Err(wrong(
            "is not on the host of the API, and the token would be sent there",
        )),
    }
}

/// Where the exchange says that an extension is. What it lists on other hosts is not believed.
pub(super) fn listed(api: &Url, extensions: &Json, name: &str) -> Option<Url> {
    let extensions = lenient::list(extensions).iter();
    let named = |it: &&Json| it.get("name").and_then(lenient::text).as_deref() == Some(name);
    let base = extensions.filter(named).find_map(|it| it.get("base_url"));
    address(api, &base.and_then(lenient::text)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn api() -> Url {
        Url::parse("https://x.example/ixapi/v2").unwrap()
    }

    fn at(text: &str) -> Result<String, String> {
        let url = address(&api(), text);
        url.map(|url| url.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_path_is_one_from_the_root_of_the_host() {
        let root = Ok("https://x.example/extensions/keys".to_owned());
        assert_eq!(at("/extensions/keys"), root);
        assert_eq!(at(" https://x.example/extensions/keys "), root);
    }

    #[test]
    fn the_token_stays_on_the_host_of_the_api() {
        for elsewhere in [
            "https://y.example/extensions/keys",
            "http://x.example/extensions/keys",
            "https://x.example:8443/keys",
            "https://me:secret@x.example/keys",
        ] {
            assert!(at(elsewhere).unwrap_err().contains("host"), "{elsewhere}");
        }
        for nonsense in [
            "",
            "keys",
            "//y.example/keys",
            "/keys?a=b",
            "https://x.example/#k",
        ] {
            assert!(at(nonsense).unwrap_err().contains("neither"), "{nonsense}");
        }
    }

    #[test]
    fn what_the_exchange_lists_is_found_by_its_name() {
        let listed = |base: &str| {
            let all = json!([{"name": "other"}, {"name": "keys", "base_url": base}]);
            listed(&api(), &all, "keys").map(|url| url.to_string())
        };
        let root = "https://x.example/extensions/keys";
        assert_eq!(listed(root).as_deref(), Some(root));
        assert_eq!(listed("https://y.example/keys"), None);
        assert_eq!(listed(""), None);
    }

    #[test]
    fn without_a_word_it_is_below_the_api() {
        let usual = usual(&api(), "keys").to_string();
        assert_eq!(usual, "https://x.example/ixapi/v2/extensions/keys");
        assert_eq!(place("keys:/connections"), (Some("keys"), "/connections"));
        assert_eq!(place("/connections"), (None, "/connections"));
    }
}
