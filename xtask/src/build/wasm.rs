//! From a crate to small Wasm with its glue.

use crate::process;
use crate::project::Project;
use crate::setup::{WASM, log};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the products of a part are.
pub fn work(project: &Project, name: &str) -> PathBuf {
    project.dist.join("work").join(name)
}

/// What is special about a crate.
pub struct Recipe {
    /// Its name.
    pub name: &'static str,
    /// Where cargo works, below `target`: those that are compiled alike share it.
    pub target: &'static str,
    /// Options of `cargo build`.
    pub cargo: &'static [&'static str],
    /// Variables of `cargo build`.
    pub env: &'static [(&'static str, &'static str)],
    /// The kind of glue: `web` starts itself and is `<name>.js`, `bundler` is bare functions, `<name>_bg.js`.
    pub glue: &'static str,
    /// Options of wasm-opt.
    pub opt: &'static [&'static str],
    /// More of them: what a browser is sure to have. None are those that the module says it uses.
    pub features: &'static [&'static str],
}

/// Compiles, binds and shrinks: the glue and `<name>_bg.wasm` in [`work`].
pub fn build(project: &Project, recipe: &Recipe) -> Result<()> {
    let name = recipe.name;
    let target = project.target.join(recipe.target);
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--target", WASM, "--package", name]).args(recipe.cargo);
    cargo.envs(recipe.env.iter().copied()).env("CARGO_TARGET_DIR", &target).current_dir(&project.root);
    process::run(&mut cargo, &log(project, name))?;
    bind(project, recipe, &target.join(WASM).join("release").join(format!("{}.wasm", name.replace('-', "_"))))?;
    rewrite(
        project,
        name,
        &work(project, name).join(format!("{name}_bg.wasm")),
        &[recipe.opt, recipe.features].concat(),
    )
}

fn bind(project: &Project, recipe: &Recipe, wasm: &Path) -> Result<()> {
    let Recipe { name, glue, .. } = recipe;
    let mut bindgen = Command::new(project.cargo_bin("wasm-bindgen"));
    bindgen.args(["--target", glue, "--no-typescript", "--out-name", name]).arg("--out-dir");
    bindgen.arg(work(project, name)).arg(wasm);
    process::run(&mut bindgen, &log(project, &format!("{name}-bindgen")))
}

/// Runs wasm-opt over a module in its place.
pub fn rewrite(project: &Project, name: &str, wasm: &Path, options: &[&str]) -> Result<()> {
    let new = wasm.with_extension("new");
    let mut opt = Command::new(project.node_bin("wasm-opt"));
    opt.arg(wasm).arg("-o").arg(&new).args(options).env("PATH", project.path_with(&[]));
    process::run(&mut opt, &log(project, &format!("{name}-opt")))?;
    Ok(fs::rename(new, wasm)?)
}

/// Bundles and minifies a script or a style sheet.
pub fn esbuild(project: &Project, from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    let mut esbuild = Command::new(project.node_bin("esbuild"));
    esbuild.arg(from).arg(format!("--outfile={}", to.display())).args(["--minify", "--target=es2022"]);
    esbuild.args(options).env("PATH", project.path_with(&[]));
    process::run(&mut esbuild, &log(project, "esbuild"))
}
