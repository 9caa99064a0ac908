//! The dashboard: one script, one Wasm, one style sheet, one page.

use super::assets::Assets;
use super::wasm::{self, Recipe, esbuild};
use crate::fingerprint::content_hash;
use crate::project::Project;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

const NAME: &str = "dashboard";
const RECIPE: Recipe = Recipe {
    name: NAME,
    target: NAME,
    cargo: &[],
    env: &[],
    glue: "web",
    // The features that may be used come from the module itself.
    opt: &["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"],
    features: &[],
};
/// Replaced by the address of the Wasm.
const WASM: &str = "__APP_WASM__";
/// Replaced by the address of the script.
const SCRIPT: &str = "__APP_JS__";
/// Replaced by the address of the style sheet.
const STYLE: &str = "__APP_CSS__";

/// Makes the Wasm, the script and the style sheet.
pub fn build(project: &Project) -> Result<()> {
    wasm::build(project, &RECIPE)?;
    let (source, work) = (project.root.join(NAME), wasm::work(project, NAME));
    // The start script and the glue become one, which saves a round trip.
    let boot = read(&source.join("boot.js"))?.replace(WASM, &wasm_address(&fs::read(wasm_file(&work))?));
    fs::write(work.join("boot.js"), boot)?;
    esbuild(project, &work.join("boot.js"), &work.join("app.js"), &["--bundle", "--format=esm"])?;
    fs::write(work.join("all.css"), styles(&source.join("style"))?)?;
    esbuild(project, &work.join("all.css"), &work.join("app.css"), &[])
}

/// Puts everything where it is served.
pub fn lay_out(project: &Project, assets: &mut Assets) -> Result<()> {
    let work = wasm::work(project, NAME);
    let wasm = assets.write_hashed("app/app", "wasm", &fs::read(wasm_file(&work))?)?;
    let script = assets.write_hashed("app/app", "js", &fs::read(work.join("app.js"))?)?;
    let style = assets.write_hashed("app/app", "css", &fs::read(work.join("app.css"))?)?;
    let page = read(&project.root.join(NAME).join("index.html"))?;
    let page = page.replace(WASM, &wasm).replace(SCRIPT, &script).replace(STYLE, &style);
    assets.write("index.html", page.as_bytes())
}

fn wasm_file(work: &Path) -> PathBuf {
    work.join("dashboard_bg.wasm")
}

fn wasm_address(bytes: &[u8]) -> String {
    format!("/app/app-{}.wasm", content_hash(bytes))
}

/// All style sheets in the order of their names, which are numbered.
fn styles(dir: &Path) -> Result<String> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
