//! `terraform query`: what exists is listed, and found again.
