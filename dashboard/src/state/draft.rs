//! An agent as an admin writes them into a form: what is wrong with it, and what it asks of the server.

use protocol::team::{AddAgent, AgentDetails, ChangeAgent};
use protocol::{DepartmentId, Email, Name, Role};
use std::ops::RangeInclusive;

/// Fewest and most characters of a password; the server holds the same.
pub const PASSWORD: RangeInclusive<usize> = 8..=200;
/// Fewest and most chats at once; the server holds the same.
const CAPACITY: RangeInclusive<u32> = 1..=50;

/// What stands in the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As typed.
    pub name: String,
    /// As typed; of use for a new agent only.
    pub email: String,
    /// As chosen.
    pub role: Role,
    /// As typed.
    pub capacity: String,
    /// As chosen.
    pub departments: Vec<DepartmentId>,
    /// As typed; empty to keep the one there is.
    pub password: String,
}

/// The first field that cannot be sent so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Empty, or too long.
    Name,
    /// Not an address.
    Email,
    /// Not a whole number within the range.
    Capacity,
    /// Too short or too long.
    Password,
}

impl Draft {
    /// The request for a new agent. Errors: the first [`Wrong`] field.
    pub fn add(&self) -> Result<AddAgent, Wrong> {
        Ok(AddAgent {
            name: self.name()?,
            email: Email::parse(&self.email).map_err(|_| Wrong::Email)?,
            role: self.role,
            capacity: Some(self.capacity()?),
            departments: Some(self.departments.clone()),
            password: self.password()?,
        })
    }

    /// The request that makes `old` like this: only what differs. Errors: the first [`Wrong`] field.
    pub fn change(&self, old: &AgentDetails) -> Result<ChangeAgent, Wrong> {
        Ok(ChangeAgent {
            name: Some(self.name()?).filter(|name| *name != old.name),
            role: Some(self.role).filter(|role| *role != old.role),
            capacity: Some(self.capacity()?).filter(|capacity| *capacity != old.capacity),
            departments: (!same(&self.departments, &old.departments)).then(|| self.departments.clone()),
            password: if self.password.is_empty() { None } else { Some(self.password()?) },
            active: None,
        })
    }

    fn name(&self) -> Result<Name, Wrong> {
        Name::parse(&self.name).map_err(|_| Wrong::Name)
    }

    fn capacity(&self) -> Result<u32, Wrong> {
        let capacity = self.capacity.trim().parse().ok();
        capacity.filter(|capacity| CAPACITY.contains(capacity)).ok_or(Wrong::Capacity)
    }

    fn password(&self) -> Result<String, Wrong> {
        let fits = PASSWORD.contains(&self.password.chars().count());
        fits.then(|| self.password.clone()).ok_or(Wrong::Password)
    }
}

/// Whether nothing is asked of the server at all.
pub fn is_empty(change: &ChangeAgent) -> bool {
    let ChangeAgent { name, role, password, capacity, departments, active } = change;
    (name.is_none() && role.is_none() && password.is_none())
        && (capacity.is_none() && departments.is_none() && active.is_none())
}

fn same(some: &[DepartmentId], others: &[DepartmentId]) -> bool {
    some.len() == others.len() && some.iter().all(|one| others.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::AgentId;

    fn old() -> AgentDetails {
        AgentDetails {
            id: AgentId::random(1),
            email: Email::parse("ana@shop.example").unwrap(),
            name: Name::parse("Ana").unwrap(),
            role: Role::SupportStaff,
            capacity: 5,
            departments: [1, 2].map(DepartmentId::random).to_vec(),
            active: true,
        }
    }

    fn draft() -> Draft {
        Draft {
            name: " Ana ".to_owned(),
            email: "ana@shop.example".to_owned(),
            role: Role::SupportStaff,
            capacity: "5".to_owned(),
            departments: [2, 1].map(DepartmentId::random).to_vec(),
            password: String::new(),
        }
    }

    #[test]
    fn only_what_differs_is_asked_for() {
        let unchanged = draft().change(&old()).ok();
        assert!(unchanged.is_some_and(|change| is_empty(&change)));
        let new = Draft { role: Role::ClientAdmin, departments: vec![], password: "12345678".to_owned(), ..draft() };
        let change = new.change(&old()).ok().unwrap();
        assert_eq!((change.name, change.capacity, change.active), (None, None, None));
        assert_eq!((change.role, change.departments), (Some(Role::ClientAdmin), Some(vec![])));
        assert_eq!(change.password.as_deref(), Some("12345678"));
    }

    #[test]
    fn the_first_wrong_field_is_told() {
        let good = Draft { password: "12345678".to_owned(), ..draft() };
        let cases = [
            (good.clone(), None),
            (Draft { name: " ".to_owned(), capacity: String::new(), ..good.clone() }, Some(Wrong::Name)),
            (Draft { email: "ana".to_owned(), ..good.clone() }, Some(Wrong::Email)),
            (Draft { capacity: "0".to_owned(), ..good.clone() }, Some(Wrong::Capacity)),
            (Draft { capacity: "51".to_owned(), ..good.clone() }, Some(Wrong::Capacity)),
            (Draft { capacity: "2.5".to_owned(), ..good.clone() }, Some(Wrong::Capacity)),
            (Draft { password: "1234567".to_owned(), ..good.clone() }, Some(Wrong::Password)),
            (Draft { password: String::new(), ..good }, Some(Wrong::Password)),
        ];
        for (draft, wrong) in cases {
            assert_eq!(draft.add().err(), wrong, "{draft:?}");
        }
        let short = Draft { password: "1234567".to_owned(), ..draft() };
        assert_eq!(short.change(&old()).err(), Some(Wrong::Password));
    }
}
