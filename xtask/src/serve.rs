//! `cargo xtask serve`: only the server, on what is built already; for tests that end it the hard way.

use crate::args;
use crate::local::Demo;
use crate::project::Project;
use crate::runtime::{self, Runtime, Settings};
use anyhow::Result;
use std::process::ExitCode;

/// Serves until it is ended.
pub fn run(project: &Project, options: args::Serve) -> Result<ExitCode> {
    runtime::port_is_free(options.port)?;
    let secrets = Demo::load(project)?.secrets();
    let settings = Settings { port: options.port, state: options.state, secrets, vars: options.vars };
    Runtime::start(project, &settings)?.wait()?;
    Ok(ExitCode::FAILURE)
}
