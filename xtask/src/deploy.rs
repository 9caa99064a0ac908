//! `cargo xtask deploy`: puts the product on Cloudflare. Creates nothing that was not asked for by a flag.

use crate::args;
use crate::build;
use crate::process;
use crate::project::Project;
use crate::runtime::wrangler;
use crate::setup;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Stands in wrangler.toml where a real deployment has its own.
const NO_DATABASE: &str = "00000000-0000-0000-0000-000000000000";
/// What the Worker does not run without.
const SECRETS: [&str; 2] = ["TOKEN_SECRET", "PLATFORM_TOKEN"];
/// Where files are kept, as in wrangler.toml.
const BUCKET: &str = "beckon-files";

/// Checks everything first, then migrates the database and deploys.
pub fn run(project: &Project, options: &args::Deploy) -> Result<ExitCode> {
    setup::run(project)?;
    if options.dry_run {
        built(project)?;
        return Ok(if dry_run(project)? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if options.login {
        ask(wrangler(project).arg("login"))?;
    }
    signed_in(project)?;
    if options.create_bucket {
        ask(wrangler(project).args(["r2", "bucket", "create", BUCKET]))?;
    }
    if options.create_database {
        return create_database(project);
    }
    let id = options.database_id.as_deref().context(
        "name the database with --database-id (`--create-database` creates one, docs/operating.md says more)",
    )?;
    has_bucket(project)?;
    let config = config(project, id)?;
    if options.secrets {
        SECRETS.iter().try_for_each(|name| ask(with(project, &config).args(["secret", "put", name])))?;
    }
    has_secrets(project, &config)?;
    built(project)?;
    ask(with(project, &config).args(["d1", "migrations", "apply", "DB", "--remote"]))?;
    ask(with(project, &config).arg("deploy"))?;
    Ok(ExitCode::SUCCESS)
}

/// Lets wrangler check bindings, migrations, cron and assets; nothing leaves this machine.
pub fn dry_run(project: &Project) -> Result<bool> {
    let mut wrangler = wrangler(project);
    wrangler.args(["deploy", "--dry-run", "--outdir"]).arg(project.target.join("deploy")).env("CI", "1");
    Ok(process::show(&mut wrangler)?.success())
}

/// The product without the demo shop.
fn built(project: &Project) -> Result<()> {
    if !build::all(project, None)? {
        bail!("over budget, see above; nothing was deployed");
    }
    Ok(())
}

fn signed_in(project: &Project) -> Result<()> {
    // Without --json it ends well even when nobody is signed in.
    if process::output(wrangler(project).args(["whoami", "--json"])).is_none() {
        bail!("nobody is signed in at Cloudflare; add --login, or set CLOUDFLARE_API_TOKEN");
    }
    Ok(())
}

fn create_database(project: &Project) -> Result<ExitCode> {
    ask(wrangler(project).args(["d1", "create", "beckon"]))?;
    println!("✓ now run `cargo xtask deploy --secrets --database-id <the id above>`");
    Ok(ExitCode::SUCCESS)
}

/// Asked before anything is changed: the upload, which is last, would fail without.
fn has_bucket(project: &Project) -> Result<()> {
    if process::output(wrangler(project).args(["r2", "bucket", "info", BUCKET])).is_none() {
        bail!("there is no R2 bucket {BUCKET}; add --create-bucket");
    }
    Ok(())
}

fn has_secrets(project: &Project, config: &Path) -> Result<()> {
    let mut list = with(project, config);
    let said = process::output(list.args(["secret", "list", "--format", "json"])).unwrap_or_default();
    let missing: Vec<_> = SECRETS.into_iter().filter(|name| !said.contains(&format!("\"{name}\""))).collect();
    if !missing.is_empty() {
        bail!("the Worker lacks {}; add --secrets to be asked for them", missing.join(" and "));
    }
    Ok(())
}

/// A copy of wrangler.toml that names the real database.
fn config(project: &Project, database: &str) -> Result<PathBuf> {
    let text = fs::read_to_string(project.root.join("wrangler.toml")).context("cannot read wrangler.toml")?;
    let path = project.dev.join("wrangler.deploy.toml");
    fs::create_dir_all(&project.dev)?;
    fs::write(&path, moved(&text, database)?)?;
    Ok(path)
}

/// Paths in a configuration are relative to its own place, which is now one level down.
fn moved(text: &str, database: &str) -> Result<String> {
    let shaped = database.len() == NO_DATABASE.len() && database.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    if !shaped || !text.contains(NO_DATABASE) {
        bail!("`{database}` is not the id of a D1 database; `wrangler d1 list` shows them");
    }
    Ok(text.replace(NO_DATABASE, database).replace("\"edge/", "\"../edge/").replace("\"dist/", "\"../dist/"))
}

fn with(project: &Project, config: &Path) -> Command {
    let mut wrangler = wrangler(project);
    wrangler.arg("--config").arg(config);
    wrangler
}

/// Runs with the terminal as it is: wrangler may ask.
fn ask(command: &mut Command) -> Result<()> {
    if !command.status().context("cannot start wrangler")?.success() {
        bail!("wrangler refused, see above; nothing after that was done");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_of_a_deployment_names_its_database_and_finds_its_files() {
        let text = include_str!("../../wrangler.toml");
        let id = "12345678-9abc-def0-1234-56789abcdef0";
        assert!(text.contains(&format!("bucket_name = \"{BUCKET}\"")));
        let moved = moved(text, id).unwrap();
        assert!(moved.contains(id) && !moved.contains(NO_DATABASE));
        for path in ["../edge/build/index.js", "../edge/migrations", "../dist/assets"] {
            assert!(moved.contains(&format!("\"{path}\"")), "{path}");
        }
    }

    #[test]
    fn what_is_no_database_id_is_refused() {
        for bad in ["", "beckon", "12345678-9abc-def0-1234-56789abcdefg"] {
            assert!(moved(NO_DATABASE, bad).is_err(), "{bad}");
        }
    }
}
