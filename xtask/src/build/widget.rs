//! The widget: a loader that customers paste, and the chat that it fetches when a visitor wants to talk.

use super::assets::Assets;
use super::glue::{join, lighten};
use super::near;
use super::wasm::{self, Recipe, esbuild};
use crate::project::Project;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const NAME: &str = "widget";
const FILES: &str = "widget-files";
const RECIPE: Recipe = Recipe {
    name: NAME,
    target: NAME,
    // std is built anew, for size and without unwinding.
    cargo: &["--lib", "-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"],
    // The first is what nightly would allow; the compiler is the pinned one all the same.
    env: &[("RUSTC_BOOTSTRAP", "1"), ("RUSTFLAGS", RUSTFLAGS)],
    glue: "bundler",
    // Not -Oz: inlining all that has one caller makes the file smaller, and what travels larger. Not -tnh: a bounds check
    // whose trap is our panic has to stay.
    opt: &[
        // Taken apart and put together anew, what the compiler has made in different ways is the same more often.
        "-O2",
        "--flatten",
        "--rereloop",
        "-O2",
        "--one-caller-inline-max-function-size=8",
        // The last round finds what the one before has made alike, and what has one value everywhere.
        "--gufa",
        "--code-folding",
        "-Oz",
        "--low-memory-unused",
        "--dealign",
        "--converge",
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
    ],
    // Not all: wasm-opt would use some that no browser has yet.
    features: &[
        "--enable-bulk-memory",
        "--enable-bulk-memory-opt",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
    ],
};
/// The names are only there to sort by.
const BY_NAME: [&str; 3] = ["--reorder-functions-by-name", "--strip-debug", "--strip-target-features"];
/// What the chat fetches once there are files in it.
const FILES_RECIPE: Recipe = Recipe { name: FILES, ..RECIPE };
/// The glue of either.
const SCRIPT: &str = "script.js";
/// A panic ends the chat without a word, the stack is a quarter of a page, and no browser is asked for much: the defaults
/// cost 17 pages of memory and a third more bytes. Inlining early lets more code be seen to be the same.
const RUSTFLAGS: &str = "-Cpanic=immediate-abort -Zunstable-options -Zinline-mir=yes -Zinline-mir-hint-threshold=60 -Zinline-mir-threshold=20 \
                         -Ctarget-feature=-reference-types -Clink-arg=-zstack-size=16384";

/// Makes the chat's Wasm and script, those of its files, and the loader.
pub fn build(project: &Project) -> Result<()> {
    module(project, &FILES_RECIPE, "")?;
    module(project, &RECIPE, &fs::read_to_string(project.root.join("widget/loader/files.js"))?)?;
    loader(project, &wasm::work(project, NAME))
}

/// A Wasm, and its script with `more` at its end.
fn module(project: &Project, recipe: &Recipe, more: &str) -> Result<()> {
    wasm::build(project, recipe)?;
    let (work, name) = (wasm::work(project, recipe.name), recipe.name);
    let (glue, wasm) = (work.join(format!("{name}_bg.js")), work.join(format!("{name}_bg.wasm")));
    let module = fs::read(&wasm)?;
    fs::write(&glue, lighten(&fs::read_to_string(&glue)?, &module)? + more)?;
    let script = work.join(SCRIPT);
    esbuild(project, &glue, &script, &["--format=esm", "--legal-comments=none"])?;
    let (text, module) = join(&fs::read_to_string(&script)?, &module)?;
    fs::write(&script, text)?;
    fs::write(&wasm, near::named(&module)?)?;
    wasm::rewrite(project, &format!("{name}-order"), &wasm, &[&BY_NAME[..], recipe.features].concat())
}

/// The loader holds its style sheet, because a second request would cost a round trip.
fn loader(project: &Project, work: &Path) -> Result<()> {
    let source = project.root.join("widget/loader");
    esbuild(project, &source.join("loader.css"), &work.join("loader.css"), &[])?;
    let css = fs::read_to_string(work.join("loader.css"))?;
    let define = format!("--define:__CSS__={}", serde_json::to_string(css.trim())?);
    esbuild(project, &source.join("loader.js"), &work.join("loader.js"), &[&define])
}

/// Puts everything where it is served. Addresses in the loader are relative to its own.
pub fn lay_out(project: &Project, assets: &mut Assets) -> Result<()> {
    let read = |part: &str, name: &str| {
        fs::read(wasm::work(project, part).join(name)).with_context(|| format!("cannot read {name} of the {part}"))
    };
    let text = |part: &str, name: &str| Ok::<_, anyhow::Error>(String::from_utf8(read(part, name)?)?);
    let files_wasm = assets.write_hashed("widget/files/files", "wasm", &read(FILES, "widget-files_bg.wasm")?)?;
    let files_script = assets.write_hashed("widget/files/files", "js", &read(FILES, SCRIPT)?)?;
    let beside = |address: &str| address.trim_start_matches("/widget/").to_owned();
    let script = text(NAME, SCRIPT)?;
    let script = script.replace("__FILES_JS__", &beside(&files_script)).replace("__FILES_WASM__", &beside(&files_wasm));
    let script = assets.write_hashed("widget/beckon", "js", script.as_bytes())?;
    let wasm = assets.write_hashed("widget/beckon", "wasm", &read(NAME, "widget_bg.wasm")?)?;
    let loader = text(NAME, "loader.js")?.replace("__WIDGET_JS__", script.trim_start_matches('/'));
    let loader = loader.replace("__WIDGET_WASM__", wasm.trim_start_matches('/'));
    assets.write("beckon.js", loader.as_bytes())
}
