//! Takes the air out of the style sheet: it travels inside the Wasm.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=src/view/widget.css");
    let css = fs::read_to_string("src/view/widget.css")?;
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("widget.css"), squeeze(&css))
}

/// Drops comments and the spaces that mean nothing. Knows no strings with spaces in them: our sheet has none.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let parts = css.split("/*").enumerate();
    let bare: String =
        parts.map(|(i, part)| if i == 0 { part } else { part.split_once("*/").map_or("", |p| p.1) }).collect();
    for word in bare.split_whitespace() {
        let glued =
            out.ends_with(['{', '}', ';', ',', ':', '>']) || word.starts_with(['{', '}', '>']) || out.is_empty();
        if !glued {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace(";}", "}")
}
