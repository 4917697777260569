//! Which of the targeted requests a toxic affects.

use crate::counters::Tally;
use crate::random::Decisions;

/// Whether the toxic affects this request, one that it targets.
///
/// With `first`, only so many requests since the toxic was added are candidates, counted over all
/// connections.
pub fn is_selected(
    first: u64,
    probability: f64,
    decisions: &mut Decisions,
    tally: &mut Tally<'_>,
) -> bool {
    let number = tally.matched();
    // Drawn for every request: other connections must not shift the sequence of this one.
    let drawn = decisions.happens(probability);
    let selected = drawn && (first == 0 || number < first);
    if selected {
        tally.affected();
    }
    selected
}
