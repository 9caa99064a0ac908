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

/// FNV-1a: tells one text from the next, and no more.
pub fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
