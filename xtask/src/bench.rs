//! `cargo xtask bench`: what takes longer than a test may, each on a server of its own. See bench/README.md.

use crate::args::{Bench, Measure};
use crate::browser;
use crate::build;
use crate::local::Demo;
use crate::process::{self, Group};
use crate::progress::{Clock, step};
use crate::project::Project;
use crate::runtime::{self, Runtime, Settings};
use crate::setup;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;
use std::{env, fs};

/// As in `cargo xtask test`: a trial waits for the rules, and these are short.
const QUICK: [(&str, &str); 2] = [("GRACE_MS", "1500"), ("STALE_AFTER_MS", "4000")];
/// A killed browser is found by its connection's end, so only the grace is waited for.
const SHORT_GRACE: [(&str, &str); 1] = [("GRACE_MS", "1500")];

/// A cold start takes 3 s; a busy machine may take ten times as long.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// Builds, measures, prints.
pub fn run(project: &Project, options: &Bench) -> Result<ExitCode> {
    if options.what == Measure::Desk {
        // Rules alone: nothing is built or started for them.
        return ended(command(project, options)?.current_dir(&project.root));
    }
    setup::run(project)?;
    let demo = Demo::load(project)?;
    build::all(project, Some(&demo))?;
    let mut command = command(project, options)?;
    command
        .current_dir(&project.root)
        .env("PLATFORM_TOKEN", &demo.platform_token)
        .env("TOKEN_SECRET", &demo.token_secret);
    command.env("BECKON_XTASK", std::env::current_exe().context("xtask cannot find itself")?);
    let vars: &[_] = match options.what {
        Measure::Presence => &QUICK,
        Measure::Kills => &SHORT_GRACE,
        // As deployed.
        Measure::HiddenTab => &[],
        // Start their servers by themselves: they write into the database, or kill them.
        Measure::Load | Measure::Desk => return ended(&mut command),
        Measure::Delivery => return beside_the_floor(project, &mut command),
    };
    on_a_server(project, &demo, vars, &mut command)
}

fn command(project: &Project, options: &Bench) -> Result<Command> {
    let trials = |usual: u32| options.trials.unwrap_or(usual).to_string();
    let mut command = match options.what {
        Measure::Presence => {
            cargo(&["test", "--package", "e2e", "--test", "integration", "detection", "--", "--ignored"])
        }
        Measure::Desk => {
            let test = ["test", "--release", "--package", "desk", "--test", "cost"];
            cargo(&[&test[..], &["decisions", "--", "--ignored", "--nocapture"]].concat())
        }
        Measure::Load => cargo(&["run", "--quiet", "--package", "e2e", "--bin", "presence_load"]),
        Measure::Delivery => cargo(&["run", "--quiet", "--package", "e2e", "--bin", "delivery"]),
        Measure::Kills => node(project, "bench/browser_kills.mjs")?,
        Measure::HiddenTab => node(project, "bench/hidden_tab.mjs")?,
    };
    command.env("BECKON_TRIALS", trials(100)).env("TRIALS", trials(5)).env("BECKON_ROUNDS", trials(5_000));
    command.env("BECKON_TAKES", trials(3));
    Ok(command)
}

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(args);
    cargo
}

fn node(project: &Project, script: &str) -> Result<Command> {
    let mut node = Command::new("node");
    node.arg(script).env("PATH", project.path_with(&[])).env("CHROMIUM", browser::ensure(project)?);
    Ok(node)
}

fn on_a_server(project: &Project, demo: &Demo, vars: &[(&str, &str)], command: &mut Command) -> Result<ExitCode> {
    let state = project.dev.join("bench").join(std::process::id().to_string());
    let settings = Settings {
        port: runtime::free_port()?,
        state: state.clone(),
        secrets: demo.secrets(),
        vars: vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let server = step("server for measuring", false, || Runtime::start(project, &settings))?;
    command.env("BECKON_URL", &server.url).envs(vars.iter().copied());
    let code = ended(command);
    drop(server);
    let _ = fs::remove_dir_all(state);
    code
}

/// With the echo of bench/echo running: the floor that rooms are held against.
fn beside_the_floor(project: &Project, command: &mut Command) -> Result<ExitCode> {
    // In memory, where there is such a place: how fast this machine's disk is, with whatever else it does, is not the
    // question, and would hide the answer.
    let memory = Path::new("/dev/shm");
    let room = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
    command.env("TMPDIR", &room);
    let port = runtime::free_port()?;
    let state = room.join(format!("beckon-echo-{port}"));
    copy_echo(project, &state)?;
    let url = format!("http://127.0.0.1:{port}");
    let log = process::log_file(&state.join("echo.log"))?;
    let mut echo = runtime::wrangler(project);
    echo.args(["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0", "--show-interactive-dev-session=false"]);
    echo.arg("--config").arg(state.join("wrangler.toml"));
    echo.args(["--port", &port.to_string()]).arg("--persist-to").arg(&state);
    let floor = step("the least that a room could be", false, || {
        let floor = Group::start(echo.env("CI", "1").stdout(log.try_clone()?).stderr(log))?;
        let clock = Clock::start();
        while minreq::get(format!("{url}/v1/health")).with_timeout(2).send().is_err() {
            ensure!(clock.elapsed() < READY_WITHIN, "it does not answer; see {}", state.display());
            thread::sleep(Duration::from_millis(100));
        }
        Ok(floor)
    })?;
    let code = ended(command.env("ECHO_URL", url));
    drop(floor);
    let _ = fs::remove_dir_all(state);
    code
}

/// wrangler leaves things beside what it runs.
fn copy_echo(project: &Project, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for name in ["worker.js", "wrangler.toml"] {
        fs::copy(project.root.join("bench/echo").join(name), to.join(name))?;
    }
    Ok(())
}

fn ended(command: &mut Command) -> Result<ExitCode> {
    Ok(if process::show(command)?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
