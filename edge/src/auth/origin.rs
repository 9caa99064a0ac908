//! Which website a request comes from.

use crate::error::EdgeError;
use protocol::problem::Code;
use url::Url;
use worker::Request;

/// The `Origin` header. Browsers set it on every request across websites, on every one that changes
/// something, and on every WebSocket; no script can. A page without a website says `null`, which equals none.
pub fn of(req: &Request) -> Result<Option<String>, EdgeError> {
    Ok(req.headers().get("origin")?)
}

/// Lets only pages of our own website in. Errors: [`Code::OriginNotAllowed`], also for no `Origin` at all.
pub fn require_own(req: &Request) -> Result<(), EdgeError> {
    let own = req.url()?.origin().ascii_serialization();
    if of(req)?.is_some_and(|origin| origin == own) { Ok(()) } else { Err(Code::OriginNotAllowed.into()) }
}

/// Reads a website's address as it is stored: scheme, host and port only. Errors: [`Code::Malformed`].
pub fn parse(text: &str) -> Result<String, EdgeError> {
    let url = Url::parse(text.trim()).map_err(|_| Code::Malformed)?;
    let origin = url.origin();
    let is_web = matches!(url.scheme(), "http" | "https") && origin.is_tuple();
    let has_no_more = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_web && has_no_more { Ok(origin.ascii_serialization()) } else { Err(Code::Malformed.into()) }
}
