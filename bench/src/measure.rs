//! Measures a whole process: time from start to end, CPU of it and its children, peak memory.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// User and system time together, of all threads.
    pub cpu: Duration,
    /// The largest resident memory, in bytes. The system counts from before the program was loaded: what this process
    /// itself holds is the least that shows.
    pub peak: u64,
}

/// Runs a command, its output thrown away.
///
/// # Errors
/// Fails where it cannot be started, or ends with more than 1, which means "nothing found".
pub fn run(command: &mut Command) -> io::Result<Cost> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let ended = command.spawn()?.wait4()?;
    let wall = start.elapsed();
    if ended.status.code().is_none_or(|code| code > 1) {
        let reason = format!("{command:?} ended with {}", ended.status);
        return Err(io::Error::other(reason));
    }
    Ok(Cost {
        wall,
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak: ended.rusage.maxrss,
    })
}

/// What several runs of one command came to.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// The shortest time.
    pub best: Duration,
    /// The median of the times.
    pub median: Duration,
    /// The median of the CPU times.
    pub cpu: Duration,
    /// The largest peak, in bytes.
    pub peak: u64,
}

impl Summary {
    /// Sums up runs; `None` for none.
    pub fn of(costs: &[Cost]) -> Option<Self> {
        let sorted = |time: fn(&Cost) -> Duration| {
            let mut times: Vec<Duration> = costs.iter().map(time).collect();
            times.sort();
            times
        };
        let (walls, cpus) = (sorted(|cost| cost.wall), sorted(|cost| cost.cpu));
        Some(Self {
            best: *walls.first()?,
            median: walls[walls.len() / 2],
            cpu: cpus[cpus.len() / 2],
            peak: costs.iter().map(|cost| cost.peak).max()?,
        })
    }
}
