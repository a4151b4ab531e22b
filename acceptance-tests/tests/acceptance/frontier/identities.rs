//! Identities: they are kept beside the state, and one imports by them.
