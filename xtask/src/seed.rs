//! The demo tenant: a small shop with an admin and two agents.

use crate::local::{Demo, Person};
use anyhow::{Context, Result, bail};
use protocol::http::{NewAgent, NewTenant};
use protocol::problem::{Code, Problem};
use protocol::{Email, Name, Role};

/// Creates the demo tenant through the API, as an operator would; one that exists is left alone.
pub fn demo(url: &str, demo: &Demo) -> Result<()> {
    let request = minreq::post(format!("{url}/v1/platform/tenants"))
        .with_header("Authorization", format!("Bearer {}", demo.platform_token))
        .with_json(&tenant(demo)?)?;
    let response = request.send().context("the server did not answer")?;
    let exists = || response.json::<Problem>().is_ok_and(|problem| problem.code == Code::Exists);
    match response.status_code {
        201 => Ok(()),
        409 if exists() => Ok(()),
        status => bail!("creating the demo tenant failed with {status}: {}", response.as_str().unwrap_or_default()),
    }
}

fn tenant(demo: &Demo) -> Result<NewTenant> {
    Ok(NewTenant {
        name: name("Fen & Ember")?,
        handle: name("fen-and-ember")?,
        department: name("Support")?,
        agents: demo.people.iter().map(agent).collect::<Result<_>>()?,
        origins: vec![demo.origin(), format!("http://127.0.0.1:{}", demo.port)],
        look: None,
        key: Some(demo.widget_key.clone()),
    })
}

fn agent(person: &Person) -> Result<NewAgent> {
    Ok(NewAgent {
        email: Email::parse(&person.email).ok().context("the demo has a bad address")?,
        name: name(&person.name)?,
        role: if person.admin { Role::ClientAdmin } else { Role::SupportStaff },
        password: person.password.clone(),
        capacity: None,
    })
}

fn name(text: &str) -> Result<Name> {
    Name::parse(text).ok().context("the demo has a bad name")
}
