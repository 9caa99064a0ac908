//! `cargo xtask rebuild`: lets a room tell the history all of its conversation again.

use crate::args;
use crate::local::Demo;
use crate::process;
use crate::progress::{Clock, step};
use crate::project::Project;
use crate::setup;
use anyhow::{Context, Result, bail};
use protocol::Seq;
use protocol::http::RoomVitals;
use protocol::problem::{Code, Problem};
use std::env;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

/// Node speaks TLS, and is here anyway. The token stands in no argument, where others on this machine could read it.
const ASK: &str = "const { METHOD: method, ADDRESS, PLATFORM_TOKEN } = process.env;
const reply = await fetch(ADDRESS, { method, headers: { authorization: `Bearer ${PLATFORM_TOKEN}` } });
console.log(`${reply.status} ${await reply.text()}`);";

/// A history that takes nothing in for so long has trouble.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_secs(1);

/// Shows what the history lacks, rebuilds it, and shows what it lacks then.
pub fn run(project: &Project, options: &args::Rebuild) -> Result<ExitCode> {
    setup::run(project)?;
    let server = server(project, options)?;
    let before = step("room", false, || server.asks("GET", ""))?;
    tell(&before);
    let after = step("rebuild", true, || server.rebuilds(before.last_seq))?;
    tell(&after);
    Ok(ExitCode::SUCCESS)
}

fn tell(RoomVitals { last_seq, projected, behind_ms, sockets, .. }: &RoomVitals) {
    let behind = if *behind_ms == 0 { "lacks nothing".to_owned() } else { format!("is {behind_ms} ms behind") };
    println!(
        "  {} messages; the history has them up to {}, and {behind}; {sockets} open sockets",
        last_seq.0, projected.0
    );
}

/// Whom to ask, and about what.
struct Server<'a> {
    project: &'a Project,
    options: &'a args::Rebuild,
    url: String,
    token: String,
}

/// The one that was named, with the token of the environment; else the local one with its own.
fn server<'a>(project: &'a Project, options: &'a args::Rebuild) -> Result<Server<'a>> {
    let (url, token) = match &options.url {
        Some(url) => {
            let token = env::var("PLATFORM_TOKEN");
            (url.trim_end_matches('/').to_owned(), token.context("set PLATFORM_TOKEN to the secret of that server")?)
        }
        None => {
            let demo = Demo::load(project)?;
            (demo.origin(), demo.platform_token)
        }
    };
    Ok(Server { project, options, url, token })
}

impl Server<'_> {
    /// A long conversation goes on after the answer.
    fn rebuilds(&self, upto: Seq) -> Result<RoomVitals> {
        let mut now = self.asks("POST", "/rebuild")?;
        let mut clock = Clock::start();
        while now.projected < upto {
            if clock.elapsed() > PATIENCE {
                bail!("the history has taken nothing in for {} s; the server's log says why", PATIENCE.as_secs());
            }
            println!("  {} of {}", now.projected.0, upto.0);
            thread::sleep(GLANCE);
            let next = self.asks("GET", "")?;
            if next.projected > now.projected {
                clock = Clock::start();
            }
            now = next;
        }
        Ok(now)
    }

    fn asks(&self, method: &str, what: &str) -> Result<RoomVitals> {
        let Self { url, options: args::Rebuild { tenant, conversation, .. }, .. } = self;
        let mut node = Command::new("node");
        node.args(["--no-warnings", "--input-type=module", "--eval", ASK]);
        node.env("PATH", self.project.path_with(&[])).env("PLATFORM_TOKEN", &self.token).env("METHOD", method);
        node.env("ADDRESS", format!("{url}/v1/platform/rooms/{conversation}{what}?tenant={tenant}"));
        let said = process::output(&mut node).with_context(|| format!("nothing answers at {url}"))?;
        let (status, text) = said.split_once(' ').unwrap_or_default();
        if status == "200" {
            return serde_json::from_str(text).with_context(|| format!("{url} answered with {text}"));
        }
        match serde_json::from_str::<Problem>(text).map(|problem| problem.code) {
            Ok(Code::NotFound) => bail!("there is no conversation {conversation} of {tenant} at {url}"),
            Ok(Code::Unauthenticated) => bail!("{url} does not take this PLATFORM_TOKEN"),
            _ => bail!("{url} refused with {status}: {text}"),
        }
    }
}
