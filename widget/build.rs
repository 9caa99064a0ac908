//! Takes the air out of the style sheet: it travels inside the Wasm.

mod squeeze;

fn main() -> std::io::Result<()> {
    squeeze::sheet("src/view/widget.css", "widget.css")
}
