//! Files as people give them: chosen, dropped or pasted.

use protocol::FileName;
use wasm_bindgen::JsCast;
use web_sys::{Blob, ClipboardEvent, DragEvent, Element, Event, FileList, HtmlInputElement};

/// A file and its name.
pub type Given = (FileName, Blob);

/// What was chosen in a field, which then lets the same be chosen again.
pub fn chosen(event: &Event) -> Vec<Given> {
    let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
        return Vec::new();
    };
    let given = each(field.files());
    field.set_value("");
    given
}

/// What was dropped.
pub fn dropped(event: &DragEvent) -> Vec<Given> {
    each(event.data_transfer().and_then(|data| data.files()))
}

/// What was pasted. Where there is a text, too, the files are only pictures of it, as spreadsheets make them.
pub fn pasted(event: &Event) -> Vec<Given> {
    let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let Some(data) = data.filter(|data| data.get_data("text/plain").is_ok_and(|text| text.is_empty())) else {
        return Vec::new();
    };
    each(data.files())
}

/// Whether files are being dragged, and not a text or a link.
pub fn are_dragged(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Whether what is dragged leaves for something within such a place.
pub fn stays_within(event: &DragEvent, place: &str) -> bool {
    let to = event.related_target().and_then(|to| to.dyn_into::<Element>().ok());
    to.is_some_and(|to| to.closest(place).is_ok_and(|place| place.is_some()))
}

/// Files that are dropped beside a chat do nothing: the browser would leave the page for them.
pub fn keep_out(event: DragEvent) {
    if are_dragged(&event) {
        event.prevent_default();
    }
}

fn each(files: Option<FileList>) -> Vec<Given> {
    let Some(files) = files else { return Vec::new() };
    let named = |n| {
        let file = files.get(n)?;
        // One whose name says nothing still has a content.
        let name = FileName::parse(&file.name()).or_else(|_| FileName::parse("file")).ok()?;
        Some((name, file.into()))
    };
    (0..files.length()).filter_map(named).collect()
}
