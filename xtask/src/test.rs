//! `cargo xtask test`: every test there is, on a server of its own.

use crate::args;
use crate::browser;
use crate::build;
use crate::local::Demo;
use crate::process;
use crate::progress::step;
use crate::project::Project;
use crate::runtime::{self, Runtime, Settings};
use crate::setup;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// For tests in Rust: short, so that they wait for events and not for minutes; their agents beat every half second.
const QUICK: [(&str, &str); 3] = [("GRACE_MS", "1500"), ("STALE_AFTER_MS", "4000"), ROOMY];
/// For stories: a browser needs the grace to reload on a busy machine, and its dashboard beats every 15 s.
const CALM: [(&str, &str); 2] = [("GRACE_MS", "4000"), ROOMY];
/// Tests write in bursts that no person writes in. Limits have servers of their own.
const ROOMY: (&str, &str) = ("ROOM_MESSAGES", "2000");

/// Builds, then runs every test to its end; the answer is a failure if any of them failed.
pub fn run(project: &Project, options: &args::Test) -> Result<ExitCode> {
    let everything = !options.rust && !options.stories;
    setup::run(project)?;
    let chromium = (everything || options.stories).then(|| browser::ensure(project)).transpose()?;
    let demo = Demo::load(project)?;
    let mut failed = Vec::new();
    let mut note = |name: &'static str, passed: bool| {
        if !passed {
            failed.push(name)
        }
    };
    note("sizes", build::all(project, Some(&demo))?);
    if everything {
        note("unit tests", unit(project)?);
        note("deploy --dry-run", crate::deploy::dry_run(project)?);
    }
    if everything || options.rust {
        note("integration tests", integration(project, &demo)?);
    }
    if let Some(chromium) = chromium {
        note("browser stories", stories(project, &demo, &chromium)?);
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    println!("✓ all tests passed");
    Ok(ExitCode::SUCCESS)
}

fn unit(project: &Project) -> Result<bool> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace", "--no-fail-fast"]).current_dir(&project.root);
    Ok(process::show(&mut cargo)?.success())
}

fn integration(project: &Project, demo: &Demo) -> Result<bool> {
    let server = Server::start(project, demo, "integration", &QUICK)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--package", "e2e", "--no-fail-fast", "--", "--ignored"]).current_dir(&project.root);
    // One test kills its server, so it starts one of its own with this program.
    cargo.env("BECKON_XTASK", std::env::current_exe().context("xtask cannot find itself")?);
    for (name, value) in QUICK {
        cargo.env(name, value);
    }
    Ok(process::show(server.told(&mut cargo, demo))?.success())
}

fn stories(project: &Project, demo: &Demo, chromium: &Path) -> Result<bool> {
    let server = Server::start(project, demo, "stories", &CALM)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    node.args(scripts(&project.root.join("e2e/stories"))?).current_dir(&project.root);
    node.env("PATH", project.path_with(&[])).env("CHROMIUM", chromium);
    node.env("ARTIFACTS", project.root.join("artifacts"));
    Ok(process::show(server.told(&mut node, demo))?.success())
}

/// A story is a file named `*.story.mjs`; the others help.
fn scripts(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".story.mjs"));
    files.sort();
    Ok(files)
}

/// A server with fresh data, which goes with it.
struct Server {
    runtime: Runtime,
    /// Dropped after the runtime, which writes into it.
    _state: State,
}

struct State(PathBuf);

impl Server {
    fn start(project: &Project, demo: &Demo, name: &str, vars: &[(&'static str, &str)]) -> Result<Self> {
        let state = State(project.dev.join("test").join(format!("{name}-{}", std::process::id())));
        let settings = Settings {
            port: runtime::free_port()?,
            state: state.0.clone(),
            secrets: demo.secrets(),
            vars: vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let runtime = step(&format!("server for {name}"), false, || Runtime::start(project, &settings))?;
        Ok(Self { runtime, _state: state })
    }

    fn told<'a>(&self, command: &'a mut Command, demo: &Demo) -> &'a mut Command {
        // A failed assertion tells all there is to tell.
        command.env("BECKON_URL", &self.runtime.url).env("RUST_BACKTRACE", "0");
        command.env("PLATFORM_TOKEN", &demo.platform_token).env("TOKEN_SECRET", &demo.token_secret)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
