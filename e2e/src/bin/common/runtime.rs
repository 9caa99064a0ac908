//! A server of a measurement's own, with what can be learned of it from outside.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};
use tokio::time::sleep;

/// A server with data of its own, which goes with it.
pub struct Runtime {
    child: Child,
    pub state: PathBuf,
    /// Wrangler's door.
    pub url: String,
}

impl Runtime {
    /// Starts one with these variables, as `NAME=value`, and waits until it answers.
    pub async fn start(vars: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let state = env::temp_dir().join(format!("beckon-load-{port}"));
        let xtask = env::var("BECKON_XTASK").expect("BECKON_XTASK, as `cargo xtask bench` sets it");
        let mut command = Command::new(xtask);
        command.args(["serve", "--port", &port.to_string(), "--state"]).arg(&state).stdout(Stdio::null());
        command.args(vars.iter().flat_map(|var| ["--var", var]));
        let runtime = Self { child: command.spawn().expect("xtask"), state, url: format!("http://127.0.0.1:{port}") };
        answers(&runtime.url).await;
        runtime
    }

    /// Of every workerd of this server, KB.
    pub fn memory(&self) -> u64 {
        let resident = |id: &i32| {
            let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).map(str::to_owned)?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        self.workerds().iter().filter_map(resident).sum()
    }

    /// Kills the runtime as a power cut would, but for the door: wrangler starts it anew.
    pub fn kill(&self) {
        let killed = self.workerds().into_iter().filter(|id| !is_door(*id, &self.url));
        let killed = killed.filter(|id| kill(Pid::from_raw(*id), Signal::SIGKILL).is_ok()).count();
        assert!(killed > 0, "there is no workerd to kill");
    }

    /// The files of all objects of one class; of D1 for `D1DatabaseObject`.
    pub fn databases(&self, class: &str) -> Vec<PathBuf> {
        let folders = ["v3/do", "v3/d1"].map(|kind| self.state.join(kind));
        let folders = folders.iter().filter_map(|kind| fs::read_dir(kind).ok()).flat_map(|kind| kind.flatten());
        let ours = folders.filter(|folder| folder.file_name().to_string_lossy().ends_with(class));
        let files = ours.filter_map(|folder| fs::read_dir(folder.path()).ok()).flat_map(|folder| folder.flatten());
        let is_database =
            |path: &PathBuf| path.extension().is_some_and(|it| it == "sqlite") && !path.ends_with("metadata.sqlite");
        files.map(|file| file.path()).filter(is_database).collect()
    }

    fn workerds(&self) -> Vec<i32> {
        workerds_below(i32::try_from(self.child.id()).unwrap_or_default(), &processes())
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.state);
    }
}

/// Waits until a server answers.
pub async fn answers(url: &str) {
    while !reqwest::get(format!("{url}/v1/health")).await.is_ok_and(|it| it.status() == 200) {
        sleep(Duration::from_millis(50)).await;
    }
}

/// workerd behind wrangler's door.
pub struct Behind {
    /// Its own door, where sockets are not carried twice; wrangler's, if there is none.
    pub url: String,
    workerds: Vec<i32>,
}

impl Behind {
    /// What it has had of the processors so far.
    pub fn processor(&self) -> Duration {
        let ticks = |id: &i32| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            let (_, rest) = stat.rsplit_once(") ")?;
            let times = rest.split(' ').skip(11).take(2).filter_map(|it| it.parse::<u64>().ok());
            Some(times.sum::<u64>())
        };
        // Linux counts in hundredths, whatever else it is told.
        Duration::from_millis(self.workerds.iter().filter_map(ticks).sum::<u64>() * 10)
    }
}

/// What is behind wrangler's door at `url`, whoever started that.
pub async fn behind(url: &str) -> Behind {
    let all = processes();
    let door = all.iter().find(|process| process.name == "workerd" && is_door(process.id, url));
    let workerds = door.map(|door| workerds_below(door.parent, &all)).unwrap_or_default();
    let listening = Command::new("ss").arg("-ltnpH").output().map(|it| it.stdout).unwrap_or_default();
    let ours: Vec<_> = workerds.iter().map(|id| format!("pid={id},")).collect();
    let lines = String::from_utf8_lossy(&listening).into_owned();
    for line in lines.lines().filter(|line| ours.iter().any(|id| line.contains(id))) {
        let own = format!("http://{}", line.split_whitespace().nth(3).unwrap_or_default());
        let ask = reqwest::Client::new().get(format!("{own}/v1/health")).timeout(Duration::from_secs(2)).send().await;
        if own != url && ask.is_ok_and(|reply| reply.status() == 200) {
            return Behind { url: own, workerds };
        }
    }
    Behind { url: url.to_owned(), workerds }
}

/// Whether this workerd only passes on what comes to `url`.
fn is_door(id: i32, url: &str) -> bool {
    let entry = format!("entry={}", url.trim_start_matches("http://"));
    fs::read_to_string(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.contains(&entry))
}

struct Process {
    id: i32,
    parent: i32,
    name: String,
}

fn processes() -> Vec<Process> {
    let listed = Command::new("ps").args(["-eo", "pid=,ppid=,comm="]).output().map(|it| it.stdout).unwrap_or_default();
    String::from_utf8_lossy(&listed).lines().filter_map(process).collect()
}

fn process(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    let (id, parent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Process { id, parent, name: words.next()?.to_owned() })
}

fn workerds_below(id: i32, all: &[Process]) -> Vec<i32> {
    let mut family = vec![id];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(all.iter().filter(|process| process.parent == parent).map(|process| process.id));
        at += 1;
    }
    let ours = all.iter().filter(|process| process.name == "workerd" && family.contains(&process.id));
    ours.map(|process| process.id).collect()
}

/// Runs SQL on a file that nobody has open, or that has been read by nobody yet; the answer is what it prints.
pub fn sqlite(file: &Path, sql: &str) -> String {
    let done = Command::new("sqlite3").arg(file).args([".timeout 10000", sql]).output().expect("sqlite3 is there");
    assert!(done.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}
