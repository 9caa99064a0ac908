//! What local runs remember, in `.dev/`: secrets made once at random, the demo shop and its people.

use crate::project::Project;
use anyhow::{Context, Result};
use protocol::WidgetKey;
use serde::{Deserialize, Serialize};
use std::fs;

/// The demo tenant of this work tree, kept in `.dev/demo.json`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Demo {
    /// Where it was served last.
    pub port: u16,
    /// In the shop's script tag.
    pub widget_key: WidgetKey,
    /// Who can sign in.
    pub people: Vec<Person>,
    /// Creates tenants; a secret of the Worker.
    pub platform_token: String,
    /// Signs visitor tokens; a secret of the Worker.
    pub token_secret: String,
}

/// Somebody who can sign in at the demo dashboard.
#[derive(Clone, Serialize, Deserialize)]
pub struct Person {
    /// Shown to visitors.
    pub name: String,
    /// To sign in.
    pub email: String,
    /// To sign in; nothing that is reachable from elsewhere uses it.
    pub password: String,
    /// Whether they run the tenant.
    pub admin: bool,
}

impl Demo {
    /// The demo of this work tree; made anew if there is none.
    pub fn load(project: &Project) -> Result<Self> {
        let path = project.dev.join("demo.json");
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged; `cargo xtask dev --reset` makes a new one", path.display())),
            Err(_) => Self::new()?.saved(project),
        }
    }

    /// Writes it down.
    pub fn saved(self, project: &Project) -> Result<Self> {
        fs::create_dir_all(&project.dev)?;
        fs::write(project.dev.join("demo.json"), serde_json::to_string_pretty(&self)?)?;
        Ok(self)
    }

    /// Where it is served.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The Worker's secrets as `NAME=value` lines.
    pub fn secrets(&self) -> String {
        format!("TOKEN_SECRET={}\nPLATFORM_TOKEN={}\n", self.token_secret, self.platform_token)
    }

    fn new() -> Result<Self> {
        Ok(Self {
            port: 8787,
            widget_key: WidgetKey::random(random()?),
            people: vec![
                person("Nora Lindqvist", "nora", true),
                person("Ade Bakare", "ade", false),
                person("Mia Torres", "mia", false),
            ],
            platform_token: secret()?,
            token_secret: secret()?,
        })
    }
}

fn person(name: &str, login: &str, admin: bool) -> Person {
    let email = format!("{login}@fen-and-ember.example");
    Person { name: name.to_owned(), email, password: format!("{login}-lights-the-lamps"), admin }
}

/// 256 random bits.
pub fn secret() -> Result<String> {
    Ok(format!("{:032x}{:032x}", random()?, random()?))
}

fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(u128::from_le_bytes(bytes))
}
