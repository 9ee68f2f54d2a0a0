//! Shares work among threads: each takes the next part when it has done one, so that nothing waits for a thread that starts late.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, scope};

/// Does each of some parts, by so many threads with this one, and returns what they give, in order. Where the system gives no
/// thread, this one does all.
pub fn in_parts<T: Send>(parts: usize, threads: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if threads < 2 {
        return (0..parts).map(of).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return done;
            }
            done.push((part, of(part)));
        }
    };
    let mut done = scope(|scope| {
        let others: Vec<_> = (1..threads)
            .flat_map(|_| Builder::new().spawn_scoped(scope, work))
            .collect();
        let mut done = work();
        for other in others {
            // What a thread broke off with goes on here.
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(part, _)| *part);
    done.into_iter().map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_order_and_what_breaks_off_is_not_lost() {
        assert_eq!(in_parts(1, 1, |part| part), [0]);
        for threads in [1, 2, 9] {
            let squares = in_parts(5, threads, |part| part * part);
            assert_eq!(squares, [0, 1, 4, 9, 16], "{threads}");
        }
        let broken = std::panic::catch_unwind(|| in_parts(4, 2, |part| assert_ne!(part, 3)));
        assert!(broken.is_err());
    }
}
