//! The edge: worker-build with unwinding panics, on the pinned stable toolchain.

use super::shorten::shorten;
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
/// caller makes the file smaller, and what travels larger. Values that are always the same are followed through the whole
/// program, and equal ends of branches become one, before all is tidied up once more. How loads and stores are aligned is
/// a hint that engines do not use: where all say the same, there is less to compress.
const LEAN: [&str; 9] = [
    "-O2",
    "--gufa",
    "--code-folding",
    "-O2",
    "--low-memory-unused",
    "--dealign",
    "--one-caller-inline-max-function-size=8",
    "--strip-debug",
    "--strip-producers",
];

/// The names are only there to sort by.
const BY_NAME: [&str; 3] = ["--reorder-functions-by-name", "--strip-debug", "--strip-target-features"];

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
/// the code to be ready for it everywhere is 9 KB. The stack comes first in memory: at half of the usual size, every
/// address behind it is a byte shorter, which is 1 KB. Its lowest KB stands in for the memory that wasm-opt may take for
/// unused: whoever had got so far would leave the stack, and end, with the next call.
const RUSTFLAGS: &str = "-Zpanic-in-drop=abort -Clink-arg=-zstack-size=524288";
/// std is built anew anyway: with small ways to sort, search and format it is 12 KB less.
const STD: &str = "-Zbuild-std-features=optimize_for_size";

/// Classes that the crates bring for JavaScript and we never make. What they export is not linked: taken away later, it
/// would leave their closures and tables behind.
const UNUSED: [&str; 4] = ["containerstartupoptions", "intounderlying", "minifyconfig", "r2range"];
/// The linker's name says to rustc what kind of linker it is.
const LINKER: &str = "wasm-ld";

/// Makes `edge/build/index.js` and its Wasm.
pub fn build(project: &Project) -> Result<()> {
    let shims = shims(project)?;
    let mut build = Command::new(project.cargo_bin("worker-build"));
    build.args(["--release", "--panic-unwind", "--no-opt", ".", STD]).current_dir(project.root.join("edge"));
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", shims.join(LINKER));
    build.env("PATH", project.path_with(&[shims]));
    // What `cargo +nightly` would allow; the compiler is the pinned one all the same.
    build.env("RUSTC_BOOTSTRAP", "1");
    build.env("RUSTFLAGS", RUSTFLAGS);
    build.env("CARGO_PROFILE_RELEASE_PANIC", "unwind");
    build.env("CARGO_TARGET_DIR", project.target.join("edge"));
    build.env("WASM_BINDGEN_BIN", project.cargo_bin("wasm-bindgen"));
    build.env("ESBUILD_BIN", project.node_bin("esbuild"));
    process::run(&mut build, &setup::log(project, "edge"))?;
    let [glue, wasm] = ["index.js", "index_bg.wasm"].map(|name| project.root.join("edge/build").join(name));
    wasm::rewrite(project, "edge", &wasm, &[&LEAN[..], &FEATURES].concat())?;
    let (short_glue, short_wasm) = shorten(&fs::read_to_string(&glue)?, &fs::read(&wasm)?)?;
    fs::write(&glue, short_glue)?;
    fs::write(&wasm, order::named(&short_wasm)?)?;
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
    write(&dir.join(LINKER), &linker(&real_linker(project)?))?;
    Ok(dir)
}

/// Where rustup has put the linker of the pinned toolchain.
fn real_linker(project: &Project) -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir"]).current_dir(&project.root);
    let libraries = process::output(&mut rustc).context("rustc does not say where its libraries are")?;
    let host = Path::new(&libraries).parent().context("rustc has no libraries")?;
    Ok(host.join("bin/rust-lld"))
}

/// A linker before the real one, which does not hear of the exports of [`UNUSED`] classes. It gets its arguments by a
/// file: there are thousands, each of which may hold spaces.
fn linker(real: &Path) -> String {
    let real = real.display();
    let unused: String = UNUSED.iter().map(|class| format!("/{class}/d;")).collect();
    format!(
        r#"#!/bin/sh
args=$(mktemp) || exit 1
trap 'rm -f "$args"' EXIT
flag=$1 flavor=$2
shift 2
printf '%s\n' "$@" | sed -e 's/[\\" ]/\\&/g' -e '/^--export$/{{N;{unused}}}' > "$args"
'{real}' "$flag" "$flavor" "@$args"
"#
    )
}

fn write(path: &Path, script: &str) -> Result<()> {
    fs::write(path, script).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}
