//! Takes the air out of the style sheet: it travels inside the Wasm.

#[path = "../squeeze.rs"]
mod squeeze;

fn main() -> std::io::Result<()> {
    squeeze::sheet("src/files.css", "files.css")
}
