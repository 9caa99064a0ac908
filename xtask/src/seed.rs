//! The demo tenant: a small shop with two departments, an admin and two agents.

use crate::local::{Demo, Person};
use anyhow::{Context, Result, bail};
use minreq::{Request, Response};
use protocol::http::{NewAgent, NewTenant, SignInRequest, TenantCreated};
use protocol::problem::{Code, Problem};
use protocol::routing::{ChangeDepartment, ConversationSettings, DepartmentDetails, Routing};
use protocol::team::{AddDepartment, AgentDetails, ChangeAgent, DepartmentCard, TokenReply};
use protocol::{Email, Name, Role, RoutingMode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Creates the demo tenant through the API, as an operator would, and arranges it as its admin would; one that exists
/// is left alone.
pub fn demo(url: &str, demo: &Demo) -> Result<()> {
    let request = minreq::post(format!("{url}/v1/platform/tenants"));
    let response = send(request, &demo.platform_token, &tenant(demo)?)?;
    let exists = || response.json::<Problem>().is_ok_and(|problem| problem.code == Code::Exists);
    match response.status_code {
        201 => arrange(url, demo, &response.json()?),
        409 if exists() => Ok(()),
        _ => well(&response).map(drop),
    }
}

fn tenant(demo: &Demo) -> Result<NewTenant> {
    Ok(NewTenant {
        name: name("Fen & Ember")?,
        handle: name("fen-and-ember")?,
        department: name("Orders")?,
        agents: demo.people.iter().map(agent).collect::<Result<_>>()?,
        origins: vec![demo.origin(), format!("http://127.0.0.1:{}", demo.port)],
        look: None,
        key: Some(demo.widget_key.clone()),
        routing: Routing::default(),
        conversations: ConversationSettings::default(),
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

/// Of its people the first is in Orders, the last in Products, and whoever is between in both. Orders asks them in turn,
/// and falls back to Products, where they pick up.
fn arrange(url: &str, demo: &Demo, created: &TenantCreated) -> Result<()> {
    let admin = Admin::sign_in(url, demo)?;
    let orders = &created.department;
    let new = AddDepartment { name: name("Products")? };
    let products = admin.does::<DepartmentCard>(minreq::post, "/v1/departments", &new)?.id;
    let last = created.agents.len().saturating_sub(1);
    for (at, id) in created.agents.iter().enumerate() {
        let departments = match at {
            0 => vec![orders.clone()],
            at if at == last => vec![products.clone()],
            _ => vec![orders.clone(), products.clone()],
        };
        let change = ChangeAgent { departments: Some(departments), ..ChangeAgent::default() };
        admin.does::<AgentDetails>(minreq::patch, &format!("/v1/agents/{id}"), &change)?;
    }
    let routing = Routing { mode: RoutingMode::RoundRobin, fallback: Some(products), ..Routing::default() };
    let change = ChangeDepartment { name: None, routing: Some(routing) };
    admin.does::<DepartmentDetails>(minreq::patch, &format!("/v1/departments/{orders}"), &change)?;
    admin.sign_out()
}

/// The demo's admin, signed in as a program.
struct Admin<'a> {
    url: &'a str,
    token: String,
}

impl<'a> Admin<'a> {
    fn sign_in(url: &'a str, demo: &Demo) -> Result<Self> {
        let Person { email, password, .. } = demo.people.iter().find(|person| person.admin).context("no admin")?;
        let asked = SignInRequest { email: email.clone(), password: password.clone() };
        let response = minreq::post(format!("{url}/v1/auth/tokens")).with_json(&asked)?.send()?;
        Ok(Self { url, token: well(&response)?.json::<TokenReply>()?.token })
    }

    /// Asks, and reads the reply.
    fn does<T: DeserializeOwned>(
        &self,
        method: fn(String) -> Request,
        path: &str,
        asked: &impl Serialize,
    ) -> Result<T> {
        let response = send(method(format!("{}{path}", self.url)), &self.token, asked)?;
        Ok(well(&response)?.json()?)
    }

    /// So that nobody wonders at a sign-in of no browser.
    fn sign_out(self) -> Result<()> {
        let response = send(minreq::post(format!("{}/v1/auth/sign_out", self.url)), &self.token, &())?;
        well(&response).map(drop)
    }
}

fn send(request: Request, token: &str, asked: &impl Serialize) -> Result<Response> {
    let request = request.with_header("Authorization", format!("Bearer {token}")).with_json(asked)?;
    request.send().context("the server did not answer")
}

fn well(response: &Response) -> Result<&Response> {
    match response.status_code {
        200..300 => Ok(response),
        status => bail!("the demo tenant was refused with {status}: {}", response.as_str().unwrap_or_default()),
    }
}
