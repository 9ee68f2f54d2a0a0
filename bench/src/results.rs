//! The results as rows of a CSV file: one for each program, size and query, or measure of indexing. Results of other
//! sizes that are there already stay.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::measure::Summary;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Making an index, as a whole process.
    Index,
    /// A query, as a whole process.
    Query,
    /// A query through the library, in a process that has the index open.
    Library,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// How many documents the corpus has.
    pub documents: usize,
    /// What was measured.
    pub measure: Measure,
    /// The name of the query; empty for indexing.
    pub query: String,
    /// The program.
    pub program: String,
    /// How often.
    pub rounds: usize,
    /// The shortest time, in milliseconds.
    pub best_ms: f64,
    /// The median time, in milliseconds.
    pub median_ms: f64,
    /// The time that 99 of 100 runs keep within, in milliseconds; through the library only.
    pub p99_ms: Option<f64>,
    /// The median over that of `floor` in the same run.
    pub ratio: Option<f64>,
    /// The median of user and system time together, in milliseconds; of whole processes.
    pub cpu_ms: Option<f64>,
    /// The largest peak of resident memory, in KiB; of whole processes.
    pub peak_kib: Option<u64>,
    /// The size of the index, in bytes; for indexing.
    pub index_bytes: Option<u64>,
    /// The size of the blueprints, in bytes; for indexing.
    pub text_bytes: Option<u64>,
}

impl Row {
    /// Makes the row of a whole process.
    pub fn of_process(
        documents: usize,
        measure: Measure,
        query: &str,
        program: &str,
        (rounds, summary): (usize, Summary),
    ) -> Self {
        let ms = |time: std::time::Duration| round(time.as_secs_f64() * 1e3);
        Self {
            documents,
            measure,
            query: query.to_owned(),
            program: program.to_owned(),
            rounds,
            best_ms: ms(summary.best),
            median_ms: ms(summary.median),
            p99_ms: None,
            ratio: None,
            cpu_ms: Some(ms(summary.cpu)),
            peak_kib: Some(summary.peak / 1024),
            index_bytes: None,
            text_bytes: None,
        }
    }

    fn key(&self) -> (usize, Measure, &str, &str) {
        (self.documents, self.measure, &self.query, &self.program)
    }
}

/// Rounds to a microsecond, where the value is of milliseconds.
pub fn round(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// All results.
#[derive(Debug, Default)]
pub struct Results {
    /// The rows, by size, measure, query (in the order of measuring) and program.
    pub rows: Vec<Row>,
}

impl Results {
    /// Reads a file; none is an empty one.
    pub fn read(path: &Path) -> io::Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let rows = csv::Reader::from_path(path)?.into_deserialize();
        let rows = rows.collect::<Result<Vec<Row>, csv::Error>>()?;
        Ok(Self { rows })
    }

    /// Puts rows that were measured in one run in place of those of before, with their ratios to the floor.
    pub fn take(&mut self, mut rows: Vec<Row>) {
        // A single index that was made anew is set against the floor's of before.
        let floors: Vec<Row> = rows.iter().chain(&self.rows).cloned().collect();
        for row in &mut rows {
            let is_floor = |floor: &&Row| {
                floor.program == "floor" && floor.measure == row.measure && floor.query == row.query
            };
            let floor = floors.iter().find(is_floor);
            row.ratio = floor.map(|floor| round(row.median_ms / floor.median_ms));
        }
        for row in rows {
            match self.rows.iter_mut().find(|old| old.key() == row.key()) {
                Some(old) => *old = row,
                None => self.rows.push(row),
            }
        }
        self.rows.sort_by_key(|row| (row.documents, row.measure));
    }

    /// Writes the file.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut writer = csv::Writer::from_path(path)?;
        for row in &self.rows {
            writer.serialize(row)?;
        }
        writer.flush()
    }

    /// Returns the row of a size, measure, query and program.
    pub fn row(
        &self,
        documents: usize,
        measure: Measure,
        query: &str,
        program: &str,
    ) -> Option<&Row> {
        let key = (documents, measure, query, program);
        self.rows.iter().find(|row| row.key() == key)
    }

    /// Returns all sizes in order.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self.rows.iter().map(|row| row.documents).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }
}
