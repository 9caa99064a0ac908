//! The visitor's token: a JWT of ours, HS256, bound to tenant, widget, visitor, conversation and website.

use crate::clock;
use crate::error::EdgeError;
use chrono::{DateTime, Duration, Utc};
use desk::room::Speaker;
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, Claims, Header, TimeOptions, UntrustedToken, ValidationError};
use protocol::problem::Code;
use protocol::{ConversationId, TenantId, VisitorId, WidgetId};
use serde::{Deserialize, Serialize};

/// A returning visitor keeps the thread for this long after the last visit: each boot renews the token.
const LIFE_DAYS: i64 = 90;

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

impl VisitorClaims {
    /// Signs them.
    pub fn sign(self, secret: &str) -> Result<String, EdgeError> {
        let claims = Claims::new(self).set_duration_and_issuance(&time(), Duration::days(LIFE_DAYS));
        let token = Hs256.token(&Header::empty(), &claims, &Hs256Key::new(secret));
        token.map_err(|e| EdgeError::Platform(format!("token: {e}")))
    }

    /// Reads a token. Errors: [`Code::Unauthenticated`] for a forged one, [`Code::TokenExpired`].
    pub fn read(token: &str, secret: &str) -> Result<VisitorClaims, EdgeError> {
        let untrusted = UntrustedToken::new(token).map_err(|_| Code::Unauthenticated)?;
        let validated = Hs256.validator::<VisitorClaims>(&Hs256Key::new(secret)).validate(&untrusted);
        let (_, claims) = validated.map_err(|_| Code::Unauthenticated)?.into_parts();
        match claims.validate_expiration(&time()) {
            Ok(_) => Ok(claims.custom),
            Err(ValidationError::Expired) => Err(Code::TokenExpired.into()),
            Err(_) => Err(Code::Unauthenticated.into()),
        }
    }

    /// As the room knows them.
    pub fn speaker(&self) -> Speaker {
        Speaker::Visitor { visitor: self.visitor.clone(), widget: self.widget.clone() }
    }
}

fn time() -> TimeOptions<impl Fn() -> DateTime<Utc>> {
    TimeOptions::new(Duration::zero(), || DateTime::from_timestamp_millis(clock::now().0).unwrap_or_default())
}
