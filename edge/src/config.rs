//! Settings of this deployment, parsed once.

use crate::error::EdgeError;
use protocol::team::PresenceSettings;
use worker::Env;

/// Secrets of this deployment.
pub struct Secrets {
    /// Signs visitors' tokens; 32 characters or more.
    pub token: String,
    /// Opens the platform's routes; 32 characters or more.
    pub platform: String,
}

impl Secrets {
    /// Reads `TOKEN_SECRET` and `PLATFORM_TOKEN`. Errors: [`EdgeError::Platform`] for an absent or short one.
    pub fn read(env: &Env) -> Result<Secrets, EdgeError> {
        Ok(Secrets { token: secret(env, "TOKEN_SECRET")?, platform: secret(env, "PLATFORM_TOKEN")? })
    }
}

fn secret(env: &Env, name: &str) -> Result<String, EdgeError> {
    let value = env.secret(name).map(|secret| secret.to_string()).unwrap_or_default();
    if value.len() < 32 {
        return Err(EdgeError::Platform(format!("the secret {name} is missing or shorter than 32 characters")));
    }
    Ok(value)
}

/// What holds where a tenant says nothing else: `STALE_AFTER_MS`, `GRACE_MS` and `IDLE_AFTER_MS`, and where those are
/// absent, 45 s (three missed beats), 10 s and 5 min.
pub fn presence_defaults(env: &Env) -> PresenceSettings {
    PresenceSettings {
        stale_after_ms: number(env, "STALE_AFTER_MS").unwrap_or(45_000),
        grace_ms: number(env, "GRACE_MS").unwrap_or(10_000),
        idle_after_ms: number(env, "IDLE_AFTER_MS").unwrap_or(300_000),
    }
}

/// How many messages one party may send in ten seconds: `ROOM_MESSAGES`; where that is absent, the rules say.
pub fn room_messages(env: &Env) -> Option<u32> {
    number(env, "ROOM_MESSAGES")
}

fn number(env: &Env, name: &str) -> Option<u32> {
    env.var(name).ok()?.to_string().parse().ok()
}
