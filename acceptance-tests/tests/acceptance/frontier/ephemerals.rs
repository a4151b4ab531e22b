//! Ephemeral resources: what is needed for a moment, and stored nowhere.
