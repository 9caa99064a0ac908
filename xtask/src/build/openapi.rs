//! The API's document, which the Worker serves at `/v1/openapi.json`.

use super::assets::Assets;
use super::wasm;
use crate::process;
use crate::project::Project;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const NAME: &str = "openapi";

/// Writes the document down. It is made by a program of its own, so that xtask need not be built with all that knows
/// of schemas.
pub fn build(project: &Project) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--package", NAME]).env("CARGO_TARGET_DIR", &project.target);
    let text = process::output(cargo.current_dir(&project.root))
        .context("the API's document cannot be made; run `cargo run -p openapi` to see why")?;
    fs::create_dir_all(wasm::work(project, NAME))?;
    Ok(fs::write(file(project), text)?)
}

/// Puts it where it is served.
pub fn lay_out(project: &Project, assets: &mut Assets) -> Result<()> {
    assets.write("openapi.json", &fs::read(file(project))?)
}

fn file(project: &Project) -> PathBuf {
    wasm::work(project, NAME).join("openapi.json")
}
