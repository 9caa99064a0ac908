//! Which website a request comes from.

use crate::error::EdgeError;
use protocol::problem::Code;
use web_sys::Url;
use worker::Request;

/// The `Origin` header. Browsers set it on every request across websites, on every one that changes
/// something, and on every WebSocket; no script can. A page without a website says `null`, which equals none.
pub fn of(req: &Request) -> Result<Option<String>, EdgeError> {
    Ok(req.headers().get("origin")?)
}

/// Lets only pages of our own website in. Errors: [`Code::OriginNotAllowed`], also for no `Origin` at all.
pub fn require_own(req: &Request) -> Result<(), EdgeError> {
    let own = address(req)?.origin();
    if of(req)?.is_some_and(|origin| origin == own) { Ok(()) } else { Err(Code::OriginNotAllowed.into()) }
}

/// Reads a website's address as it is stored: scheme, host and port only. Errors: [`Code::Malformed`].
pub fn parse(text: &str) -> Result<String, EdgeError> {
    let url = Url::new(text.trim()).map_err(|_| Code::Malformed)?;
    let is_web = matches!(url.protocol().as_str(), "http:" | "https:");
    let has_no_more = url.pathname() == "/" && url.search().is_empty() && url.hash().is_empty();
    if is_web && has_no_more { Ok(url.origin()) } else { Err(Code::Malformed.into()) }
}

/// The address of a request, taken apart by the runtime: a parser of our own would be 20 KB more.
pub fn address(req: &Request) -> worker::Result<Url> {
    Ok(Url::new(&req.inner().url())?)
}
