//! Passwords: Argon2id, in the stateless Worker only, because its memory is never given back.

use crate::error::EdgeError;
use crate::random;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use protocol::problem::Code;

/// 19 MiB, two passes: OWASP's first choice, about 30 ms here.
const PARAMS: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Shorter ones are guessed, longer ones are an attack on our processor.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=200;

/// Of a random password that nobody knows. Checked where no agent has the address, so that the time taken
/// does not tell whether one has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$1dz7UEaTe8SOZZsFGKp1pGKwW9Ofn0wYjCU0IySmiPU";

/// Hashes a new password. Errors: [`Code::BadPassword`] unless it has 8 to 200 characters.
pub fn hash(password: &str) -> Result<String, EdgeError> {
    if !LENGTH.contains(&password.chars().count()) {
        return Err(Code::BadPassword.into());
    }
    let salt = SaltString::encode_b64(&random::bytes::<16>()?).map_err(internal)?;
    Ok(argon()?.hash_password(password.as_bytes(), &salt).map_err(internal)?.to_string())
}

/// Checks a password against its stored hash, or against nobody's. Errors: [`Code::BadCredentials`].
pub fn check(password: &str, stored: Option<&str>) -> Result<(), EdgeError> {
    let hash = PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(internal)?;
    let fits = password.len() <= 4 * LENGTH.end() && argon()?.verify_password(password.as_bytes(), &hash).is_ok();
    if fits && stored.is_some() { Ok(()) } else { Err(Code::BadCredentials.into()) }
}

fn argon() -> Result<Argon2<'static>, EdgeError> {
    let (memory, passes, lanes) = PARAMS;
    let params = Params::new(memory, passes, lanes, None).map_err(internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn internal(error: impl std::fmt::Display) -> EdgeError {
    EdgeError::Platform(format!("argon2: {error}"))
}
