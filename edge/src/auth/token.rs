//! The visitor's token: a JWT of ours, HS256, bound to tenant, widget, visitor, conversation and website.

use crate::error::EdgeError;
use crate::{clock, json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::room::Speaker;
use hmac::{Hmac, Mac};
use protocol::problem::Code;
use protocol::{ConversationId, TenantId, VisitorId, WidgetId};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::time::Duration;

/// A returning visitor keeps the thread for this long after the last visit: each boot renews the token.
const LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
/// `{"alg":"HS256"}`, the one header that we write, and the one that we take: nobody else chooses an algorithm.
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorClaims {
    /// Of which tenant.
    #[serde(rename = "ten")]
    pub tenant: TenantId,
    /// Through which widget.
    #[serde(rename = "wid")]
    pub widget: WidgetId,
    /// Who.
    #[serde(rename = "sub")]
    pub visitor: VisitorId,
    /// Their one conversation.
    #[serde(rename = "con")]
    pub conversation: ConversationId,
    /// On which website; other pages may not use the token.
    #[serde(rename = "org")]
    pub origin: String,
}

/// What a token says besides: whole seconds since 1970 (RFC 7519).
#[derive(Serialize, Deserialize)]
struct Times {
    exp: i64,
    iat: i64,
}

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    claims: &'a VisitorClaims,
}

impl VisitorClaims {
    /// Signs them.
    pub fn sign(&self, secret: &str) -> Result<String, EdgeError> {
        let now = clock::now();
        let times = Times { exp: (now + LIFE).0 / 1000, iat: now.0 / 1000 };
        let payload = serde_json::to_string(&Payload { times, claims: self })?;
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = URL_SAFE_NO_PAD.encode(mac(secret, &signed)?.finalize().into_bytes());
        Ok(format!("{signed}.{signature}"))
    }

    /// Reads a token. Errors: [`Code::Unauthenticated`] for a forged one, [`Code::TokenExpired`].
    pub fn read(token: &str, secret: &str) -> Result<VisitorClaims, EdgeError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Code::Unauthenticated)?;
        let (header, payload) = signed.split_once('.').ok_or(Code::Unauthenticated)?;
        if header != HEADER {
            return Err(Code::Unauthenticated.into());
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Code::Unauthenticated)?;
        // Compares in constant time, and only the whole signature.
        mac(secret, signed)?.verify_slice(&signature).map_err(|_| Code::Unauthenticated)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Code::Unauthenticated)?;
        let payload = std::str::from_utf8(&payload).map_err(|_| Code::Unauthenticated)?;
        let times: Times = json::read(payload).map_err(|_| Code::Unauthenticated)?;
        let claims = json::read(payload).map_err(|_| Code::Unauthenticated)?;
        if clock::now().0 > times.exp.saturating_mul(1000) { Err(Code::TokenExpired.into()) } else { Ok(claims) }
    }

    /// As the room knows them.
    pub fn speaker(&self) -> Speaker {
        Speaker::Visitor { visitor: self.visitor.clone(), widget: self.widget.clone() }
    }
}

fn mac(secret: &str, signed: &str) -> Result<Hmac<Sha256>, EdgeError> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    Ok(mac.map_err(|e| EdgeError::Platform(format!("token: {e}")))?.chain_update(signed))
}
