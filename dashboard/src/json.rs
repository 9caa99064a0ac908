//! JSON into serde's types by way of `protocol`'s small tree: serde_json would write its parser, its errors and the
//! reading of structs as arrays into every type anew. Frames are taken apart by hand, because serde buffers whatever
//! is tagged from inside, in code for every type.

use protocol::desk::DeskDown;
use protocol::lean::Json;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Visitor};
use std::fmt;

/// Not JSON, or not of the type that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit;

/// Reads a text. Numbers are whole, as all of ours are. Errors: [`Unfit`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unfit> {
    T::deserialize(Tree(&Json::parse(text).ok_or(Unfit)?))
}

/// A frame of the desk. Errors: [`Unfit`], also for frames of a later version.
pub fn frame(text: &str) -> Result<DeskDown, Unfit> {
    let json = Json::parse(text).ok_or(Unfit)?;
    let Some(Json::Text(tag)) = of(&json, "t") else { return Err(Unfit) };
    Ok(match tag.as_str() {
        "welcome" => DeskDown::Welcome {
            me: field(&json, "me")?,
            agents: field(&json, "agents")?,
            departments: field(&json, "departments")?,
            settings: field(&json, "settings")?,
            queue: field(&json, "queue")?,
            now: field(&json, "now")?,
        },
        "agent" => DeskDown::Agent { agent: field(&json, "agent")? },
        "agent_gone" => DeskDown::AgentGone { agent: field(&json, "agent")? },
        "department" => DeskDown::Department { department: field(&json, "department")? },
        "settings" => DeskDown::Settings { settings: field(&json, "settings")? },
        "row" => DeskDown::Row { row: field(&json, "row")? },
        "error" => DeskDown::Error { code: field(&json, "code")? },
        _ => return Err(Unfit),
    })
}

fn of<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    let Json::Map(fields) = json else { return None };
    fields.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

fn field<T: DeserializeOwned>(json: &Json, key: &str) -> Result<T, Unfit> {
    T::deserialize(Tree(of(json, key).ok_or(Unfit)?))
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unfit")
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unfit
    }

    // Those of the library format what they say, in code for every type.
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Unfit
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Unfit
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Unfit
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Unfit
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Unfit
    }

    fn missing_field(_: &'static str) -> Self {
        Unfit
    }

    fn duplicate_field(_: &'static str) -> Self {
        Unfit
    }
}

#[derive(Clone, Copy)]
struct Tree<'a>(&'a Json);

/// The methods of a deserializer that are another one by another name.
macro_rules! alike {
    ($($name:ident)* => $to:ident) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            self.$to(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Tree<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        // Every type of ours says what it is.
        Err(Unfit)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if let Json::Bool(on) = *self.0 { visitor.visit_bool(on) } else { Err(Unfit) }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if let Json::Int(number) = *self.0 { visitor.visit_i64(number) } else { Err(Unfit) }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if let Json::Text(text) = self.0 { visitor.visit_borrowed_str(text) } else { Err(Unfit) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if let Json::Null = self.0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if let Json::List(values) = self.0 { visitor.visit_seq(Values(values)) } else { Err(Unfit) }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Json::Map(fields) = self.0 else { return Err(Unfit) };
        visitor.visit_map(Fields { rest: fields, value: &Json::Null })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_map(visitor)
    }

    /// A word: no enum of ours that comes here carries more.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if let Json::Text(name) = self.0 { visitor.visit_enum(Word(name)) } else { Err(Unfit) }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    alike! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_u8 deserialize_u16 deserialize_u32
    deserialize_u64 deserialize_f32 deserialize_f64 => deserialize_i64 }
    alike! { deserialize_string deserialize_char deserialize_identifier => deserialize_str }
    alike! { deserialize_bytes deserialize_byte_buf deserialize_unit => deserialize_any }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_seq(visitor)
    }
}

struct Values<'a>(&'a [Json]);

impl<'de> de::SeqAccess<'de> for Values<'de> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(None) };
        self.0 = rest;
        seed.deserialize(Tree(first)).map(Some)
    }
}

struct Fields<'a> {
    rest: &'a [(String, Json)],
    value: &'a Json,
}

impl<'de> de::MapAccess<'de> for Fields<'de> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unfit> {
        let Some(((key, value), rest)) = self.rest.split_first() else { return Ok(None) };
        (self.rest, self.value) = (rest, value);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(Tree(self.value))
    }
}

struct Word<'a>(&'a str);

impl<'de> de::EnumAccess<'de> for Word<'de> {
    type Error = Unfit;
    type Variant = Nothing;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Nothing), Unfit> {
        Ok((seed.deserialize(BorrowedStrDeserializer::new(self.0))?, Nothing))
    }
}

/// What a word carries.
struct Nothing;

impl<'de> de::VariantAccess<'de> for Nothing {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Unfit> {
        Err(Unfit)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::desk::{AgentCard, LastMessage, Note, Offer, Page, QueueRow};
    use protocol::problem::{Code, Problem};
    use protocol::room::{AgentRef, Place};
    use protocol::routing::{ConversationSettings, Routing};
    use protocol::team::{DepartmentCard, PresenceSettings};
    use protocol::{
        AgentId, Body, ConversationId, DepartmentId, Email, HandoffId, Intent, Kind, Name, Priority, Reachability,
        Role, Status, Timestamp,
    };
    use std::fmt::Debug;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn card() -> AgentCard {
        AgentCard {
            id: AgentId::random(1),
            name: name("Ana “A” \\ ä\u{1f642}"),
            role: Role::ClientAdmin,
            intent: Intent::InMeeting,
            reachability: Reachability::Grace,
            status: Status::DoNotDisturb,
            load: 3,
            capacity: 5,
            departments: [1, 2].map(DepartmentId::random).to_vec(),
            since: Timestamp(1_700_000_000_000),
            seen_at: Some(Timestamp(-1)),
        }
    }

    /// With everything that can be told.
    fn row() -> QueueRow {
        let ana = || AgentRef { id: AgentId::random(1), name: name("Ana") };
        let page = Page { url: "https://shop.example/?a=\"b\"".to_owned(), title: "\n\t<b>".to_owned() };
        QueueRow {
            visitor_name: Some(name("Vi")),
            email: Some(Email::parse("vi@shop.example").unwrap()),
            last: Some(LastMessage { kind: Kind::Visitor, text: "…".to_owned(), at: Timestamp(5) }),
            agent: Some(ana()),
            picked_at: Some(Timestamp(6)),
            returned: true,
            department: Some(DepartmentId::random(1)),
            priority: Priority::Vip,
            queued_at: Some(Timestamp(7)),
            offer: Some(Offer { agent: ana(), at: Timestamp(8), until: Timestamp(9) }),
            declined: vec![AgentId::random(2)],
            ring_at: Some(Timestamp(10)),
            earlier: Some(AgentId::random(3)),
            place: Some(Place { ahead: 3, from_min: Some(1), to_min: None }),
            form_offered: true,
            expires_at: Some(Timestamp(11)),
            note: Some(Note { by: ana(), at: Timestamp(13), text: Body::parse("Knows.").unwrap() }),
            ..QueueRow::waiting(HandoffId::random(1), ConversationId::random(1), Timestamp(1), page)
        }
    }

    #[test]
    fn frames_are_read_as_serde_reads_them() {
        let department = DepartmentCard { id: DepartmentId::random(1), name: name("Sales"), covered: true, late: true };
        let settings = PresenceSettings { stale_after_ms: 1, grace_ms: 2, idle_after_ms: 3 };
        let bare = QueueRow::waiting(HandoffId::random(2), ConversationId::random(2), Timestamp(2), Page::default());
        let frames = [
            DeskDown::Welcome {
                me: AgentId::random(1),
                agents: vec![card()],
                departments: vec![department.clone()],
                settings,
                queue: vec![row(), bare],
                now: Timestamp(9),
            },
            DeskDown::Agent { agent: card() },
            DeskDown::AgentGone { agent: AgentId::random(1) },
            DeskDown::Department { department },
            DeskDown::Settings { settings },
            DeskDown::Row { row: row() },
            DeskDown::Error { code: Code::UnknownFrame },
        ];
        for told in frames {
            let text = serde_json::to_string(&told).unwrap();
            assert_eq!(frame(&text), Ok(told), "{text}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for text in ["", "{", "[]", "{}", r#"{"t":"later"}"#, r#"{"t":"row"}"#, r#"{"t":"row","row":{}}"#, r#"{"t":7}"#]
        {
            assert_eq!(frame(text), Err(Unfit), "{text}");
        }
    }

    /// What serde_json makes of it.
    fn agrees<T: DeserializeOwned + Debug + PartialEq>(text: &str) {
        assert_eq!(read::<T>(text).ok(), serde_json::from_str(text).ok(), "{text}");
    }

    #[test]
    fn replies_are_read_as_serde_reads_them() {
        agrees::<QueueRow>(&serde_json::to_string(&row()).unwrap());
        agrees::<AgentCard>(&serde_json::to_string(&card()).unwrap());
        for text in
            ["{}", r#"{"mode":"round_robin","more":{"a":[1]}}"#, r#"{"mode":"other"}"#, r#"{"offer_ms":-1}"#, "3"]
        {
            agrees::<Routing>(text);
        }
        agrees::<ConversationSettings>(r#"{"website":{"expire_after_ms":300000}}"#);
        for text in [r#"{"code":"taken","title":"","status":409,"at":3}"#, r#"{"code":"new","title":"","status":409}"#]
        {
            agrees::<Problem>(text);
        }
        agrees::<Vec<Option<u8>>>("[1,null,256]");
        agrees::<Vec<Option<u8>>>("[1,null,255]");
    }
}
