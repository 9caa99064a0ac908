//! The browser, wrapped: the only place that reads its clock, its storage and its luck.

pub mod activity;
pub mod beat;
pub mod drafts;
pub mod files;
pub mod focus;
pub mod room;
pub mod rooms;
pub mod scroll;
pub mod shelf;
pub mod socket;

use crate::when::LocalTime;
use protocol::Timestamp;

/// This browser's clock. Only differences and local display use it; ages are taken with the server's offset.
pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}

/// A moment in the reader's time zone.
pub fn local(at: Timestamp) -> LocalTime {
    let date = js_sys::Date::new(&(at.0 as f64).into());
    let offset_ms = date.get_timezone_offset() as i64 * 60_000;
    LocalTime {
        year: date.get_full_year(),
        month: date.get_month(),
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
        day_number: (at.0 - offset_ms).div_euclid(86_400_000),
    }
}

/// How many minutes after those of UTC days begin here (for UTC+2: -120), as of now.
pub fn offset_min() -> i32 {
    js_sys::Date::new_0().get_timezone_offset() as i32
}

/// A country's name in English, by its two letters; what is not known stays as it is.
pub fn country(code: &str) -> String {
    // `of` throws for anything that is not of the shape of a region.
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return code.to_owned();
    }
    let options = js_sys::Intl::DisplayNamesOptions::new();
    options.set_type(js_sys::Intl::DisplayNamesType::Region);
    let names = js_sys::Intl::DisplayNames::new(&js_sys::Array::of1(&"en".into()), &options);
    names.of(code).map_or_else(|| code.to_owned(), String::from)
}

/// 128 random bits. Without the browser's source (it has been everywhere for years) a weaker one will do:
/// ids have to differ, not to be secret.
pub fn random() -> u128 {
    let mut bytes = [0u8; 16];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    if crypto.is_none_or(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_err()) {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    u128::from_le_bytes(bytes)
}

/// The browser tab's title.
pub fn set_title(title: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}

/// Whether this tab can be seen.
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| !document.hidden())
}

/// Whether this tab can be seen, and is the one that the person works in.
pub fn is_looked_at() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| !document.hidden() && document.has_focus().unwrap_or(true))
}

/// What stands in the address bar after the origin: path and query.
pub fn path() -> String {
    let Some(location) = web_sys::window().map(|window| window.location()) else { return String::new() };
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// The origin of this page, such as `https://chat.example`.
pub fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Puts a text onto the clipboard. A browser that refuses leaves the text to be marked by hand.
pub fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        // The promise tells what the person sees anyway when they paste.
        drop(window.navigator().clipboard().write_text(text));
    }
}

/// Whether there is room for one column only, as the style sheet has it.
pub fn is_narrow() -> bool {
    let narrow = web_sys::window().and_then(|window| window.match_media("(max-width: 1099px)").ok()?);
    narrow.is_some_and(|query| query.matches())
}

/// Puts a path into the address bar. `replace` leaves no trace for the back button.
pub fn set_path(path: &str, replace: bool) {
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else { return };
    let nothing = wasm_bindgen::JsValue::NULL;
    // Refused only when called hundreds of times a minute; the screen is right without it.
    let _ = if replace {
        history.replace_state_with_url(&nothing, "", Some(path))
    } else {
        history.push_state_with_url(&nothing, "", Some(path))
    };
}

/// `ws://` or `wss://` of this origin, then the path.
pub fn socket_address(path: &str) -> Option<String> {
    let origin = web_sys::window()?.location().origin().ok()?;
    // http → ws, https → wss.
    Some(format!("ws{}{path}", origin.strip_prefix("http")?))
}
