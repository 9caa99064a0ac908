//! Programs that xtask starts: each in a process group of its own, and none outlives xtask.

use crate::progress::Clock;
use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a group may take to end by itself; wrangler needs about one second.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at a process.
const GLANCE: Duration = Duration::from_millis(20);
/// Lines of a failed program's output that are shown.
const TAIL: usize = 40;

/// Every group that lives; a signal ends them all.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// A program with all that it starts. Dropping it ends them all.
pub struct Group {
    child: Child,
    id: Pid,
}

impl Group {
    /// Starts a program. Errors: what is missing.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        // The lock is held over the start, so that a signal cannot come between start and note.
        let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {name}; is it installed?"))?;
        let id = Pid::from_raw(child.id().try_into().context("no process id")?);
        groups.push(id);
        Ok(Self { child, id })
    }

    /// Whether the program has ended, and how.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for the program's end.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// Ends the program and all that it started, and waits until they are gone.
    pub fn end(&mut self) {
        signal(self.id, Signal::SIGTERM);
        let clock = Clock::start();
        while self.lives() && clock.elapsed() < PATIENCE {
            thread::sleep(GLANCE);
        }
        signal(self.id, Signal::SIGKILL);
        let _ = self.child.wait();
    }

    fn lives(&mut self) -> bool {
        let _ = self.child.try_wait();
        lives(self.id)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != self.id);
    }
}

/// Runs a program to its end; its output goes to a log. Errors: the end of the log.
pub fn run(command: &mut Command, log: &Path) -> Result<()> {
    let file = log_file(log)?;
    // A backtrace of a tool would push its reason out of sight.
    command.stdout(file.try_clone()?).stderr(file).env("RUST_BACKTRACE", "0");
    let name = command.get_program().to_string_lossy().into_owned();
    let status = Group::start(command)?.wait()?;
    if !status.success() {
        bail!("{name} failed ({status}):\n{}", tail(log));
    }
    Ok(())
}

/// Runs a program to its end; its output goes to the terminal. Errors: only if it cannot be started.
pub fn show(command: &mut Command) -> Result<ExitStatus> {
    Group::start(command)?.wait()
}

/// What a program prints, if it can be started and ends well.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A new, empty log.
pub fn log_file(log: &Path) -> Result<File> {
    if let Some(parent) = log.parent() {
        fs::create_dir_all(parent)?;
    }
    File::create(log).with_context(|| format!("cannot write {}", log.display()))
}

/// The last lines of a log, and where the rest is.
pub fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(TAIL)..];
    format!("{}\n(all of it: {})", last.join("\n"), log.display())
}

/// From now on SIGINT, SIGTERM and SIGHUP end every group, then xtask, with the usual code 128 + signal.
pub fn end_all_on_signals() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        if let Some(number) = signals.forever().next() {
            end_all(128 + number);
        }
    });
    Ok(())
}

fn end_all(code: i32) -> ! {
    // Never unlocked again: nothing new may start, and nobody who sees a program end may speak of failure.
    let groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
    groups.iter().for_each(|id| signal(*id, Signal::SIGTERM));
    let clock = Clock::start();
    while groups.iter().any(|id| lives(*id)) && clock.elapsed() < PATIENCE {
        thread::sleep(GLANCE);
    }
    groups.iter().for_each(|id| signal(*id, Signal::SIGKILL));
    println!("stopped");
    std::process::exit(code)
}

/// A group that is gone already needs no signal.
fn signal(group: Pid, signal: Signal) {
    let _ = killpg(group, signal);
}

fn lives(group: Pid) -> bool {
    killpg(group, None).is_ok()
}
