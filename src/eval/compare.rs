//! Turns the figures of two runs over the same queries into differences, and says how likely chance alone gives them.

use super::metrics::{Metric, Scores, mean};

/// How often signs are drawn.
pub const PERMUTATIONS: u32 = 10_000;
/// Where drawing starts: the same figures give the same p.
pub const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
/// Figures that are closer than this are equal.
const EQUAL: f64 = 1e-9;

/// A figure of two runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The figure.
    pub metric: Metric,
    /// Its mean.
    pub mean: f64,
    /// Its mean in the baseline.
    pub baseline: f64,
    /// How much the first is above the second.
    pub difference: f64,
    /// How likely a difference at least that large is, either way, where the runs are alike.
    pub p: f64,
    /// In how many queries it is better than in the baseline.
    pub wins: usize,
    /// In how many queries it is worse.
    pub losses: usize,
    /// In how many queries it is the same.
    pub ties: usize,
}

/// Compares two runs, query by query.
pub fn compare(pairs: &[(Scores, Scores)]) -> Vec<Comparison> {
    let ours = mean(pairs.iter().map(|(ours, _)| ours));
    let theirs = mean(pairs.iter().map(|(_, theirs)| theirs));
    let of = |metric: Metric| {
        let difference = |(ours, theirs): &(Scores, Scores)| metric.of(ours) - metric.of(theirs);
        let differences: Vec<f64> = pairs.iter().map(difference).collect();
        let above = differences.iter().filter(|by| **by > EQUAL).count();
        let below = differences.iter().filter(|by| **by < -EQUAL).count();
        let is_higher = metric.is_better_higher();
        let (wins, losses) = if is_higher {
            (above, below)
        } else {
            (below, above)
        };
        Comparison {
            metric,
            mean: metric.of(&ours),
            baseline: metric.of(&theirs),
            difference: metric.of(&ours) - metric.of(&theirs),
            p: randomization(&differences),
            wins,
            losses,
            ties: differences.len() - wins - losses,
        }
    };
    Metric::ALL.into_iter().map(of).collect()
}

/// Computes the p value of the two-sided paired randomization test (Smucker, Allan and Carterette, 2007).
///
/// Were the runs alike, each difference could as well have the other sign. The share of sign changes whose sum is at least
/// as far from 0 as the one seen is p; the one seen counts as one of them, so that p is never 0.
pub fn randomization(differences: &[f64]) -> f64 {
    let seen = differences.iter().sum::<f64>().abs() - EQUAL;
    let mut random = XorShift(SEED);
    let mut as_far = 1;
    for _ in 0..PERMUTATIONS {
        let mut sum = 0.0;
        for part in differences.chunks(64) {
            let mut signs = random.next();
            for difference in part {
                sum += if signs & 1 == 1 {
                    -difference
                } else {
                    *difference
                };
                signs >>= 1;
            }
        }
        as_far += u32::from(sum.abs() >= seen);
    }
    f64::from(as_far) / f64::from(PERMUTATIONS + 1)
}

/// xorshift64* (Vigna, 2016), its halves folded, since the low bits alone are weaker.
struct XorShift(u64);

impl XorShift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        drawn ^ (drawn >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_near_that_of_all_sign_changes() {
        // All eight one way: 2 of 256 sign changes are as far from 0.
        for (differences, exact) in [
            (vec![0.1; 8], 2.0 / 256.0),
            (vec![-0.1; 8], 2.0 / 256.0),
            (vec![0.3, 0.0, 0.0], 1.0),
            (vec![0.2, 0.2, -0.2], 1.0),
            (vec![0.5, 0.25, 0.125, 0.0625, -0.03125], 4.0 / 32.0),
            (vec![0.0; 70], 1.0),
            (Vec::new(), 1.0),
        ] {
            let p = randomization(&differences);
            assert!((p - exact).abs() < 0.01, "{differences:?}: {p}");
        }
        assert!(randomization(&[0.1; 100]) < 0.001);
    }
}
