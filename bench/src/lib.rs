//! What the programs of the benchmark share: numbers from a seed, parsed documents in a file, and the bare engine.

pub mod dump;
pub mod engine;
pub mod numbers;
