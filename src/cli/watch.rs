//! `bp index --watch`: takes changes in as they come, until it is stopped.
//!
//! It looks at the files' stamps now and then rather than being told by the system: that works on every file system, and
//! is the same comparison that tells a run what to read.

use std::path::Path;
use std::time::{Duration, Instant};

use super::exit::Exit;
use super::ui::{Stop, Ui};
use crate::error::Error;
use crate::index::material::Material;
use crate::index::refresh::unreachable;
use crate::index::{Options, Plan};

/// How long to wait between two looks at least.
const PAUSE: Duration = Duration::from_millis(250);
/// A look may take this share of the time, one in so many.
const SHARE: u32 = 20;

/// Brings the index up to date by `run`, again after each change.
///
/// A change is taken in once two looks have seen the same, so that a file that is being written, or replaced by way of
/// another name, is read when that is done.
pub fn run(
    ui: &mut Ui,
    folder: &Path,
    plan: &Plan,
    options: Options,
    run: impl Fn(&mut Ui, &Options) -> Result<Exit, Stop>,
) -> Result<Exit, Stop> {
    let mut seen = None;
    let mut options = options;
    let mut is_due = true;
    let mut has_gone = false;
    loop {
        let start = Instant::now();
        let gone = unreachable(&plan.sources);
        if gone.is_empty() {
            has_gone = false;
            let now = look(folder, plan);
            if is_due && (now == seen || seen.is_none()) {
                match run(ui, &options) {
                    Ok(_) => ui.flush()?,
                    // What stops one run need not stop the next.
                    Err(Stop::Failed(error)) if !matches!(error, Error::Usage { .. }) => {
                        ui.warn(&error.to_string());
                    }
                    Err(stop) => return Err(stop),
                }
                options.rebuild = false;
                is_due = false;
            }
            is_due |= seen.is_some() && now != seen;
            seen = now.or(Some(0));
        } else if !has_gone {
            has_gone = true;
            is_due = true;
            for path in &gone {
                ui.warn(&format!(
                    "{} cannot be reached; the index stays as it is until it comes back",
                    path.display()
                ));
            }
        }
        std::thread::sleep(PAUSE.max(start.elapsed() * SHARE));
    }
}

/// A hash of all that tells of a change; `None` where it cannot be looked at.
fn look(folder: &Path, plan: &Plan) -> Option<u64> {
    let material = Material::gather(plan, Some(folder)).ok()?;
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    for file in &material.walk.files {
        hasher.update(file.path.as_os_str().as_encoded_bytes());
        let stamp = file.stamp;
        for number in [stamp.size, stamp.modified, stamp.changed] {
            hasher.update(&number.to_le_bytes());
        }
    }
    for (path, _) in &material.walk.passed_over {
        hasher.update(path.as_os_str().as_encoded_bytes());
    }
    hasher.update(&material.taxonomy_hash.to_le_bytes());
    Some(hasher.digest())
}
