//! The audit log as its users have it: forks, long logs, files of them, and every way of tampering.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "tests"
)]

mod log;
mod support;
mod tampering;
