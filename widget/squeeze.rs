//! For the build of style sheets: without the air, into where the crate includes them from.

use std::path::Path;
use std::{env, fs, io};

/// Reads `from`, writes `to`.
pub fn sheet(from: &str, to: &str) -> io::Result<()> {
    println!("cargo:rerun-if-changed={from}");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join(to), squeeze(&fs::read_to_string(from)?))
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
