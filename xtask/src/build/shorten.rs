//! Short names between glue and Wasm: wasm-bindgen's hold hashes, which do not compress (5 KB of the edge).

use super::binary::{FUNCTION, IMPORTS, Module, Reader, TAG, write_bytes, write_number};
use anyhow::{Result, bail};
use std::collections::{HashMap, HashSet};

/// The module that all imports come from, for who instantiates.
const MODULE: &str = "a";

/// Takes the hash off every import on both sides: the new glue and the new module. The words stay, for who reads the stack of
/// an error in a log. Errors: what is not as wasm-bindgen writes it.
pub fn shorten(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut renames = Renames { modules: HashSet::new(), names: HashMap::new(), taken: HashSet::new() };
    let module = Module::read(wasm)?;
    let mut out = module.preamble.to_vec();
    for (id, section) in module.sections {
        let section = if id == IMPORTS { renames.imports(section)? } else { section.to_vec() };
        out.push(id);
        write_bytes(&mut out, &section);
    }
    Ok((renames.glue(glue), out))
}

/// What has been renamed.
struct Renames {
    /// The modules' old names.
    modules: HashSet<String>,
    /// The new names by the old ones.
    names: HashMap<String, String>,
    /// The new names.
    taken: HashSet<String>,
}

impl Renames {
    fn imports(&mut self, section: &[u8]) -> Result<Vec<u8>> {
        let mut rest = Reader(section);
        let count = rest.number()?;
        let mut out = Vec::new();
        write_number(&mut out, count);
        for _ in 0..count {
            self.modules.insert(rest.text()?.to_owned());
            let old = rest.text()?;
            write_bytes(&mut out, MODULE.as_bytes());
            write_bytes(&mut out, self.rename(old).as_bytes());
            let kind = rest.byte()?;
            out.push(kind);
            match kind {
                FUNCTION => {}
                TAG => out.push(rest.byte()?),
                _ => bail!("the import {old} is neither a function nor a tag"),
            }
            write_number(&mut out, rest.number()?);
        }
        Ok(out)
    }

    /// The new name of an import.
    fn rename(&mut self, old: &str) -> String {
        let new = self.free(word(old));
        self.taken.insert(new.clone());
        self.names.insert(old.to_owned(), new.clone());
        new
    }

    /// This name, with a number behind it where others have it.
    fn free(&self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default()
    }

    /// The glue with the new names.
    fn glue(&self, glue: &str) -> String {
        let named = |glue: String, module: &String| glue.replace(&format!("\"{module}\""), &format!("\"{MODULE}\""));
        self.modules.iter().fold(renamed(glue, &self.names), named)
    }
}

/// The part of a name that says something: without wasm-bindgen's mark before it and its hash behind it.
fn word(name: &str) -> &str {
    const HASH: usize = 16;
    let is_hash = |text: &str| text.len() == HASH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match name.strip_prefix("__wbg_").and_then(|name| name.rsplit_once('_')) {
        Some((word, hash)) if is_hash(hash) => word,
        _ => name,
    }
}

/// Every whole identifier that is an import gets its new name.
fn renamed(glue: &str, names: &HashMap<String, String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        out.push_str(before);
        out.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::super::binary::importing;
    use super::*;

    /// A module that imports two functions, of types 0 and 300.
    fn module(from: &str, [one, other]: [&str; 2]) -> Vec<u8> {
        importing(from, &[(one, 0), (other, 300)])
    }

    #[test]
    fn imports_get_short_names_on_both_sides_and_nothing_else_changes() {
        let long = module("./index_bg.js", ["__wbg_new_0123456789abcdef", "__wbg_at_0123456789abcdef"]);
        let glue = "export function __wbg_at_0123456789abcdef() { wasm.__wbindgen_malloc(); } export const __wbg_new_0123456789abcdef = 1;";
        let (glue, wasm) = shorten(glue, &long).unwrap();
        assert_eq!(glue, "export function at() { wasm.__wbindgen_malloc(); } export const new = 1;");
        assert_eq!(wasm, module("a", ["new", "at"]));
    }

    #[test]
    fn words_lose_their_hash_and_stay_apart() {
        let long = module("./index_bg.js", ["__wbg_new_0123456789abcdef", "__wbg_new_fedcba9876543210"]);
        let glue = r#"{"./index_bg.js":{__wbg_new_fedcba9876543210:f,__wbg_new_0123456789abcdef:g}}"#;
        let (glue, wasm) = shorten(glue, &long).unwrap();
        assert_eq!(glue, r#"{"a":{new_2:f,new:g}}"#);
        assert_eq!(wasm, module("a", ["new", "new_2"]));
        assert_eq!(
            ["__wbindgen_jstag", "__wbg_x_", "__wbg_x_0123", "x"].map(word),
            ["__wbindgen_jstag", "__wbg_x_", "__wbg_x_0123", "x"]
        );
    }

    #[test]
    fn tags_are_imports_too() {
        let section = |module: &str, name: &str| {
            let mut section = vec![1];
            write_bytes(&mut section, module.as_bytes());
            write_bytes(&mut section, name.as_bytes());
            section.extend([TAG, 0, 5]);
            let mut out = b"\0asm\x01\0\0\0".to_vec();
            out.push(IMPORTS);
            write_bytes(&mut out, &section);
            out
        };
        let (glue, wasm) = shorten("{jstag:t}", &section("m", "jstag")).unwrap();
        assert_eq!((glue.as_str(), wasm), ("{jstag:t}", section("a", "jstag")));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = module("m", ["x", "y"]);
        assert!((0..whole.len()).filter(|end| shorten("", &whole[..*end]).is_ok()).count() <= 2);
        assert!(shorten("", &[0xff; 40]).is_err());
    }
}
