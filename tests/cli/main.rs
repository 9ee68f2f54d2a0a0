//! The program as its users meet it: exit codes, both streams, formats, and what happens to files.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic"
)]

mod eval;
mod explain;
mod fixture;
mod formats;
mod indexing;
mod long;
mod queries;
mod readme;
mod robustness;
mod structure;
mod updating;
