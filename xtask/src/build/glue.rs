//! The widget's glue in fewer bytes than wasm-bindgen and esbuild make of it (0.7 KB), and the names between it and the Wasm.

use super::binary::{FUNCTION, IMPORTS, Module, Reader, write_bytes, write_number};
use anyhow::{Context, Result, bail};
use std::collections::HashMap;

/// The module that all imports come from, for who instantiates.
const MODULE: &str = "a";

/// How something at the top of the glue begins.
const STARTS: [&str; 5] = ["export function ", "function ", "const ", "let ", "if ("];

/// What wasm-bindgen writes for every case there is, as we need it: no browser without `encodeInto`, no 2 GB of text, and
/// closures that Rust always drops by itself. Views of the memory are made anew each time, which costs nothing that a person
/// could feel.
const OURS: [(&str, &str); 14] = [
    ("CLOSURE_DTORS", ""),
    ("cachedDataViewMemory0", ""),
    ("cachedUint8ArrayMemory0", ""),
    ("MAX_SAFARI_DECODE_BYTES", ""),
    ("numBytesDecoded", ""),
    ("decodeText", ""),
    ("!('encodeInto'", ""),
    ("cachedTextDecoder", "const decoder = new TextDecoder('utf-8', { ignoreBOM: true });\n"),
    ("cachedTextEncoder", "const encoder = new TextEncoder();\n"),
    ("getDataViewMemory0", "function getDataViewMemory0() { return new DataView(wasm.memory.buffer); }\n"),
    ("getUint8ArrayMemory0", "function getUint8ArrayMemory0() { return new Uint8Array(wasm.memory.buffer); }\n"),
    (
        "getStringFromWasm0",
        "function getStringFromWasm0(at, length) {
    return decoder.decode(getUint8ArrayMemory0().subarray(at, at + length));
}
",
    ),
    (
        "passStringToWasm0",
        "function passStringToWasm0(text) {
    const bytes = encoder.encode(text);
    WASM_VECTOR_LEN = bytes.length;
    const at = wasm.__wbindgen_malloc(WASM_VECTOR_LEN, 1);
    getUint8ArrayMemory0().set(bytes, at);
    return at;
}
",
    ),
    // While it runs, `a` is 0, by which Rust knows that it was called inside of itself.
    (
        "makeMutClosure",
        "function makeMutClosure(a, b, call) {
    let count = 1;
    const real = (...args) => {
        const own = a;
        count++;
        a = 0;
        try {
            return call(own, b, ...args);
        } finally {
            a = own;
            real._wbg_cb_unref();
        }
    };
    real._wbg_cb_unref = () => {
        if (!--count) {
            wasm.__wbindgen_destroy_closure(a, b);
            a = 0;
        }
    };
    return real;
}
",
    ),
];

/// What is passed along to helpers of which ours need nothing.
const ALLOCATORS: &str = ", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)";

/// The glue with helpers of our own, and with its functions in the order in which the module imports them, so that their
/// names count up on both sides. Errors: what is not as wasm-bindgen writes it.
pub fn lighten(glue: &str, wasm: &[u8]) -> Result<String> {
    let mut items = items(glue);
    for (name, ours) in OURS {
        let item = items.iter_mut().find(|item| item.name == name);
        item.with_context(|| format!("the glue has no {name}"))?.text = ours;
    }
    let mut places = HashMap::new();
    rename(wasm, |old| {
        places.insert(old.to_owned(), places.len());
        Ok(String::new())
    })?;
    items.sort_by_key(|item| places.get(item.name).copied().unwrap_or(usize::MAX));
    let glue: String = items.iter().map(|item| item.text).collect();
    Ok(glue.replace(ALLOCATORS, ")"))
}

/// Something at the top of the glue.
struct Item<'a> {
    name: &'a str,
    text: &'a str,
}

fn items(glue: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut rest = glue;
    while !rest.is_empty() {
        let lines = rest.match_indices('\n').map(|(at, _)| at + 1);
        let begins = |at: &usize| STARTS.iter().any(|start| rest[*at..].starts_with(start));
        let (text, after) = rest.split_at(lines.into_iter().find(begins).unwrap_or(rest.len()));
        let name = STARTS.iter().find_map(|start| text.strip_prefix(start)).unwrap_or_default();
        let is_end = |c: char| c == ' ' || (c == '(' && !name.starts_with('!'));
        items.push(Item { name: name.split(is_end).next().unwrap_or_default(), text });
        rest = after;
    }
    items
}

/// Lets the module import by the names that functions have inside of the minified script: wasm-bindgen's hold hashes, which
/// do not compress, and any third name would have to be told. Gives script and module. What is imported is exported where it
/// stands, because a list of it at the end would be 0.1 KB. Errors: what is not as esbuild writes it.
pub fn join(script: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let (body, list) = script.rsplit_once("export{").context("the script exports nothing")?;
    let list = list.trim_end().trim_end_matches(';').strip_suffix('}').context("the script's exports have no end")?;
    let mut inner: HashMap<&str, &str> =
        list.split(',').filter_map(|entry| entry.split_once(" as ")).map(|(a, b)| (b, a)).collect();
    let mut body = body.to_owned();
    let wasm = rename(wasm, |old| {
        let name = inner.remove(old).with_context(|| format!("the script does not export {old}"))?;
        let (inside, outside) = (format!("function {name}("), format!("export function {name}("));
        if body.matches(&inside).count() != 1 {
            bail!("the script has not one function {name}");
        }
        body = body.replace(&inside, &outside);
        Ok(name.to_owned())
    })?;
    // The rest is for the loader.
    let mut kept: Vec<String> = inner.iter().map(|(outer, inner)| format!("{inner} as {outer}")).collect();
    kept.sort();
    Ok((format!("{body}export{{{}}};\n", kept.join(",")), wasm))
}

/// The module with other names for what it imports, all from [`MODULE`].
fn rename(wasm: &[u8], mut name: impl FnMut(&str) -> Result<String>) -> Result<Vec<u8>> {
    let module = Module::read(wasm)?;
    let mut out = module.preamble.to_vec();
    for (id, section) in module.sections {
        out.push(id);
        if id == IMPORTS {
            write_bytes(&mut out, &imports(section, &mut name)?)
        } else {
            write_bytes(&mut out, section)
        }
    }
    Ok(out)
}

fn imports(section: &[u8], name: &mut impl FnMut(&str) -> Result<String>) -> Result<Vec<u8>> {
    let mut rest = Reader(section);
    let count = rest.number()?;
    let mut out = Vec::new();
    write_number(&mut out, count);
    for _ in 0..count {
        rest.bytes()?;
        let old = rest.text()?;
        write_bytes(&mut out, MODULE.as_bytes());
        write_bytes(&mut out, name(old)?.as_bytes());
        if rest.byte()? != FUNCTION {
            bail!("the import {old} is no function");
        }
        out.push(FUNCTION);
        write_number(&mut out, rest.number()?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::binary::importing;
    use super::*;

    /// A module that imports these functions, of types 300 and up.
    fn module(from: &str, names: &[&str]) -> Vec<u8> {
        importing(from, &names.iter().copied().zip(300..).collect::<Vec<_>>())
    }

    #[test]
    fn script_and_module_meet_by_the_names_inside_of_the_script() {
        let long = module("./widget_bg.js", &["__wbg_open_0123", "__wbg_at_4567"]);
        let script =
            "function a(){}function b(){}function c(){}export{a as __wbg_at_4567,b as __wbg_open_0123,c as boot};\n";
        let (script, wasm) = join(script, &long).unwrap();
        assert_eq!(script, "export function a(){}export function b(){}function c(){}export{c as boot};\n");
        assert_eq!(wasm, module("a", &["b", "a"]));
        assert!(join("export{a as __wbg_at_4567};", &long).is_err(), "one is missing");
        assert!(join("", &long).is_err());
    }

    #[test]
    fn the_glue_follows_the_module_and_has_our_helpers() {
        let helpers: String = OURS
            .map(|(name, _)| {
                if name.starts_with('!') { format!("if ({name} in x) {{\n}}\n") } else { format!("let {name} = 1;\n") }
            })
            .concat();
        let glue = format!(
            "let wasm;\nexport function f() {{\n    g(x{ALLOCATORS};\n}}\nexport function e() {{\n}}\n{helpers}"
        );
        let light = lighten(&glue, &module("m", &["e", "f"])).unwrap();
        let ours: String = OURS.map(|(_, ours)| ours).concat();
        assert_eq!(
            light,
            format!("export function e() {{\n}}\nexport function f() {{\n    g(x);\n}}\nlet wasm;\n{ours}")
        );
        let Err(error) = lighten("let wasm;\n", &module("m", &[])) else { panic!("there are no helpers") };
        assert_eq!(error.to_string(), "the glue has no CLOSURE_DTORS");
    }
}
