//! `bp` finds the roles behind a skill or a KPI.

pub mod blueprint;
pub mod cli;
pub mod corpus;
pub mod error;
pub mod eval;
pub mod index;
pub mod query;
pub mod ranking;
pub mod render;
pub mod search;
pub mod taxonomy;
