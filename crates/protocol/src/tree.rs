//! JSON into serde's types by way of [`lean`](crate::lean)'s small tree, for edge and dashboard. serde_json would write its
//! parser, its errors and the search for a field's name into every type anew; here a type says which fields it has, and is
//! given their values in that order, which is much less Wasm.

use crate::lean::Json;
use serde::de::value::{BorrowedStrDeserializer, U64Deserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Visitor};
use std::cell::Cell;
use std::fmt;

/// Why a text is not what it should be; for the log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(String);

/// Reads a text. Numbers are whole, as all of ours are; structs are maps. An `Option` that is absent is `None`, whatever
/// `serde(default)` says; `serde(alias)` and `serde(deny_unknown_fields)` mean nothing here.
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
    /// What was looked for in vain, in case that nothing else will do.
    static LACKING: Cell<&'static str> = const { Cell::new("") };
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

    /// Numbers out of range; what is of another type is refused before it comes to this.
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::custom("a value that is not expected")
    }

    fn invalid_type(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        Self::invalid_value(found, wanted)
    }

    /// A sequence, which fields are here, has ended too early.
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self::custom(format_args!("missing field `{}`", LACKING.get()))
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

impl<'de> Tree<'de> {
    /// Which of these variants it is, and what is in it.
    #[inline(never)]
    fn variant(self, names: &[&str]) -> Result<Variant<'de>, Stop> {
        let (name, content) = match self.0 {
            Json::Text(name) => (name, &Json::Null),
            Json::Map(fields) if let [(name, content)] = fields.as_slice() => (name, content),
            _ => return Err(self.is_not("a variant")),
        };
        let place = names.iter().position(|other| other == name);
        let place = place.ok_or_else(|| <Stop as de::Error>::custom(format_args!("unknown variant `{name}`")))?;
        Ok(Variant(place as u64, content))
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
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        let Json::Map(map) = self.0 else { return Err(self.is_not("a map")) };
        visitor.visit_seq(Declared { names, map })
    }

    /// `"variant"` or `{"variant":content}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_enum(self.variant(names)?)
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

/// The fields of a struct, in the order in which it declares them.
struct Declared<'a> {
    names: &'static [&'static str],
    map: &'a [(String, Json)],
}

impl<'de> Declared<'de> {
    /// What stands under a name; nothing, if it does not. Errors: what stands there twice.
    #[inline(never)]
    fn find(&self, name: &'static str) -> Result<Option<&'de Json>, Stop> {
        let mut found = self.map.iter().filter(|(other, _)| other == name);
        let first = found.next();
        if found.next().is_some() {
            return Err(de::Error::duplicate_field(name));
        }
        if first.is_none() {
            LACKING.set(name);
        }
        Ok(first.map(|(_, value)| value))
    }
}

impl<'de> de::SeqAccess<'de> for Declared<'de> {
    type Error = Stop;

    /// What is absent is nothing to an `Option`. All others refuse that, and then it is for the struct to say whether there
    /// is a default.
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        let Some((name, rest)) = self.names.split_first() else { return Ok(None) };
        self.names = rest;
        match self.find(name)? {
            Some(value) => seed.deserialize(Tree(value)).map(Some),
            None => Ok(seed.deserialize(Tree(&Json::Null)).ok()),
        }
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

/// The place of a variant among all of them, and what is in it.
struct Variant<'a>(u64, &'a Json);

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = Stop;
    type Variant = Tree<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Tree<'de>), Stop> {
        Ok((seed.deserialize(U64Deserializer::new(self.0))?, Tree(self.1)))
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

    fn struct_variant<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Stop> {
        de::Deserializer::deserialize_struct(self, "", names, visitor)
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

    #[derive(Debug, PartialEq, Deserialize)]
    struct Partly {
        at: u32,
        #[serde(default)]
        list: Vec<u8>,
        #[serde(default = "seven", rename = "n")]
        number: u8,
        absent: Option<Word>,
        rules: Rules,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(default)]
    struct Rules {
        on: bool,
        words: Vec<Word>,
    }

    impl Default for Rules {
        fn default() -> Self {
            Rules { on: true, words: vec![Word::Two] }
        }
    }

    fn seven() -> u8 {
        7
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
    fn what_is_absent_is_as_serde_json_has_it() {
        for text in [
            r#"{"at":1,"rules":{}}"#,
            r#"{"rules":{"words":[]},"more":[1],"list":[2],"at":1}"#,
            r#"{"at":1,"n":3,"absent":"one","rules":{"on":false,"words":["one"]}}"#,
            r#"{"at":1,"absent":null,"rules":{"on":null}}"#,
            r#"{"at":1,"list":null,"rules":{}}"#,
            r#"{"at":1,"number":3,"rules":{}}"#,
            r#"{"at":1}"#,
            r#"{"rules":{}}"#,
            r#"{"at":1,"at":1,"rules":{}}"#,
            r#"{"at":1,"rules":{"on":true,"on":true}}"#,
            r#"{"at":1,"more":1,"more":2,"rules":{}}"#,
            r#"{"at":null,"rules":{}}"#,
        ] {
            agrees::<Partly>(text);
        }
        let wrong = |text| read::<Partly>(text).map_err(|unfit| unfit.to_string());
        assert_eq!(wrong(r#"{"at":1}"#), Err("missing field `rules`".to_owned()));
        assert_eq!(wrong(r#"{"at":1,"at":1}"#), Err("duplicate field `at`".to_owned()));
    }

    #[test]
    fn refuses_what_serde_json_refuses() {
        for text in
            ["", "{", "null", "[]", "3", r#""New""#, r#"{"New":true}"#, r#"{"New":1,"Unit":null}"#, r#""Other""#]
        {
            agrees::<Call>(text);
            agrees::<Option<Vec<Word>>>(text);
        }
        agrees::<Call>(r#"{"Fields":{}}"#);
        agrees::<Call>(r#"{"Fields":{"on":true,"off":1}}"#);
        assert!(read::<Call>(r#"{"Fields":[true]}"#).is_err());
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
