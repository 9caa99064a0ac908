//! `cargo xtask dev`: everything on one port, with a demo shop.

use crate::args;
use crate::build;
use crate::local::Demo;
use crate::progress::step;
use crate::project::Project;
use crate::runtime::{self, Runtime, Settings};
use crate::seed;
use crate::setup;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Builds, starts, seeds, tells where everything is, and stays until it is ended.
pub fn run(project: &Project, options: &args::Dev) -> Result<ExitCode> {
    runtime::port_is_free(options.port)?;
    let demo = prepare(project, options)?;
    setup::run(project)?;
    if !build::all(project, Some(&demo))? {
        println!("! over budget, see above");
    }
    let settings = settings(project, &demo);
    let server = step("server", false, || Runtime::start(project, &settings))?;
    step("demo tenant", false, || seed::demo(&server.url, &demo))?;
    tell(&demo, &settings);
    server.wait()?;
    Ok(ExitCode::FAILURE)
}

/// The demo on this port; with `--reset`, without any old data.
fn prepare(project: &Project, options: &args::Dev) -> Result<Demo> {
    if options.reset {
        remove(&project.dev.join("state"))?;
        remove(&project.dev.join("demo.json"))?;
    }
    let demo = Demo::load(project)?;
    Demo { port: options.port, ..demo }.saved(project)
}

/// Data is kept per port, because the demo tenant's allowed origins hold the port.
fn settings(project: &Project, demo: &Demo) -> Settings {
    let state = project.dev.join("state").join(demo.port.to_string());
    Settings { port: demo.port, state, secrets: demo.secrets(), vars: Vec::new() }
}

fn tell(demo: &Demo, settings: &Settings) {
    let origin = demo.origin();
    println!("\n  shop        {origin}/demo/");
    println!("  playground  {origin}/demo/playground");
    println!("  dashboard   {origin}/");
    for person in &demo.people {
        let role = if person.admin { "admin" } else { "agent" };
        println!("    {role}     {:<28} {}", person.email, person.password);
    }
    println!("\n  log         {}", settings.state.join("wrangler.log").display());
    println!("  Ctrl-C ends it; the data stays (--reset wipes it).");
}

fn remove(path: &Path) -> Result<()> {
    let done = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match done {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
