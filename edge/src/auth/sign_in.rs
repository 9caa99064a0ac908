//! Agents' sign-ins: a random cookie, kept as a hash in D1, so that each can be listed and revoked.

use crate::error::EdgeError;
use crate::{clock, db, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::desk::Profile;
use desk::room::Speaker;
use protocol::http::Me;
use protocol::problem::Code;
use protocol::room::AgentRef;
use protocol::{SignInId, Timestamp};
use sha2::{Digest, Sha256};
use std::time::Duration;
use worker::{Env, Request};

/// `__Host-`: sent over https (or to localhost) only, to this host only, to all of it.
const COOKIE: &str = "__Host-beckon";
/// A working week and a weekend: nobody has to sign in again in the middle of a shift.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// A signed-in agent.
pub struct SignedIn {
    /// This sign-in.
    pub id: SignInId,
    /// Who.
    pub me: Me,
    /// As the desk knows them.
    pub capacity: u32,
}

impl SignedIn {
    /// As the desk knows them.
    pub fn profile(&self) -> Profile {
        let Me { id, name, role, .. } = self.me.clone();
        Profile { id, name, role, capacity: self.capacity }
    }

    /// As a room knows them.
    pub fn speaker(&self) -> Speaker {
        Speaker::Agent { agent: AgentRef { id: self.me.id.clone(), name: self.me.name.clone() } }
    }
}

/// A new sign-in: what is stored, and what the browser gets.
pub struct Fresh {
    /// Its id.
    pub id: SignInId,
    /// For the table.
    pub token_hash: String,
    /// The `Set-Cookie` header.
    pub cookie: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Draws a new sign-in.
pub fn fresh() -> Result<Fresh, EdgeError> {
    let token = URL_SAFE_NO_PAD.encode(random::bytes::<32>()?);
    Ok(Fresh {
        id: SignInId::random(random::seed()?),
        token_hash: hash(&token),
        cookie: set_cookie(&token, LIFE),
        expires_at: clock::now() + LIFE,
    })
}

/// The `Set-Cookie` header that ends it in the browser.
pub fn clear_cookie() -> String {
    set_cookie("", Duration::ZERO)
}

/// Who is signed in. Errors: [`Code::Unauthenticated`].
pub async fn read(req: &Request, env: &Env) -> Result<SignedIn, EdgeError> {
    let token = cookie(req)?.ok_or(Code::Unauthenticated)?;
    let found = db::sign_ins::find(&env.d1("DB")?, &hash(&token), clock::now()).await?;
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
