//! Passwords: Argon2id, in the stateless Worker only, because its memory is never given back.

use crate::error::EdgeError;
use crate::random;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use protocol::problem::Code;
use subtle::ConstantTimeEq;

/// 19 MiB, two passes: OWASP's first choice, about 30 ms here.
const PARAMS: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Shorter ones are guessed, longer ones are an attack on our processor.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=200;

/// Of a random password that nobody knows. Checked where no agent has the address, so that the time taken
/// does not tell whether one has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$1dz7UEaTe8SOZZsFGKp1pGKwW9Ofn0wYjCU0IySmiPU";

/// Bytes of a hash.
const HASH: usize = 32;

/// Hashes a new password. Errors: [`Code::BadPassword`] unless it has 8 to 200 characters.
pub fn hash(password: &str) -> Result<String, EdgeError> {
    if !LENGTH.contains(&password.chars().count()) {
        return Err(Code::BadPassword.into());
    }
    let (memory, passes, lanes) = PARAMS;
    let salt = random::bytes::<16>()?;
    let params = Params::new(memory, passes, lanes, None).map_err(internal)?;
    let [salt, hash] = [&salt[..], &stretched(password, &salt, params)?].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
}

/// Checks a password against its stored hash, or against nobody's. Errors: [`Code::BadCredentials`].
pub fn check(password: &str, stored: Option<&str>) -> Result<(), EdgeError> {
    let (params, salt, hash) =
        parse(stored.unwrap_or(NOBODY)).ok_or_else(|| internal("a hash that is none of ours"))?;
    let fits = password.len() <= 4 * LENGTH.end() && bool::from(stretched(password, &salt, params)?.ct_eq(&hash));
    if fits && stored.is_some() { Ok(()) } else { Err(Code::BadCredentials.into()) }
}

/// What [`hash`] has written, also with other numbers. The crate's own reader of this format, which knows many more, and
/// what it needs are 6 KB.
fn parse(stored: &str) -> Option<(Params, Vec<u8>, Vec<u8>)> {
    let (memory, rest) = stored.strip_prefix("$argon2id$v=19$m=")?.split_once(",t=")?;
    let (passes, rest) = rest.split_once(",p=")?;
    let (lanes, rest) = rest.split_once('$')?;
    let (salt, hash) = rest.split_once('$')?;
    let params = Params::new(memory.parse().ok()?, passes.parse().ok()?, lanes.parse().ok()?, None).ok()?;
    Some((params, STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(hash).ok()?))
}

fn stretched(password: &str, salt: &[u8], params: Params) -> Result<[u8; HASH], EdgeError> {
    let mut hash = [0; HASH];
    let mut memory = vec![Block::default(); params.block_count()];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, &mut memory).map_err(internal)?;
    Ok(hash)
}

fn internal(error: impl std::fmt::Display) -> EdgeError {
    EdgeError::Platform(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by the reference implementation.
    const REFERENCE: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$ebtABmSW0kr9XKxaalZKeg$qXpslGcQ1zC3p/zCbapdXvXNpbA5KZjjXxTOl2ZJcZk";
    const PASSWORD: &str = "nora lights the lamps ü";

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        for (password, stored, fits) in [
            (PASSWORD, Some(REFERENCE), true),
            ("nora lights the lamps", Some(REFERENCE), false),
            ("", Some(REFERENCE), false),
            (PASSWORD, None, false),
            (PASSWORD, Some("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA"), false),
            (PASSWORD, Some("plain"), false),
        ] {
            assert_eq!(check(password, stored).is_ok(), fits, "{password} {stored:?}");
        }
        let own = hash(PASSWORD).unwrap();
        assert!(own.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && check(PASSWORD, Some(&own)).is_ok(), "{own}");
        assert_ne!(own, hash(PASSWORD).unwrap(), "each has its own salt");
    }
}
