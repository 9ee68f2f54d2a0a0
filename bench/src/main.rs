//! Measures `bp` beside a minimal program of the same engine and beside its peers, as whole processes in one run, and
//! through the library. `bp-bench run` does everything; the README says what is measured and how.

mod generate;
mod library;
mod measure;
mod parse;
mod place;
mod plot;
mod programs;
mod queries;
mod results;
mod run;
mod table;

use bp_bench::numbers;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap::{Parser, Subcommand};
use programs::Wanted;
use results::Results;

/// Measures bp, the bare engine and other search programs.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure everything: tables to standard output, CSV and plots into the folder of results.
    Run {
        /// Numbers of documents.
        #[arg(long, value_delimiter = ',', default_value = "30,10000,100000")]
        sizes: Vec<usize>,
        /// How often each query is asked of each program.
        #[arg(long, default_value_t = 21)]
        rounds: usize,
        /// How often an index of up to 10,000 documents is made.
        #[arg(long, default_value_t = 5)]
        index_rounds: usize,
        /// The folder of blueprints and indexes, which are kept [default: bp-bench in the system's temporary folder].
        #[arg(long)]
        data: Option<PathBuf>,
        /// The folder of CSV and plots.
        #[arg(long, default_value = "bench/results")]
        results: PathBuf,
        /// The folder of the built programs [default: that of this one].
        #[arg(long)]
        built: Option<PathBuf>,
        /// Build bp and the floors as static programs too, and measure these as programs of their own.
        #[arg(long = "static")]
        is_static: bool,
        /// Measure these programs alone, by their names in the tables; others keep their results.
        #[arg(long, value_delimiter = ',', value_name = "NAMES")]
        programs: Vec<String>,
        /// Install tantivy-cli into the folder of data, where it is not there yet.
        #[arg(long)]
        tantivy_cli: bool,
    },
    /// Make tables and plots of results that are there.
    Plot {
        /// The folder of CSV and plots.
        #[arg(long, default_value = "bench/results")]
        results: PathBuf,
    },
    /// Write blueprints.
    Generate {
        /// Where to.
        folder: PathBuf,
        /// How many.
        count: usize,
        /// What they are made of.
        seed: u64,
    },
    /// Parse blueprints into a file for the floors.
    Parse {
        /// The blueprints.
        folder: PathBuf,
        /// The file.
        dump: PathBuf,
    },
    /// Write parsed documents as plain records.
    Export {
        /// The parsed documents.
        dump: PathBuf,
        /// Where to.
        file: PathBuf,
        /// The form.
        form: parse::Form,
    },
    /// Time queries through the library, and print rows as CSV.
    Library {
        /// The index.
        index: PathBuf,
        /// How many documents it holds.
        documents: usize,
    },
}

fn main() -> io::Result<()> {
    match Args::parse().command {
        Command::Run {
            sizes,
            rounds,
            index_rounds,
            data,
            results,
            built,
            is_static,
            programs,
            tantivy_cli,
        } => {
            let data = data.unwrap_or_else(|| env::temp_dir().join("bp-bench"));
            fs::create_dir_all(&data)?;
            fs::create_dir_all(&results)?;
            let own = env::current_exe()?;
            let own = own.parent().unwrap_or(Path::new("."));
            let built = built.unwrap_or_else(|| own.to_owned());
            let built_static = is_static.then(|| programs::build_static(&data));
            let wanted = Wanted {
                built,
                built_static: built_static.transpose()?,
                data,
                tantivy_cli,
                names: programs,
            };
            let plan = run::Plan {
                sizes,
                rounds: rounds.max(1),
                index_rounds: index_rounds.max(1),
                results: results.clone(),
                wanted,
            };
            show(&run::all(&plan)?, &results)
        }
        Command::Plot { results } => show(&Results::read(&results.join("results.csv"))?, &results),
        Command::Generate {
            folder,
            count,
            seed,
        } => generate::generate(&folder, count, seed),
        Command::Parse { folder, dump } => parse::parse(&folder, &dump),
        Command::Export { dump, file, form } => parse::export(&dump, &file, form),
        Command::Library { index, documents } => {
            let mut writer = csv::Writer::from_writer(io::stdout());
            for row in library::time(&index, documents)? {
                writer.serialize(row)?;
            }
            writer.flush()
        }
    }
}

/// Prints the tables, and draws the plots.
fn show(results: &Results, folder: &Path) -> io::Result<()> {
    print!("{}", table::tables(results));
    for (name, picture) in plot::pictures(results) {
        fs::write(folder.join(name), picture)?;
    }
    Ok(())
}
