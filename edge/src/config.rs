//! Settings of this deployment, parsed once.

use crate::error::EdgeError;
use desk::presence::Rules;
use std::time::Duration;
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

/// Reads `STALE_AFTER_MS` and `GRACE_MS`; the defaults where absent.
pub fn presence_rules(env: &Env) -> Rules {
    let defaults = Rules::default();
    Rules {
        stale_after: millis(env, "STALE_AFTER_MS").unwrap_or(defaults.stale_after),
        grace: millis(env, "GRACE_MS").unwrap_or(defaults.grace),
    }
}

fn millis(env: &Env, name: &str) -> Option<Duration> {
    env.var(name).ok()?.to_string().parse().ok().map(Duration::from_millis)
}
