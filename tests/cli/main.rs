//! The program as its users meet it: exit codes, both streams, formats, and what happens to files.

mod fixture;
mod formats;
mod indexing;
mod queries;
mod readme;
mod robustness;
mod structure;
