//! Random decisions that a seed reproduces, whatever the timing of the run.

use std::fmt;
use std::hash::Hasher;
use std::ops::RangeInclusive;

use rand::distr::uniform::SampleUniform;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_seeder::SipHasher;

/// The sequence of random decisions of one toxic on one connection.
#[derive(Clone)]
pub struct Decisions(ChaCha8Rng);

impl Decisions {
    /// The sequence depends on these four values only, not on other connections or on time.
    ///
    /// The key of the `ChaCha8` generator is the output of a `SipHash` 2-4 generator that is keyed
    /// with the seed and has read, for each name, its length (64 bits, little-endian) and its
    /// bytes. The number of the connection is `ChaCha`'s stream: connections never share a part of
    /// a sequence.
    pub fn new(seed: u64, proxy: &str, toxic: &str, connection: u64) -> Self {
        let mut hasher = SipHasher::from_keys(seed, 0);
        for name in [proxy, toxic] {
            hasher.write(&(name.len() as u64).to_le_bytes());
            hasher.write(name.as_bytes());
        }
        let mut generator = ChaCha8Rng::from_rng(&mut hasher.into_rng());
        generator.set_stream(connection);
        Self(generator)
    }

    /// Whether an event of this probability happens: never at 0, always at 1.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    /// A uniform value of the range.
    pub fn between<T: SampleUniform + PartialOrd>(&mut self, range: RangeInclusive<T>) -> T {
        self.0.random_range(range)
    }
}

impl fmt::Debug for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decisions")
    }
}

#[cfg(test)]
mod tests {
    use super::Decisions;

    fn numbers(seed: u64, proxy: &str, toxic: &str, connection: u64) -> [u32; 4] {
        let mut decisions = Decisions::new(seed, proxy, toxic, connection);
        [(); 4].map(|()| decisions.between(0..=u32::MAX))
    }

    /// The same seed, names and connection number give the same sequence, today and in every
    /// later version.
    #[test]
    fn the_sequence_of_a_seed_is_fixed() {
        assert_eq!(
            numbers(7, "api->redis", "slow", 3),
            [2_189_161_623, 3_395_999_639, 10_269_287, 1_785_117]
        );
    }

    /// Each of the four inputs changes the sequence, and the border between the names counts.
    #[test]
    fn every_input_changes_the_sequence() {
        let sequences = [
            numbers(7, "ab", "c", 3),
            numbers(8, "ab", "c", 3),
            numbers(7, "a", "bc", 3),
            numbers(7, "ab", "d", 3),
            numbers(7, "ab", "c", 4),
        ];
        for (place, sequence) in sequences.iter().enumerate() {
            assert!(!sequences[..place].contains(sequence), "{sequences:?}");
        }
    }

    /// The first decision is true on the asked fraction of the connections.
    #[test]
    fn the_asked_fraction_of_the_connections_is_affected() {
        let affected = |probability| {
            (0..10_000).filter(|&n| Decisions::new(5, "p", "t", n).happens(probability)).count()
        };
        assert!((2_850..3_150).contains(&affected(0.3)), "{} of 10000 at 30 %", affected(0.3));
        assert_eq!((affected(0.0), affected(1.0)), (0, 10_000));
    }
}
