//! How this module reports what it does, without knowing where the lines go.

/// How important a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// The bodies of requests and answers, secrets removed.
    Trace,
    /// One line per attempt of a request.
    Debug,
    /// Nothing at present.
    Info,
    /// The exchange behaved in a way that may explain later trouble.
    Warn,
    /// Nothing at present: errors are returned, not logged.
    Error,
}

/// Takes log lines. Whatever is handed over has been freed of secrets.
pub trait Log: Send + Sync {
    /// Takes one line.
    fn log(&self, level: LogLevel, message: &str, fields: &[(&str, String)]);

    /// Whether lines of this level are wanted at all. Bodies are only rendered if they are.
    fn enabled(&self, level: LogLevel) -> bool {
        let _ = level;
        true
    }
}

/// Drops every line.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLog;

impl Log for NoLog {
    fn log(&self, _: LogLevel, _: &str, _: &[(&str, String)]) {}

    fn enabled(&self, _: LogLevel) -> bool {
        false
    }
}
