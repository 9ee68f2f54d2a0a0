//! Turns a seed into numbers: the same ones for the same seed everywhere.

/// A generator of numbers (splitmix64, Steele et al., 2014).
pub struct Numbers(u64);

impl Numbers {
    /// Starts with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Starts with a seed and the number of what is made of it: each has numbers of its own, whoever makes it.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut numbers = Self(seed);
        Self(numbers.draw() ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// Returns the next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below a bound above 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound as u64) as usize
    }

    /// Returns one of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Returns a rank below `ranks` by Zipf's law, by inverting the integral of 1/x.
    pub fn rank(&mut self, ranks: usize) -> usize {
        let share = (self.draw() >> 11) as f64 / (1_u64 << 53) as f64;
        ((ranks as f64 + 1.0).powf(share) - 1.0) as usize % ranks
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
