//! `cargo xtask bench`: what takes longer than a test may, each on a server of its own. See bench/README.md.

use crate::args::{Bench, Measure};
use crate::browser;
use crate::build;
use crate::local::Demo;
use crate::process;
use crate::progress::step;
use crate::project::Project;
use crate::runtime::{self, Runtime, Settings};
use crate::setup;
use anyhow::{Context, Result};
use std::fs;
use std::process::{Command, ExitCode};

/// As in `cargo xtask test`: a trial waits for the rules, and these are short.
const QUICK: [(&str, &str); 2] = [("GRACE_MS", "1500"), ("STALE_AFTER_MS", "4000")];
/// A killed browser is found by its connection's end, so only the grace is waited for.
const SHORT_GRACE: [(&str, &str); 1] = [("GRACE_MS", "1500")];

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
        // Starts its server by itself: it writes into the database first.
        Measure::Load | Measure::Desk => return ended(&mut command),
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
        Measure::Kills => node(project, "bench/browser_kills.mjs")?,
        Measure::HiddenTab => node(project, "bench/hidden_tab.mjs")?,
    };
    command.env("BECKON_TRIALS", trials(100)).env("TRIALS", trials(5)).env("BECKON_ROUNDS", trials(5_000));
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

fn ended(command: &mut Command) -> Result<ExitCode> {
    Ok(if process::show(command)?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
