//! No secret is in a state, plan, log or crash.
