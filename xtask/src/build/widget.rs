//! The widget: a loader that customers paste, and the chat that it fetches when a visitor wants to talk.

use super::assets::Assets;
use super::wasm::{self, esbuild};
use crate::project::Project;
use anyhow::{Context, Result};
use std::fs;
use std::process::Command;

const NAME: &str = "widget";

/// Makes the chat's Wasm and script, and the loader.
pub fn build(project: &Project) -> Result<()> {
    wasm::build(project, NAME, &mut Command::new("cargo"))?;
    let work = wasm::work(project, NAME);
    esbuild(project, &work.join("widget.js"), &work.join("chat.js"), &["--format=esm"])?;
    esbuild(project, &project.root.join("widget/loader.js"), &work.join("loader.js"), &[])
}

/// Puts everything where it is served.
pub fn lay_out(project: &Project, assets: &mut Assets) -> Result<()> {
    let work = wasm::work(project, NAME);
    let read = |name: &str| fs::read(work.join(name)).with_context(|| format!("cannot read {name} of the widget"));
    let wasm = assets.write_hashed("widget/beckon", "wasm", &read("widget_bg.wasm")?)?;
    let script = assets.write_hashed("widget/beckon", "js", &read("chat.js")?)?;
    let loader = String::from_utf8(read("loader.js")?)?;
    let loader = loader.replace("__WIDGET_JS__", &script).replace("__WIDGET_WASM__", &wasm);
    assets.write("beckon.js", loader.as_bytes())
}
