//! Seeded decisions: the same seed and connection number decide the same, whatever the timing.

/// A stream of decisions (`SplitMix64`, Steele et al. 2014).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The decisions of one toxic on one connection.
    ///
    /// They depend on the seed, the names and the number of the connection only: not on what
    /// other connections did meanwhile.
    pub fn new(seed: u64, proxy: &str, toxic: &str, connection: u64) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed; // FNV-1a over what makes it distinct
        let words = [proxy.as_bytes(), &[0], toxic.as_bytes(), &[0], &connection.to_le_bytes()];
        for byte in words.concat() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// A whole number below that one; 0 below 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// Uniform in `[-1, 1)`.
    pub fn either_way(&mut self) -> f64 {
        self.unit().mul_add(2.0, -1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_connection_decides_the_same() {
        let draw = |connection| {
            let mut dice = Dice::new(7, "api->redis", "slow", connection);
            [dice.unit(), dice.unit(), dice.either_way()].map(f64::to_bits)
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn another_seed_decides_otherwise() {
        let draw = |seed| Dice::new(seed, "p", "t", 1).unit();
        assert!((draw(1) - draw(2)).abs() > f64::EPSILON);
    }

    #[test]
    fn a_share_of_the_connections_is_hit() {
        let hit = (0..10_000).filter(|&n| Dice::new(5, "p", "t", n).unit() < 0.3).count();
        assert!((2_850..3_150).contains(&hit), "{hit} of 10000 at 30 %");
    }
}
