//! A server of a test's own, for tests that end it the hard way.

use crate::PATIENCE;
use crate::server::{Server, told};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A server with data of its own. Dropping it ends it and removes its data.
pub struct OwnServer {
    child: Child,
    state: PathBuf,
    /// Where it is.
    pub server: Server,
}

impl OwnServer {
    /// Starts one and waits until it answers.
    pub async fn start() -> Self {
        Self::start_with(&["GRACE_MS=1500"]).await
    }

    /// Starts one with these variables and waits until it answers.
    pub async fn start_with(vars: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let state = std::env::temp_dir().join(format!("beckon-own-{port}"));
        let child = Command::new(told("BECKON_XTASK"))
            .args(["serve", "--port", &port.to_string(), "--state"])
            .arg(&state)
            .args(vars.iter().flat_map(|var| ["--var", var]))
            .stdout(Stdio::null())
            .spawn()
            .expect("xtask starts");
        let own = Self { child, state, server: Server::at(&format!("http://127.0.0.1:{port}")) };
        own.answers().await;
        own
    }

    pub(crate) fn state(&self) -> &std::path::Path {
        &self.state
    }

    /// Kills the runtime as a power cut would; wrangler starts it anew.
    pub fn kill_runtime(&self) {
        let killed = self.runtimes().into_iter().filter(|pid| kill(*pid, Signal::SIGKILL).is_ok()).count();
        assert!(killed > 0, "there is no workerd to kill");
    }

    /// Waits until it answers.
    pub async fn answers(&self) {
        let asking = async {
            // Asked with a fresh connection each time: the old ones went with the runtime.
            while !reqwest::get(format!("{}/v1/health", self.server.url)).await.is_ok_and(|it| it.status() == 200) {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE * 3, asking).await.expect("the server answers");
    }

    /// Every workerd among what the server started, but for the one that only passes requests on: wrangler does not
    /// bring that one back.
    fn runtimes(&self) -> Vec<Pid> {
        let all = processes();
        let mut family = vec![i32::try_from(self.child.id()).expect("a process id")];
        let mut at = 0;
        while at < family.len() {
            let parent = family[at];
            family.extend(all.iter().filter(|process| process.parent == parent).map(|process| process.id));
            at += 1;
        }
        let door = format!("entry={}", self.server.url.trim_start_matches("http://"));
        let is_door =
            |id: i32| fs::read_to_string(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.contains(&door));
        let is_runtime =
            |process: &&Process| process.name == "workerd" && family.contains(&process.id) && !is_door(process.id);
        all.iter().filter(is_runtime).map(|process| Pid::from_raw(process.id)).collect()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.state);
    }
}

struct Process {
    id: i32,
    parent: i32,
    name: String,
}

fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    entries.filter_map(|entry| process(&fs::read_to_string(entry.path().join("stat")).ok()?)).collect()
}

/// `id (name) state parent …`; the name may hold spaces.
fn process(stat: &str) -> Option<Process> {
    let (id, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let parent = rest.split(' ').nth(1)?;
    Some(Process { id: id.parse().ok()?, parent: parent.parse().ok()?, name: name.to_owned() })
}
