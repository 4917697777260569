//! Attributes that are shares of a whole.

use serde::de::{Deserialize, Deserializer, Error};

/// The share of those who are all hit.
pub fn always() -> f64 {
    1.0
}

/// Read a number from 0 to 1.
///
/// # Errors
/// It is none.
pub fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(from)?;
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(D::Error::custom(format!("{share} is not a share: from 0 to 1")))
}
