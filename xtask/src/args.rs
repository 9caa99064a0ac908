//! The command line.

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};
use protocol::{ConversationId, TenantId};
use std::path::PathBuf;

/// Printed by `cargo xtask help`.
pub const HELP: &str = "\
cargo xtask dev [--port 8787] [--reset]   build, start everything on one port, with a demo shop
cargo xtask build                         build the edge, the widget and the dashboard; print their sizes
cargo xtask test [--rust] [--stories]     every test; the flags run only one kind of end-to-end tests
cargo xtask bench <what> [--trials <n>]   measure; see bench/README.md
    presence | kills                      how long a lost agent goes unnoticed; with a real browser
    hidden-tab                            a dashboard in a hidden tab for eleven minutes
    load                                  one tenant with thousands of agents
    desk                                  decisions of one desk with a thousand agents and up to 50,000 waiting
    delivery                              messages through 200 rooms, beside the least that a room could be
cargo xtask deploy [--dry-run]            deploy to Cloudflare; see docs/operating.md
    --login                               sign in first, in a browser
    --create-database                     create the D1 database and print its id
    --create-bucket                     create the R2 bucket for files
    --database-id <id>                    the D1 database to use
    --secrets                             ask for TOKEN_SECRET and PLATFORM_TOKEN and store them
cargo xtask rebuild --tenant <tn_…> --conversation <cv_…> [--url <https://…>]
                                          tell the history all of a conversation again; PLATFORM_TOKEN opens --url
cargo xtask serve --port <n> --state <dir> [--var NAME=value]...
                                          only the server, on what is built already
The first run installs what is missing into .tools/ and node_modules/.
";

/// What to do.
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Build everything.
    Build,
    /// Build and run everything.
    Dev(Dev),
    /// Run every test.
    Test(Test),
    /// Measure.
    Bench(Bench),
    /// Put it on Cloudflare.
    Deploy(Deploy),
    /// Tell the history all of a conversation again.
    Rebuild(Rebuild),
    /// Run what is built.
    Serve(Serve),
}

/// Options of `dev`.
pub struct Dev {
    /// Where everything is served.
    pub port: u16,
    /// Start with empty data.
    pub reset: bool,
}

/// Options of `test`.
#[derive(Default)]
pub struct Test {
    /// Of the end-to-end tests only those in Rust.
    pub rust: bool,
    /// Of the end-to-end tests only those in a browser.
    pub stories: bool,
}

/// Options of `bench`.
pub struct Bench {
    /// What is measured.
    pub what: Measure,
    /// How often, where it is a matter of repeating.
    pub trials: Option<u32>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Lost agents, and ones that are not.
    Presence,
    /// A real browser that is killed.
    Kills,
    /// A real browser's hidden tab.
    HiddenTab,
    /// Thousands of agents.
    Load,
    /// Decisions of one desk, without a server.
    Desk,
    /// Messages from visitors to agents.
    Delivery,
}

/// Options of `deploy`; nothing is created unless its flag is there.
#[derive(Default)]
pub struct Deploy {
    /// Stop before anything leaves this machine.
    pub dry_run: bool,
    /// Sign in to Cloudflare.
    pub login: bool,
    /// Create the database.
    pub create_database: bool,
    /// Create the bucket.
    pub create_bucket: bool,
    /// The database to use.
    pub database_id: Option<String>,
    /// Ask for the secrets.
    pub secrets: bool,
}

/// Options of `rebuild`.
pub struct Rebuild {
    /// Whose conversation.
    pub tenant: TenantId,
    /// Which.
    pub conversation: ConversationId,
    /// Where; the local server if absent.
    pub url: Option<String>,
}

/// Options of `serve`.
#[derive(Default)]
pub struct Serve {
    /// Where it listens.
    pub port: u16,
    /// Where its data is.
    pub state: PathBuf,
    /// Variables other than in wrangler.toml.
    pub vars: Vec<(String, String)>,
}

/// Reads the command line. Errors: what is wrong with it, in one line.
pub fn parse(mut parser: Parser) -> Result<Command> {
    let name = match parser.next()? {
        None => return Ok(Command::Help),
        Some(Arg::Value(name)) => name.string()?,
        Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help),
        Some(other) => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "help" => Ok(Command::Help),
        "build" => match parser.next()? {
            None => Ok(Command::Build),
            Some(other) => Err(other.unexpected().into()),
        },
        "dev" => dev(parser).map(Command::Dev),
        "test" => test(parser).map(Command::Test),
        "bench" => bench(parser).map(Command::Bench),
        "deploy" => deploy(parser).map(Command::Deploy),
        "rebuild" => rebuild(parser).map(Command::Rebuild),
        "serve" => serve(parser).map(Command::Serve),
        _ => bail!("there is no `cargo xtask {name}`; `cargo xtask help` lists what there is"),
    }
}

fn dev(mut parser: Parser) -> Result<Dev> {
    let mut options = Dev { port: 8787, reset: false };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("port") => options.port = parser.value()?.parse()?,
            Arg::Long("reset") => options.reset = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn test(mut parser: Parser) -> Result<Test> {
    let mut options = Test::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("rust") => options.rust = true,
            Arg::Long("stories") => options.stories = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn bench(mut parser: Parser) -> Result<Bench> {
    let (mut what, mut trials) = (None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("trials") => trials = Some(parser.value()?.parse()?),
            Arg::Value(name) if what.is_none() => what = Some(measure(&name.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let what = what.context("`cargo xtask bench` needs a name; `cargo xtask help` lists them")?;
    Ok(Bench { what, trials })
}

fn measure(name: &str) -> Result<Measure> {
    match name {
        "presence" => Ok(Measure::Presence),
        "kills" => Ok(Measure::Kills),
        "hidden-tab" => Ok(Measure::HiddenTab),
        "load" => Ok(Measure::Load),
        "desk" => Ok(Measure::Desk),
        "delivery" => Ok(Measure::Delivery),
        _ => bail!("there is no `cargo xtask bench {name}`; `cargo xtask help` lists what there is"),
    }
}

fn deploy(mut parser: Parser) -> Result<Deploy> {
    let mut options = Deploy::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("dry-run") => options.dry_run = true,
            Arg::Long("login") => options.login = true,
            Arg::Long("create-database") => options.create_database = true,
            Arg::Long("create-bucket") => options.create_bucket = true,
            Arg::Long("database-id") => options.database_id = Some(parser.value()?.string()?),
            Arg::Long("secrets") => options.secrets = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn rebuild(mut parser: Parser) -> Result<Rebuild> {
    let (mut tenant, mut conversation, mut url) = (None, None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("tenant") => tenant = TenantId::parse(&parser.value()?.string()?).ok(),
            Arg::Long("conversation") => conversation = ConversationId::parse(&parser.value()?.string()?).ok(),
            Arg::Long("url") => url = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let tenant = tenant.context("`cargo xtask rebuild` needs --tenant, the id of a tenant: tn_ and 20 characters")?;
    let conversation = conversation.context("it also needs --conversation, the id of one: cv_ and 20 characters")?;
    Ok(Rebuild { tenant, conversation, url })
}

fn serve(mut parser: Parser) -> Result<Serve> {
    let mut options = Serve::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("port") => options.port = parser.value()?.parse()?,
            Arg::Long("state") => options.state = parser.value()?.into(),
            Arg::Long("var") => options.vars.push(variable(&parser.value()?.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.port == 0 || options.state.as_os_str().is_empty() {
        bail!("`cargo xtask serve` needs --port and --state");
    }
    Ok(options)
}

fn variable(text: &str) -> Result<(String, String)> {
    let (name, value) = text.split_once('=').with_context(|| format!("`{text}` is not NAME=value"))?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Command> {
        parse(Parser::from_args(args))
    }

    #[test]
    fn dev_takes_a_port_and_a_reset() {
        let Ok(Command::Dev(options)) = parsed(&["dev", "--port", "9000", "--reset"]) else { panic!("not dev") };
        assert_eq!((options.port, options.reset), (9000, true));
    }

    #[test]
    fn bench_takes_a_name_and_a_number() {
        let Ok(Command::Bench(options)) = parsed(&["bench", "presence", "--trials", "100"]) else {
            panic!("not bench")
        };
        assert_eq!((options.what, options.trials), (Measure::Presence, Some(100)));
    }

    #[test]
    fn rebuild_takes_a_conversation_of_a_tenant() {
        let [tenant, conversation] = ["tn_0123456789abcdefghjk", "cv_0123456789abcdefghjk"];
        let all = ["rebuild", "--tenant", tenant, "--conversation", conversation];
        let Ok(Command::Rebuild(options)) = parsed(&all) else { panic!("not rebuild") };
        assert_eq!((options.tenant.as_str(), options.conversation.as_str()), (tenant, conversation));
        assert!(parsed(&all[..3]).is_err() && parsed(&["rebuild", "--tenant", conversation]).is_err());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for bad in [
            &["fly"][..],
            &["bench"],
            &["bench", "speed"],
            &["dev", "--prot", "1"],
            &["dev", "--port", "70000"],
            &["build", "now"],
        ] {
            assert!(parsed(bad).is_err(), "{bad:?}");
        }
    }
}
