//! Chromium, for the browser stories.

use crate::process;
use crate::progress::step;
use crate::project::Project;
use crate::setup;
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Where Chromium is; `CHROMIUM` names another place.
pub fn find() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|path| path.is_file())
}

/// Finds Chromium, or installs it where that needs no question. Errors: how to get it.
pub fn ensure(project: &Project) -> Result<PathBuf> {
    if let Some(path) = find() {
        return Ok(path);
    }
    if !nix::unistd::geteuid().is_root() || process::output(Command::new("apt-get").arg("--version")).is_none() {
        bail!("Chromium is missing; `sudo apt-get install chromium`, or set CHROMIUM to its path");
    }
    step("chromium", true, || install(project))?;
    match find() {
        Some(path) => Ok(path),
        None => bail!("apt-get installed no /usr/bin/chromium; set CHROMIUM to the path of a Chromium"),
    }
}

fn install(project: &Project) -> Result<()> {
    let log = setup::log(project, "chromium");
    process::run(Command::new("apt-get").args(["update", "-q"]), &log)?;
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-y", "-q", "--no-install-recommends", "chromium"]).env("DEBIAN_FRONTEND", "noninteractive");
    process::run(&mut apt, &log)
}
