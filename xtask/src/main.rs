//! cargo xtask dev | test | bench | build | deploy: everything that is done to the product, set-up included.

mod args;
mod bench;
mod browser;
mod build;
mod deploy;
mod dev;
mod fingerprint;
mod local;
mod process;
mod progress;
mod project;
mod rebuild;
mod runtime;
mod seed;
mod serve;
mod setup;
mod test;

use args::Command;
use project::Project;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    let command = args::parse(lexopt::Parser::from_env())?;
    let project = Project::find()?;
    process::end_all_on_signals()?;
    match command {
        Command::Help => {
            print!("{}", args::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Command::Build => build::run(&project),
        Command::Dev(options) => dev::run(&project, &options),
        Command::Test(options) => test::run(&project, &options),
        Command::Bench(options) => bench::run(&project, &options),
        Command::Deploy(options) => deploy::run(&project, &options),
        Command::Rebuild(options) => rebuild::run(&project, &options),
        Command::Serve(options) => serve::run(&project, options),
    }
}
