//! The edge: worker-build with unwinding panics, on the pinned stable toolchain.

use super::{order, wasm};
use crate::process;
use crate::project::Project;
use crate::setup;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names of functions are an eighth of the bytes; more optimising is 2 percent for 7 s. Not -Oz: inlining all that has one
/// caller makes the file smaller, and what travels larger.
const LEAN: [&str; 8] = [
    "-O2",
    "--one-caller-inline-max-function-size=8",
    "--strip-debug",
    "--strip-producers",
    // What JavaScript could call of classes that the crates bring and we never make.
    "--remove-exports=*containerstartupoptions*",
    "--remove-exports=*intounderlying*",
    "--remove-exports=*minifyconfig*",
    "--remove-exports=*r2range*",
];

/// The names are only there to sort by.
const BY_NAME: [&str; 2] = ["--reorder-functions-by-name", "--strip-debug"];

/// What workerd is sure to have.
const FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// A drop that panics ends the instance, which then starts anew, instead of unwinding further: none of ours does, and
/// the code to be ready for it everywhere is 9 KB.
const RUSTFLAGS: &str = "-Zpanic-in-drop=abort";
/// std is built anew anyway: with small ways to sort, search and format it is 12 KB less.
const STD: &str = "-Zbuild-std-features=optimize_for_size";

/// Makes `edge/build/index.js` and its Wasm.
pub fn build(project: &Project) -> Result<()> {
    let shims = shims(project)?;
    let mut build = Command::new(project.cargo_bin("worker-build"));
    build.args(["--release", "--panic-unwind", "--no-opt", ".", STD]).current_dir(project.root.join("edge"));
    build.env("PATH", project.path_with(&[shims]));
    // What `cargo +nightly` would allow; the compiler is the pinned one all the same.
    build.env("RUSTC_BOOTSTRAP", "1");
    build.env("RUSTFLAGS", RUSTFLAGS);
    build.env("CARGO_PROFILE_RELEASE_PANIC", "unwind");
    build.env("CARGO_TARGET_DIR", project.target.join("edge"));
    build.env("WASM_BINDGEN_BIN", project.cargo_bin("wasm-bindgen"));
    build.env("ESBUILD_BIN", project.node_bin("esbuild"));
    process::run(&mut build, &setup::log(project, "edge"))?;
    let wasm = project.root.join("edge/build/index_bg.wasm");
    wasm::rewrite(project, "edge", &wasm, &[&LEAN[..], &FEATURES].concat())?;
    fs::write(&wasm, order::named(&fs::read(&wasm)?)?)?;
    wasm::rewrite(project, "edge-order", &wasm, &[&BY_NAME[..], &FEATURES].concat())
}

/// worker-build asks for nightly by name. These stand before the real programs on PATH and leave the name out;
/// rustup only has to say that the sources of std are there, which set-up has seen to.
fn shims(project: &Project) -> Result<PathBuf> {
    let dir = project.tools.join("shims");
    fs::create_dir_all(&dir)?;
    for name in ["cargo", "rustc"] {
        let real = setup::on_path(name).with_context(|| format!("{name} is not on PATH"))?;
        let script = format!("#!/bin/sh\n[ \"$1\" = +nightly ] && shift\nexec '{}' \"$@\"\n", real.display());
        write(&dir.join(name), &script)?;
    }
    write(&dir.join("rustup"), "#!/bin/sh\necho 'rust-src (installed)'\n")?;
    Ok(dir)
}

fn write(path: &Path, script: &str) -> Result<()> {
    fs::write(path, script).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}
