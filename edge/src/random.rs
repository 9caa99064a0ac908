//! The one place of the edge that draws random numbers.

use crate::error::EdgeError;

/// Random bytes from the platform. Errors: [`EdgeError::Platform`] if it has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], EdgeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| EdgeError::Platform(format!("no randomness: {e}")))?;
    Ok(bytes)
}

/// Seed for an id. Errors: as [`bytes`].
pub fn seed() -> Result<u128, EdgeError> {
    bytes().map(u128::from_le_bytes)
}
