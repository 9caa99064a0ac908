//! Short names between glue and Wasm: wasm-bindgen's hold hashes, which do not compress (2 KB of the widget).

use super::binary::{FUNCTION, IMPORTS, Module, Reader, write_bytes, write_number};
use anyhow::{Result, bail};
use std::collections::HashMap;

/// The module that all imports come from, for who instantiates.
const MODULE: &str = "a";

/// Renames every import on both sides: the new glue and the new module. Errors: what is not as wasm-bindgen writes it.
pub fn shorten(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut names = HashMap::new();
    let module = Module::read(wasm)?;
    let mut out = module.preamble.to_vec();
    for (id, section) in module.sections {
        let section = if id == IMPORTS { imports(section, &mut names)? } else { section.to_vec() };
        out.push(id);
        write_bytes(&mut out, &section);
    }
    Ok((renamed(glue, &names), out))
}

fn imports(section: &[u8], names: &mut HashMap<String, String>) -> Result<Vec<u8>> {
    let mut rest = Reader(section);
    let count = rest.number()?;
    let mut out = Vec::new();
    write_number(&mut out, count);
    for number in 0..count {
        rest.text()?;
        let (old, new) = (rest.text()?.to_owned(), short(number));
        if rest.byte()? != FUNCTION {
            bail!("the import {old} is no function");
        }
        write_bytes(&mut out, MODULE.as_bytes());
        write_bytes(&mut out, new.as_bytes());
        out.push(FUNCTION);
        write_number(&mut out, rest.number()?);
        names.insert(old, new);
    }
    Ok(out)
}

/// `$a`, `$b`, … `$aa`, …
fn short(mut number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return letters.into_iter().chain(['$']).rev().collect();
        }
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
    use super::*;

    /// A module of one custom section and two imported functions of types 0 and 300.
    fn module(from: &str, names: [&str; 2]) -> Vec<u8> {
        let mut section = vec![2];
        for (name, kind) in names.iter().zip([0, 300]) {
            write_bytes(&mut section, from.as_bytes());
            write_bytes(&mut section, name.as_bytes());
            section.push(FUNCTION);
            write_number(&mut section, kind);
        }
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        for (id, bytes) in [(0, b"\x01x-".to_vec()), (IMPORTS, section)] {
            out.push(id);
            write_bytes(&mut out, &bytes);
        }
        out
    }

    #[test]
    fn imports_get_short_names_on_both_sides_and_nothing_else_changes() {
        let long = module("./widget_bg.js", ["__wbg_new_0123456789abcdef", "__wbg_new_0123"]);
        let glue = "export function __wbg_new_0123() { wasm.__wbindgen_malloc(); } export const __wbg_new_0123456789abcdef = 1;";
        let (glue, wasm) = shorten(glue, &long).unwrap();
        assert_eq!(glue, "export function $b() { wasm.__wbindgen_malloc(); } export const $a = 1;");
        assert_eq!(wasm, module("a", ["$a", "$b"]));
    }

    #[test]
    fn names_go_on_after_the_alphabet() {
        assert_eq!([0, 25, 26, 51, 52, 53].map(short), ["$a", "$z", "$A", "$Z", "$ba", "$bb"]);
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = module("m", ["x", "y"]);
        assert!((0..whole.len()).filter(|end| shorten("", &whole[..*end]).is_ok()).count() <= 2);
        assert!(shorten("", &[0xff; 40]).is_err());
    }
}
