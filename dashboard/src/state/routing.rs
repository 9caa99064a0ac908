//! Rules about chats as admins write them into forms: what is wrong with them, and what they ask of the server.

use crate::rules::{Span, Unit};
use protocol::routing::{ChangeDepartment, ChannelSettings, ConversationSettings, DepartmentDetails, Routing};
use protocol::{Delivery, DepartmentId, Name, RoutingMode, WhenDeclined};

/// A department as it stands in its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As typed.
    pub name: String,
    /// As chosen.
    pub mode: RoutingMode,
    /// As chosen.
    pub delivery: Delivery,
    /// As typed, s.
    pub offer: String,
    /// As chosen.
    pub sticky: bool,
    /// As chosen.
    pub fallback: Option<DepartmentId>,
    /// As chosen.
    pub when_declined: WhenDeclined,
    /// As written.
    pub form_after: Span,
    /// As written.
    pub alert_after: Span,
}

/// The first field that cannot be sent so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Empty, or too long.
    Name,
    /// Not within the range.
    Offer,
    /// Not within the range.
    FormAfter,
    /// Not within the range.
    AlertAfter,
}

impl Draft {
    /// What it is now.
    pub fn of(old: &DepartmentDetails) -> Draft {
        let routing = &old.routing;
        Draft {
            name: old.name.as_str().to_owned(),
            mode: routing.mode,
            delivery: routing.delivery,
            offer: Unit::Seconds.shown(routing.offer_ms),
            sticky: routing.sticky,
            fallback: routing.fallback.clone(),
            when_declined: routing.when_declined,
            form_after: Span::of(routing.form_after_ms),
            alert_after: Span::of(routing.alert_after_ms),
        }
    }

    /// Whether agents are asked at all.
    pub fn asks(&self) -> bool {
        self.mode != RoutingMode::Manual && self.delivery == Delivery::Offer
    }

    /// The request that makes `old` like this: only what differs. Errors: the first [`Wrong`] field.
    pub fn change(&self, old: &DepartmentDetails) -> Result<ChangeDepartment, Wrong> {
        let name = Name::parse(&self.name).map_err(|_| Wrong::Name)?;
        let routing = self.routing(&old.routing)?;
        Ok(ChangeDepartment {
            name: Some(name).filter(|name| *name != old.name),
            routing: Some(routing).filter(|routing| *routing != old.routing),
        })
    }

    fn routing(&self, old: &Routing) -> Result<Routing, Wrong> {
        let offer = Span { number: self.offer.clone(), unit: Some(Unit::Seconds) };
        Ok(Routing {
            mode: self.mode,
            delivery: self.delivery,
            // A field that is not on the screen cannot be wrong.
            offer_ms: if self.asks() { offer.ms(Routing::OFFER_MS).map_err(|_| Wrong::Offer)? } else { old.offer_ms },
            sticky: self.sticky,
            fallback: self.fallback.clone(),
            when_declined: self.when_declined,
            form_after_ms: self.form_after.ms(Routing::WAIT_MS).map_err(|_| Wrong::FormAfter)?,
            alert_after_ms: self.alert_after.ms(Routing::WAIT_MS).map_err(|_| Wrong::AlertAfter)?,
        })
    }
}

/// A rule about how long chats live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// They end.
    Expire,
    /// Both sides are told before.
    Warn,
    /// The visitor has gone.
    Idle,
}

/// What is wrong with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongLife {
    /// Not within the range.
    Range(Life),
    /// Warned as early as it begins, or earlier.
    WarnedTooEarly,
}

impl Life {
    /// In the order of the screen.
    pub const ALL: [Life; 3] = [Life::Expire, Life::Warn, Life::Idle];

    /// A word for ids on the page.
    pub fn slug(self) -> &'static str {
        match self {
            Life::Expire => "expire",
            Life::Warn => "warn",
            Life::Idle => "close-idle",
        }
    }

    /// The least and the most, ms.
    pub fn range(self) -> (u32, u32) {
        match self {
            Life::Expire => ChannelSettings::EXPIRE_AFTER_MS,
            // Nothing at all is written as never.
            Life::Warn => (Unit::Seconds.ms(), ChannelSettings::WARN_BEFORE_MS.1),
            Life::Idle => ChannelSettings::CLOSE_IDLE_AFTER_MS,
        }
    }

    /// Whether it can be switched off.
    pub fn may_be_never(self) -> bool {
        self != Life::Expire
    }

    /// Its value now.
    pub fn of(self, settings: &ConversationSettings) -> Span {
        let website = &settings.website;
        Span::of(match self {
            Life::Expire => website.expire_after_ms,
            Life::Warn => website.warn_before_ms,
            Life::Idle => website.close_idle_after_ms,
        })
    }
}

/// The times that were written, in the order of [`Life::ALL`]. Errors: the first [`WrongLife`].
pub fn lives(spans: &[Span; 3]) -> Result<ChannelSettings, WrongLife> {
    let mut ms = [0; 3];
    for ((life, span), ms) in Life::ALL.into_iter().zip(spans).zip(&mut ms) {
        *ms = span.ms(life.range()).map_err(|_| WrongLife::Range(life))?;
    }
    let [expire_after_ms, warn_before_ms, close_idle_after_ms] = ms;
    if warn_before_ms >= expire_after_ms {
        return Err(WrongLife::WarnedTooEarly);
    }
    Ok(ChannelSettings { expire_after_ms, warn_before_ms, close_idle_after_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> DepartmentDetails {
        DepartmentDetails {
            id: DepartmentId::random(1),
            name: Name::parse("Orders").unwrap(),
            routing: Routing { mode: RoutingMode::RoundRobin, ..Routing::default() },
        }
    }

    fn span(number: &str, unit: Unit) -> Span {
        Span { number: number.to_owned(), unit: Some(unit) }
    }

    #[test]
    fn only_what_differs_is_asked_for() {
        assert_eq!(Draft::of(&old()).change(&old()), Ok(ChangeDepartment::default()));
        let never = Draft { form_after: Span::of(0), name: " Order desk ".to_owned(), ..Draft::of(&old()) };
        let change = never.change(&old()).unwrap();
        assert_eq!(change.name.map(String::from).as_deref(), Some("Order desk"));
        assert_eq!(change.routing, Some(Routing { form_after_ms: 0, ..old().routing }));
    }

    #[test]
    fn the_first_wrong_field_of_a_department_is_told() {
        let good = Draft::of(&old());
        let cases = [
            (Draft { name: " ".to_owned(), offer: String::new(), ..good.clone() }, Wrong::Name),
            (Draft { offer: "4".to_owned(), ..good.clone() }, Wrong::Offer),
            (Draft { offer: "301".to_owned(), ..good.clone() }, Wrong::Offer),
            (Draft { form_after: span("9", Unit::Seconds), ..good.clone() }, Wrong::FormAfter),
            (Draft { alert_after: span("25", Unit::Hours), ..good.clone() }, Wrong::AlertAfter),
            (Draft { alert_after: span("", Unit::Minutes), ..good.clone() }, Wrong::AlertAfter),
        ];
        for (draft, wrong) in cases {
            assert_eq!(draft.change(&old()), Err(wrong), "{draft:?}");
        }
        let unseen = Draft { offer: "x".to_owned(), mode: RoutingMode::Manual, ..good };
        assert!(unseen.change(&old()).is_ok(), "a hidden field cannot be wrong");
    }

    #[test]
    fn lives_of_chats_are_checked_together() {
        let (day, soon, off) = (span("22", Unit::Hours), span("10", Unit::Minutes), Span::of(0));
        let cases = [
            ([day.clone(), soon.clone(), off.clone()], Ok(ChannelSettings::default())),
            ([day.clone(), span("22", Unit::Hours), off.clone()], Err(WrongLife::WarnedTooEarly)),
            ([span("1", Unit::Minutes), soon.clone(), off.clone()], Err(WrongLife::Range(Life::Expire))),
            ([off.clone(), off.clone(), off.clone()], Err(WrongLife::WarnedTooEarly)),
            ([day.clone(), span("25", Unit::Hours), off.clone()], Err(WrongLife::Range(Life::Warn))),
            ([day, soon, span("30", Unit::Seconds)], Err(WrongLife::Range(Life::Idle))),
        ];
        for (spans, lives) in cases {
            assert_eq!(super::lives(&spans), lives, "{spans:?}");
        }
    }
}
