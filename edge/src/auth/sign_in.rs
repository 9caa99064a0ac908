//! Agents' sign-ins: a random cookie, or an API client's random token, kept as a hash in D1, so that each can be
//! listed and revoked.

use crate::error::EdgeError;
use crate::{clock, db, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::desk::Versions;
use desk::room::Speaker;
use protocol::http::Me;
use protocol::problem::Code;
use protocol::room::AgentRef;
use protocol::{SignInId, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::Duration;
use worker::{Env, Request};

/// `__Host-`: sent over https (or to localhost) only, to this host only, to all of it.
const COOKIE: &str = "__Host-beckon";
/// A working week and a weekend: nobody has to sign in again in the middle of a shift.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// What begins every API client's token, so that none is taken for a visitor's.
pub const TOKEN_PREFIX: &str = "bk_";

/// How a sign-in is shown; one of one kind is no good as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By cookie.
    Browser,
    /// By `Authorization: Bearer`.
    Api,
}

impl Kind {
    /// As it stands in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Browser => "browser",
            Kind::Api => "api",
        }
    }
}

/// A signed-in agent.
#[derive(Deserialize)]
pub struct SignedIn {
    /// This sign-in.
    pub id: SignInId,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Of the tenant's administration, as of when this was read.
    pub versions: Versions,
    /// Who.
    pub me: Me,
}

impl SignedIn {
    /// As others see them.
    pub fn agent_ref(&self) -> AgentRef {
        AgentRef { id: self.me.id.clone(), name: self.me.name.clone() }
    }

    /// As a room knows them.
    pub fn speaker(&self) -> Speaker {
        Speaker::Agent { agent: self.agent_ref() }
    }
}

/// A new sign-in: what is stored, and what the caller gets.
pub struct Fresh {
    /// Its id.
    pub id: SignInId,
    /// How it is shown.
    pub kind: Kind,
    /// For the caller, who gets it this once.
    pub token: String,
    /// For the table.
    pub token_hash: String,
    /// What signs in, as it calls itself, at most 300 characters.
    pub browser: String,
    /// From where, where the platform knows.
    pub country: Option<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Fresh {
    /// The `Set-Cookie` header.
    pub fn cookie(&self) -> String {
        set_cookie(&self.token, LIFE)
    }
}

/// Draws a new sign-in.
pub fn fresh(req: &Request, kind: Kind) -> Result<Fresh, EdgeError> {
    let secret = URL_SAFE_NO_PAD.encode(random::bytes::<32>()?);
    let token = match kind {
        Kind::Browser => secret,
        Kind::Api => format!("{TOKEN_PREFIX}{secret}"),
    };
    let browser = req.headers().get("user-agent")?.unwrap_or_default();
    Ok(Fresh {
        id: SignInId::random(random::seed()?),
        kind,
        token_hash: hash(&token),
        token,
        browser: protocol::clipped(&browser, 300),
        country: req.cf().and_then(worker::Cf::country),
        expires_at: clock::now() + LIFE,
    })
}

/// The `Set-Cookie` header that ends it in the browser.
pub fn clear_cookie() -> String {
    set_cookie("", Duration::ZERO)
}

/// Who is signed in by cookie. Errors: [`Code::Unauthenticated`].
pub async fn by_cookie(req: &Request, env: &Env) -> Result<SignedIn, EdgeError> {
    find(env, &cookie(req)?.ok_or(Code::Unauthenticated)?, Kind::Browser).await
}

/// Who is signed in by an API client's token. Errors: [`Code::Unauthenticated`].
pub async fn by_token(token: &str, env: &Env) -> Result<SignedIn, EdgeError> {
    find(env, token, Kind::Api).await
}

async fn find(env: &Env, token: &str, kind: Kind) -> Result<SignedIn, EdgeError> {
    let found = db::sign_ins::find(&env.d1("DB")?, &hash(token), kind, clock::now()).await?;
    found.ok_or_else(|| Code::Unauthenticated.into())
}

fn cookie(req: &Request) -> Result<Option<String>, EdgeError> {
    let header = req.headers().get("cookie")?.unwrap_or_default();
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    Ok(pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned()))
}

fn set_cookie(value: &str, life: Duration) -> String {
    format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", life.as_secs())
}

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
