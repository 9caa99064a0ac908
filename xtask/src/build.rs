//! Builds the three Wasm artefacts and the API's document, and lays out what is served.

mod assets;
mod binary;
mod dashboard;
mod edge;
mod glue;
mod inputs;
mod near;
mod openapi;
mod order;
mod pages;
mod shorten;
mod sizes;
mod wasm;
mod widget;

use crate::local::Demo;
use crate::progress::{Clock, step, unchanged};
use crate::project::Project;
use crate::setup;
use anyhow::{Result, anyhow};
use assets::Assets;
use inputs::Inputs;
use std::process::ExitCode;
use std::thread;

/// `cargo xtask build`.
pub fn run(project: &Project) -> Result<ExitCode> {
    setup::run(project)?;
    let demo = Demo::load(project)?;
    let within = all(project, Some(&demo))?;
    Ok(if within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds what changed and prints sizes; the demo shop is laid out only if `demo` says for whom.
/// The answer is whether everything is within its budget.
pub fn all(project: &Project, demo: Option<&Demo>) -> Result<bool> {
    let clock = Clock::start();
    let inputs = Inputs::read(project)?;
    // Two lanes: each ends in one long single-threaded link.
    thread::scope(|scope| {
        let edge = scope.spawn(|| part(project, &inputs, "edge", edge::build));
        part(project, &inputs, "widget", widget::build)?;
        part(project, &inputs, "dashboard", dashboard::build)?;
        part(project, &inputs, "openapi", openapi::build)?;
        edge.join().map_err(|_| anyhow!("the build of the edge panicked"))?
    })?;
    let mut assets = Assets::new(project.assets());
    widget::lay_out(project, &mut assets)?;
    dashboard::lay_out(project, &mut assets)?;
    openapi::lay_out(project, &mut assets)?;
    pages::lay_out(project, demo, &mut assets)?;
    assets.finish()?;
    let within = sizes::report(project)?;
    println!("✓ built  {:.1} s", clock.elapsed().as_secs_f32());
    Ok(within)
}

type Build = fn(&Project) -> Result<()>;

fn part(project: &Project, inputs: &Inputs, name: &str, build: Build) -> Result<()> {
    let stamp = inputs.stamp(project, name)?;
    if stamp.fresh() {
        unchanged(name);
        return Ok(());
    }
    step(name, true, || build(project))?;
    stamp.set()
}
