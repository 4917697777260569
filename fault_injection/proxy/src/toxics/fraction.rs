//! Attributes that are a fraction of a whole.

use serde::de::{Deserialize, Deserializer, Error};

/// The fraction that affects everything.
pub fn always() -> f64 {
    1.0
}

/// Read a number from 0 to 1.
///
/// # Errors
/// It is not a number of that range.
pub fn fraction<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let fraction = f64::deserialize(from)?;
    if (0.0..=1.0).contains(&fraction) {
        return Ok(fraction);
    }
    Err(D::Error::custom(format!("{fraction} is not a fraction from 0 to 1")))
}
