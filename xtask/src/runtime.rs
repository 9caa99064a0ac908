//! The local Cloudflare runtime: wrangler and its workerd, on one port, with data of its own.

use crate::fingerprint::{Fingerprint, Stamp};
use crate::process::{self, Group};
use crate::progress::Clock;
use crate::project::Project;
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

/// A cold start takes 3 s; a busy machine may take ten times as long.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// Between two questions whether it is ready.
const GLANCE: Duration = Duration::from_millis(100);

/// wrangler asks nothing, and writes plain text into logs.
const UNATTENDED: [(&str, &str); 2] = [("CI", "1"), ("NO_COLOR", "1")];

/// What to start.
pub struct Settings {
    /// Where it listens, on this machine only.
    pub port: u16,
    /// Where objects and databases are kept.
    pub state: PathBuf,
    /// Secrets as `NAME=value` lines.
    pub secrets: String,
    /// Variables other than in wrangler.toml.
    pub vars: Vec<(String, String)>,
}

/// A running server. Dropping it ends it.
pub struct Runtime {
    group: Group,
    log: PathBuf,
    /// Where it answers.
    pub url: String,
}

impl Runtime {
    /// Migrates the database, starts the server and waits until it answers.
    pub fn start(project: &Project, settings: &Settings) -> Result<Self> {
        migrate(project, &settings.state)?;
        let log = settings.state.join("wrangler.log");
        let file = process::log_file(&log)?;
        let group = Group::start(command(project, settings)?.stdout(file.try_clone()?).stderr(file))?;
        let mut runtime = Self { group, log, url: format!("http://127.0.0.1:{}", settings.port) };
        runtime.wait_until_ready()?;
        Ok(runtime)
    }

    /// Waits for the server's end, and tells it.
    pub fn wait(mut self) -> Result<()> {
        let status = self.group.wait()?;
        let log = self.log.clone();
        drop(self);
        bail!("the server ended by itself ({status}):\n{}", process::tail(&log))
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let clock = Clock::start();
        loop {
            let health = minreq::get(format!("{}/v1/health", self.url)).with_timeout(2).send();
            if health.is_ok_and(|answer| answer.status_code == 200) {
                return Ok(());
            }
            if self.group.ended()?.is_some() {
                bail!("the server did not start:\n{}", process::tail(&self.log));
            }
            if clock.elapsed() > READY_WITHIN {
                bail!("the server does not answer after {} s:\n{}", READY_WITHIN.as_secs(), process::tail(&self.log));
            }
            thread::sleep(GLANCE);
        }
    }
}

/// Refuses a port that somebody uses, before anything slow is done.
pub fn port_is_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!("port {port} cannot be used ({error}); end what uses it, or choose another with --port"),
    }
}

/// A port that nobody uses at the moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// wrangler on our own Node, asking nobody anything.
pub fn wrangler(project: &Project) -> Command {
    let mut wrangler = Command::new("node");
    wrangler.arg("--no-warnings").arg(project.root.join("node_modules/wrangler/bin/wrangler.js"));
    wrangler.current_dir(&project.root).env("PATH", project.path_with(&[]));
    wrangler.env("WRANGLER_SEND_METRICS", "false");
    wrangler
}

fn command(project: &Project, settings: &Settings) -> Result<Command> {
    let secrets = settings.state.join("secrets.env");
    fs::write(&secrets, &settings.secrets)?;
    let mut command = wrangler(project);
    command.args([
        "dev",
        "--local",
        "--ip",
        "127.0.0.1",
        "--inspector-port",
        "0",
        "--show-interactive-dev-session=false",
    ]);
    command.args(["--port", &settings.port.to_string()]).arg("--persist-to").arg(&settings.state);
    command.arg("--env-file").arg(secrets);
    for (name, value) in &settings.vars {
        command.arg("--var").arg(format!("{name}:{value}"));
    }
    command.envs(UNATTENDED);
    Ok(command)
}

/// Applies what is new in edge/migrations; skipped when nothing is.
fn migrate(project: &Project, state: &Path) -> Result<()> {
    fs::create_dir_all(state).with_context(|| format!("cannot create {}", state.display()))?;
    let now = Fingerprint::default().tree(&project.root.join("edge/migrations"))?.finish();
    let stamp = Stamp::new(state.join("migrated"), now);
    if stamp.fresh() {
        return Ok(());
    }
    let mut migrate = wrangler(project);
    migrate.args(["d1", "migrations", "apply", "DB", "--local", "--persist-to"]).arg(state).envs(UNATTENDED);
    process::run(&mut migrate, &state.join("migrate.log"))?;
    stamp.set()
}
