//! The program `bp`: parses, runs, reports.

use std::io::Write as _;
use std::panic::{catch_unwind, set_hook};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The engine may panic over damaged bytes, which is fenced where it is called; whatever else breaks is reported here.
    set_hook(Box::new(|_| {}));
    match catch_unwind(|| bp::cli::run(std::env::args_os())) {
        Ok(exit) => exit.into(),
        Err(panic) => {
            let reason = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            let _ = writeln!(
                std::io::stderr(),
                "error: bp broke off, which it never should: {}",
                reason.unwrap_or("no reason given")
            );
            ExitCode::from(2)
        }
    }
}
