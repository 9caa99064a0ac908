//! JSON into serde's types by way of [`lean`](crate::lean)'s small tree, for edge and dashboard. serde_json would write its
//! parser, its errors and the reading of structs as arrays into every type anew; here a type brings only its own fields,
//! which is much less Wasm.

use crate::lean::Json;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Visitor};
use std::cell::Cell;
use std::fmt;

/// Why a text is not what it should be; for the log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(String);

/// Reads a text. Numbers are whole, as all of ours are; structs are maps.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unfit> {
    read_tree(&Json::parse(text).ok_or_else(|| Unfit("not JSON".to_owned()))?)
}

/// Reads what has been parsed.
pub fn read_tree<T: DeserializeOwned>(json: &Json) -> Result<T, Unfit> {
    T::deserialize(Tree(json)).map_err(|Stop| Unfit(REASON.take()))
}

thread_local! {
    /// Why the last reading stopped. Errors that carry nothing are 13 KB less code to pass them on.
    static REASON: Cell<String> = const { Cell::new(String::new()) };
}

/// Reading has stopped; [`REASON`] says why.
#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reading stopped")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    #[inline(never)]
    fn custom<T: fmt::Display>(reason: T) -> Self {
        REASON.set(reason.to_string());
        Stop
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy)]
struct Tree<'a>(&'a Json);

impl Tree<'_> {
    #[inline(never)]
    fn is_not(self, wanted: &str) -> Stop {
        let found = match self.0 {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Int(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Map(_) => "a map",
        };
        de::Error::custom(format_args!("{found} instead of {wanted}"))
    }
}

/// The methods of a deserializer that are another one by another name.
macro_rules! alike {
    ($($name:ident)* => $to:ident) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            self.$to(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Tree<'de> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.0 {
            Json::Null => visitor.visit_unit(),
            Json::Bool(_) => self.deserialize_bool(visitor),
            Json::Int(_) => self.deserialize_i64(visitor),
            Json::Text(_) => self.deserialize_str(visitor),
            Json::List(_) => self.deserialize_seq(visitor),
            Json::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if let Json::Bool(on) = *self.0 { visitor.visit_bool(on) } else { Err(self.is_not("a boolean")) }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if let Json::Int(number) = *self.0 { visitor.visit_i64(number) } else { Err(self.is_not("a number")) }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if let Json::Text(text) = self.0 { visitor.visit_borrowed_str(text) } else { Err(self.is_not("a string")) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if let Json::Null = self.0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if let Json::List(values) = self.0 { visitor.visit_seq(Values(values)) } else { Err(self.is_not("a list")) }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        let Json::Map(fields) = self.0 else { return Err(self.is_not("a map")) };
        visitor.visit_map(Fields { rest: fields, value: &Json::Null })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.deserialize_map(visitor)
    }

    /// `"variant"` or `{"variant":content}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        match self.0 {
            Json::Text(name) => visitor.visit_enum(Variant(name, &Json::Null)),
            Json::Map(fields) if let [(name, content)] = fields.as_slice() => {
                visitor.visit_enum(Variant(name, content))
            }
            _ => Err(self.is_not("a variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_unit()
    }

    alike! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_u8 deserialize_u16 deserialize_u32
    deserialize_u64 deserialize_f32 deserialize_f64 => deserialize_i64 }
    alike! { deserialize_string deserialize_char deserialize_identifier => deserialize_str }
    alike! { deserialize_bytes deserialize_byte_buf deserialize_unit => deserialize_any }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.deserialize_seq(visitor)
    }
}

struct Values<'a>(&'a [Json]);

impl<'de> de::SeqAccess<'de> for Values<'de> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
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
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        let Some(((key, value), rest)) = self.rest.split_first() else { return Ok(None) };
        (self.rest, self.value) = (rest, value);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        seed.deserialize(Tree(self.value))
    }
}

struct Variant<'a>(&'a str, &'a Json);

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = Stop;
    type Variant = Tree<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Tree<'de>), Stop> {
        Ok((seed.deserialize(BorrowedStrDeserializer::new(self.0))?, Tree(self.1)))
    }
}

impl<'de> de::VariantAccess<'de> for Tree<'de> {
    type Error = Stop;

    fn unit_variant(self) -> Result<(), Stop> {
        if let Json::Null = self.0 { Ok(()) } else { Err(self.is_not("nothing")) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Stop> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Stop> {
        de::Deserializer::deserialize_seq(self, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Stop> {
        de::Deserializer::deserialize_map(self, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        text: String,
        number: u64,
        below: i32,
        list: Vec<Word>,
        absent: Option<bool>,
        map: std::collections::BTreeMap<String, Call>,
        tagged: Tagged,
        pair: (u8, String),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
        Two,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Call {
        Unit,
        New(u32),
        Fields { on: bool },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "t", rename_all = "snake_case")]
    enum Tagged {
        Empty,
        Full { word: Option<Word>, calls: Vec<Call>, at: i64 },
    }

    /// What serde_json makes of it.
    fn agrees<T: DeserializeOwned + Debug + PartialEq>(text: &str) {
        assert_eq!(read::<T>(text).ok(), serde_json::from_str(text).ok(), "{text}");
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let rest = r#""list":["one","two"],"map":{"a":"Unit","b":{"New":7},"c":{"Fields":{"on":true}}},"pair":[1,"x"]"#;
        for tagged in [
            r#"{"t":"empty"}"#,
            r#"{"t":"full","word":"two","calls":["Unit",{"Fields":{"on":false}}],"at":-5}"#,
            r#"{"at":1,"calls":[],"t":"full","more":{"a":[1]}}"#,
            r#"{"t":"full","calls":[]}"#,
            r#"{"t":"other"}"#,
        ] {
            agrees::<All>(&format!(r#"{{"text":"ä\n\u00e9","number":3,"below":-3,{rest},"tagged":{tagged}}}"#));
            agrees::<All>(&format!(r#"{{"text":"","number":-3,"below":3,"absent":null,{rest},"tagged":{tagged}}}"#));
        }
        assert!(read::<All>(&format!(r#"{{"text":"","number":3,"below":3,{rest},"tagged":{{"t":"empty"}}}}"#)).is_ok());
    }

    #[test]
    fn refuses_what_serde_json_refuses() {
        for text in
            ["", "{", "null", "[]", "3", r#""New""#, r#"{"New":true}"#, r#"{"New":1,"Unit":null}"#, r#""Other""#]
        {
            agrees::<Call>(text);
            agrees::<Option<Vec<Word>>>(text);
        }
        for text in [r#"{"t":"empty","t":"empty"}"#, r#"{"t":"full","at":1,"at":2,"calls":[]}"#, r#"["one","three"]"#] {
            agrees::<Tagged>(text);
            agrees::<Vec<Word>>(text);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = |text| read::<Tagged>(text).map_err(|unfit| unfit.to_string());
        assert_eq!(wrong("{"), Err("not JSON".to_owned()));
        assert_eq!(wrong(r#"{"t":"full","at":1}"#), Err("missing field `calls`".to_owned()));
        assert_eq!(
            read::<Vec<Call>>("{}").map_err(|unfit| unfit.to_string()),
            Err("a map instead of a list".to_owned())
        );
    }
}
