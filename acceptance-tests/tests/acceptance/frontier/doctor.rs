//! `doctor`: what an exchange can do, and where it deviates.
