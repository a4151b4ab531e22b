//! Configuration that is generated for what is imported: it plans empty as it is.
