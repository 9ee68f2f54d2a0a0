//! Shares work among threads: the first part here, each other in a thread of its own.

use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// Does each of some parts and returns what they give, in order. What the system gives no thread for is done here as well.
pub fn in_parts<T: Send>(parts: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if parts < 2 {
        return vec![of(0)];
    }
    let of = &of;
    scope(|scope| {
        let others: Vec<_> = (1..parts)
            .map(|part| Builder::new().spawn_scoped(scope, move || of(part)))
            .collect();
        let mut done = vec![of(0)];
        for (part, other) in (1..parts).zip(others) {
            done.push(match other {
                // What a thread broke off with goes on here.
                Ok(other) => other.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => of(part),
            });
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_in_order_and_what_breaks_off_is_not_lost() {
        assert_eq!(in_parts(1, |part| part), [0]);
        assert_eq!(in_parts(4, |part| part * part), [0, 1, 4, 9]);
        let broken = std::panic::catch_unwind(|| in_parts(2, |part| assert_eq!(part, 0)));
        assert!(broken.is_err());
    }
}
