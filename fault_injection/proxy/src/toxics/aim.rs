//! Which of the requests that a toxic is about it hits.

use crate::counters::Tally;
use crate::dice::Dice;

/// Whether this request, one that the toxic is about, is hit.
///
/// With `first`, the first so many since the toxic came are candidates, on whatever connection.
pub fn hits(first: u64, probability: f64, dice: &mut Dice, tally: &mut Tally<'_>) -> bool {
    let number = tally.matched();
    // Rolled for each, so that what others did does not change what this connection meets.
    let hit = dice.unit() < probability && (first == 0 || number < first);
    if hit {
        tally.affected();
    }
    hit
}
