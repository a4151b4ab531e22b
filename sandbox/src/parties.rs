//! The two customers of this exchange and their credentials. All of these are made up and open
//! nothing.

// The secrets have what base64 has beside letters and digits, so that whoever forgets to encode
// them is not let in.

/// A customer with credentials of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The ordering party, which also manages resold accounts.
    A,
    /// The party that is invited to virtual circuits.
    B,
}

/// What a party presents to get a token.
#[derive(Debug)]
pub struct Credentials {
    /// Whose they are.
    pub party: Party,
    /// The party's name in the seeded accounts and in the request log.
    pub name: &'static str,
    /// The party's own account.
    pub account: &'static str,
    /// Whether the party creates accounts for customers of its own.
    pub resells: bool,
    /// OAuth2 client id.
    pub client_id: &'static str,
    /// OAuth2 client secret.
    pub client_secret: &'static str,
    /// Key of the api-key flow.
    pub api_key: &'static str,
    /// Secret of the api-key flow.
    pub api_secret: &'static str,
}

static PARTY_A: Credentials = Credentials {
    party: Party::A,
    name: "A",
    account: "A0087999",
    resells: true,
    client_id: "sandbox-party-a",
    client_secret: "not-a-real/secret+of=party-a",
    api_key: "sandbox-legacy-key-of-party-a",
    api_secret: "not-a-real/legacy+secret=of-party-a",
};

static PARTY_B: Credentials = Credentials {
    party: Party::B,
    name: "B",
    account: "A0087264",
    resells: false,
    client_id: "sandbox-party-b",
    client_secret: "not-a-real/secret+of=party-b",
    api_key: "sandbox-legacy-key-of-party-b",
    api_secret: "not-a-real/legacy+secret=of-party-b",
};

impl Party {
    /// Everyone who can sign in.
    pub const ALL: [Party; 2] = [Party::A, Party::B];

    /// What this party signs in with.
    pub fn credentials(self) -> &'static Credentials {
        match self {
            Party::A => &PARTY_A,
            Party::B => &PARTY_B,
        }
    }

    /// The party that OAuth2 client credentials belong to.
    pub fn of_client(id: &str, secret: &str) -> Option<Party> {
        Party::ALL.into_iter().find(|party| {
            let own = party.credentials();
            own.client_id == id && own.client_secret == secret
        })
    }

    /// The party that an api key pair belongs to.
    pub fn of_api_key(key: &str, secret: &str) -> Option<Party> {
        Party::ALL.into_iter().find(|party| {
            let own = party.credentials();
            own.api_key == key && own.api_secret == secret
        })
    }
}
