//! `export`: the configuration of an estate that exists.
