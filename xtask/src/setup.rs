//! Installs what the build needs, once.

use crate::fingerprint::{Fingerprint, Stamp};
use crate::process;
use crate::progress::{step, unchanged};
use crate::project::Project;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target of everything that ships.
pub const WASM: &str = "wasm32-unknown-unknown";
/// Fits the `worker` crate.
const WORKER_BUILD: &str = "0.8.7";
/// What wrangler needs at least.
const NODE: u32 = 22;

/// Makes sure of toolchain, packages and tools. Fast when all is there.
pub fn run(project: &Project) -> Result<()> {
    toolchain()?;
    node_modules(project)?;
    cargo_tool(project, "wasm-bindgen-cli", "wasm-bindgen", &wasm_bindgen_version(project)?)?;
    cargo_tool(project, "worker-build", "worker-build", WORKER_BUILD)
}

/// The wasm target, and the sources of std, which the edge and the widget rebuild.
fn toolchain() -> Result<()> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))
        .context("rustc does not run; install Rust with rustup, https://rustup.rs")?;
    let rustlib = Path::new(&sysroot).join("lib/rustlib");
    if !rustlib.join(WASM).join("lib").is_dir() {
        step("wasm target", true, || rustup(&["target", "add", WASM]))?;
    }
    if !rustlib.join("src/rust/library/Cargo.toml").is_file() {
        step("sources of std", true, || rustup(&["component", "add", "rust-src"]))?;
    }
    Ok(())
}

fn rustup(args: &[&str]) -> Result<()> {
    if !process::show(Command::new("rustup").args(args))?.success() {
        bail!("`rustup {}` failed; run it by hand to see why", args.join(" "));
    }
    Ok(())
}

fn node_modules(project: &Project) -> Result<()> {
    let now = Fingerprint::default().tree(&project.root.join("package-lock.json"))?.finish();
    let stamp = Stamp::new(project.root.join("node_modules/.beckon-stamp"), now);
    if !stamp.fresh() {
        step("npm packages", true, || npm_ci(project))?;
        stamp.set()?;
    }
    node_is_new_enough(project)
}

fn npm_ci(project: &Project) -> Result<()> {
    if process::output(Command::new("npm").arg("--version")).is_none() {
        bail!("npm is missing; install Node.js (any version with npm), https://nodejs.org");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&project.root);
    process::run(&mut npm, &log(project, "npm"))
}

fn node_is_new_enough(project: &Project) -> Result<()> {
    let mut node = Command::new("node");
    let version = process::output(node.arg("--version").env("PATH", project.path_with(&[]))).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE) {
        bail!("wrangler needs Node.js {NODE} or newer, and no npm package brings it for this machine; install it");
    }
    Ok(())
}

/// The crate and the command line tool must be the very same version; the lock file knows which.
fn wasm_bindgen_version(project: &Project) -> Result<String> {
    let lock = fs::read_to_string(project.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let mut lines = lock.lines().skip_while(|line| *line != "name = \"wasm-bindgen\"").skip(1);
    let version = lines.next().and_then(|line| line.strip_prefix("version = \""));
    Ok(version.context("Cargo.lock does not name wasm-bindgen")?.trim_end_matches('"').to_owned())
}

/// Installs a tool into `.tools/`, unless it is there or on PATH in the right version.
fn cargo_tool(project: &Project, package: &str, bin: &str, version: &str) -> Result<()> {
    let ours = project.cargo_bin(bin);
    if has_version(&ours, version) {
        return Ok(());
    }
    if let Some(found) = on_path(bin).filter(|found| has_version(found, version)) {
        return link(&found, &ours);
    }
    step(&format!("{package} {version} (takes some minutes, once)"), true, || install(project, package, version))
}

fn install(project: &Project, package: &str, version: &str) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["install", "--locked", "--force", package, "--version", version, "--root"]).arg(&project.tools);
    // Tools run for seconds: quick to build beats quick to run.
    cargo.envs([("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"), ("CARGO_PROFILE_RELEASE_LTO", "off")]);
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    cargo.env("CARGO_TARGET_DIR", project.tools.join("target")).current_dir(&project.root);
    process::run(&mut cargo, &log(project, package))
}

fn has_version(bin: &Path, version: &str) -> bool {
    let said = process::output(Command::new(bin).arg("--version")).unwrap_or_default();
    said.split_whitespace().any(|word| word == version)
}

/// The first program of this name on PATH.
pub fn on_path(bin: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(bin)).find(|file| file.is_file())
}

/// So that every later step finds the tool at one place.
fn link(found: &Path, ours: &Path) -> Result<()> {
    if let Some(parent) = ours.parent() {
        fs::create_dir_all(parent)?;
    }
    let _ = fs::remove_file(ours);
    std::os::unix::fs::symlink(found, ours)?;
    unchanged(&format!("{} from PATH", found.display()));
    Ok(())
}

/// The log of one step.
pub fn log(project: &Project, name: &str) -> PathBuf {
    project.dev.join("log").join(format!("{name}.log"))
}
