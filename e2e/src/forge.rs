//! Tokens that are not what they seem, and some that are.

use crate::server::told;
use crate::tenant::Tenant;
use crate::visitor::Visitor;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

/// A token for a visitor, expiring at `exp` (Unix seconds), signed with `secret` or, if none is given, the server's.
pub fn visitor_token(tenant: &Tenant, visitor: &Visitor, exp: i64, secret: Option<&str>) -> String {
    let claims = json!({
        "exp": exp,
        "iat": exp - 3600,
        "ten": tenant.id(),
        "wid": tenant.created.widget,
        "sub": visitor.boot.visitor,
        "con": visitor.boot.conversation,
        "org": visitor.origin,
    });
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(json!({ "alg": "HS256" })), part(claims));
    let secret = secret.map_or_else(|| told("TOKEN_SECRET"), str::to_owned);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key fits");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
