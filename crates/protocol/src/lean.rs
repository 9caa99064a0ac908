//! A small JSON reader and writer for the widget. Integers only: every number on our wire is one, and
//! reading floats costs 8 KB of Wasm. serde_json reads and writes the same bytes on the other side.

/// A parsed JSON value. Keys keep their order; of a doubled key the first counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string.
    Text(String),
    /// `[…]`
    List(Vec<Json>),
    /// `{…}`
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Reads one JSON text. `None` if it is not JSON, holds a fraction, or nests deeper than 16.
    pub fn parse(text: &str) -> Option<Json> {
        let mut reader = Reader { bytes: text.as_bytes(), text, at: 0 };
        let json = reader.value(0)?;
        reader.space();
        (reader.at == text.len()).then_some(json)
    }

    /// A field of a map; [`Json::Null`] if it is absent.
    pub fn get(&self, key: &str) -> &Json {
        if let Json::Map(fields) = self
            && let Some((_, value)) = fields.iter().find(|(name, _)| name == key)
        {
            return value;
        }
        &Json::Null
    }
}

/// A type that the widget can read and write.
pub trait Lean: Sized {
    /// Appends the JSON, byte for byte what serde_json writes.
    fn to_json(&self, out: &mut String);
    /// Reads from parsed JSON; `None` if the shape or a value does not fit. By reference, though texts are copied for it: what
    /// is taken out of a tree leaves code behind for dropping the rest, in every type.
    fn from_json(json: &Json) -> Option<Self>;
    /// Absent fields are left out (only `Option` says yes).
    fn is_absent(&self) -> bool {
        false
    }
}

/// Reads a text that has to pass a test. Once for all kinds of ids and words.
#[inline(never)]
pub fn read_if(json: &Json, test: &dyn Fn(&str) -> bool) -> Option<String> {
    if let Json::Text(text) = json
        && test(text)
    {
        Some(text.clone())
    } else {
        None
    }
}

/// The place of a word in a list of words.
#[inline(never)]
pub fn read_word(json: &Json, words: &[&str]) -> Option<usize> {
    if let Json::Text(text) = json { words.iter().position(|word| *word == text) } else { None }
}

/// Writes a value as JSON text.
pub fn write<T: Lean>(value: &T) -> String {
    let mut out = String::new();
    value.to_json(&mut out);
    out
}

/// Reads a value from JSON text; `None` if it does not fit.
pub fn read<T: Lean>(text: &str) -> Option<T> {
    T::from_json(&Json::parse(text)?)
}

impl Lean for bool {
    fn to_json(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
    fn from_json(json: &Json) -> Option<Self> {
        if let Json::Bool(on) = *json { Some(on) } else { None }
    }
}

impl Lean for i64 {
    fn to_json(&self, out: &mut String) {
        if *self < 0 {
            out.push('-');
        }
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = self.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        digits[at..].iter().for_each(|&digit| out.push(digit as char));
    }
    fn from_json(json: &Json) -> Option<Self> {
        if let Json::Int(number) = *json { Some(number) } else { None }
    }
}

impl Lean for u32 {
    fn to_json(&self, out: &mut String) {
        i64::from(*self).to_json(out);
    }
    fn from_json(json: &Json) -> Option<Self> {
        i64::from_json(json)?.try_into().ok()
    }
}

impl Lean for String {
    fn to_json(&self, out: &mut String) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        out.push('"');
        for c in self.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                c if (c as u32) < 0x20 => {
                    out.push_str("\\u00");
                    out.push(HEX[c as usize >> 4] as char);
                    out.push(HEX[c as usize & 15] as char);
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
    fn from_json(json: &Json) -> Option<Self> {
        if let Json::Text(text) = json { Some(text.clone()) } else { None }
    }
}

impl<T: Lean> Lean for Option<T> {
    fn to_json(&self, out: &mut String) {
        match self {
            Some(value) => value.to_json(out),
            None => out.push_str("null"),
        }
    }
    fn from_json(json: &Json) -> Option<Self> {
        if matches!(json, Json::Null) { Some(None) } else { T::from_json(json).map(Some) }
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Lean> Lean for Vec<T> {
    fn to_json(&self, out: &mut String) {
        out.push('[');
        for (i, value) in self.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            value.to_json(out);
        }
        out.push(']');
    }
    fn from_json(json: &Json) -> Option<Self> {
        // A bare loop, because `collect` into an `Option` weighs 600 bytes for every type.
        let mut all = Vec::new();
        let whole = read_each(json, &mut |value| T::from_json(value).map(|value| all.push(value)).is_some());
        whole.then_some(all)
    }
}

/// Whether it is a list, and all in it could be read. Once for all types.
#[inline(never)]
fn read_each(json: &Json, read: &mut dyn FnMut(&Json) -> bool) -> bool {
    let Json::List(values) = json else { return false };
    values.iter().all(read)
}

/// Appends `"key":value` with the comma it needs; nothing if the value is absent.
pub fn write_field<T: Lean>(out: &mut String, key: &str, value: &T) {
    if !value.is_absent() {
        write_key(out, key);
        value.to_json(out);
    }
}

/// Once for all types.
#[inline(never)]
fn write_key(out: &mut String, key: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
}

/// Reads a field of a map. Once for each type, not for each field.
pub fn read_field<T: Lean>(json: &Json, key: &str) -> Option<T> {
    T::from_json(json.get(key))
}

/// Writes [`Lean`] for a struct whose fields are all named; the compiler checks that none is missing.
#[macro_export]
macro_rules! lean_struct {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::lean::Lean for $name {
            fn to_json(&self, out: &mut String) {
                let $name { $($field),* } = self;
                out.push('{');
                $($crate::lean::write_field(out, stringify!($field), $field);)*
                out.push('}');
            }
            fn from_json(json: &$crate::lean::Json) -> Option<Self> {
                // All are read before the first is missed: leaving in the middle would need code to drop the
                // others at each of the fields.
                $(let $field = $crate::lean::read_field(json, stringify!($field));)*
                if $(Option::is_none(&$field))||* {
                    return None;
                }
                Some($name { $($field: $field?),* })
            }
        }
    };
}

/// Writes [`Lean`] for an enum that serde tags with `t`; the compiler checks that no variant is missing.
#[macro_export]
macro_rules! lean_tagged {
    ($name:ident { $($tag:literal => $variant:ident { $($field:ident),* $(,)? }),* $(,)? }) => {
        impl $name {
            /// Every word that may stand as the tag `t`.
            pub const TAGS: &'static [&'static str] = &[$($tag),*];
        }

        impl $crate::lean::Lean for $name {
            fn to_json(&self, out: &mut String) {
                match self {$(
                    $name::$variant { $($field),* } => {
                        out.push_str(concat!("{\"t\":\"", $tag, "\""));
                        $($crate::lean::write_field(out, stringify!($field), $field);)*
                        out.push('}');
                    }
                )*}
            }
            fn from_json(json: &$crate::lean::Json) -> Option<Self> {
                let tag: String = $crate::lean::Lean::from_json(json.get("t"))?;
                match tag.as_str() {
                    $($tag => {
                        $(let $field = $crate::lean::read_field(json, stringify!($field));)*
                        if $(Option::is_none(&$field))||* {
                            return None;
                        }
                        Some($name::$variant { $($field: $field?),* })
                    })*
                    _ => None,
                }
            }
        }
    };
}

/// Deeper than any frame of ours; a hostile text must not overflow the stack.
const DEEPEST: u32 = 16;

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, json: Json) -> Option<Json> {
        self.bytes[self.at..].starts_with(word.as_bytes()).then(|| self.at += word.len())?;
        Some(json)
    }

    fn value(&mut self, depth: u32) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        self.space();
        match self.peek()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => self.list(depth),
            b'{' => self.map(depth),
            _ => self.int(),
        }
    }

    fn list(&mut self, depth: u32) -> Option<Json> {
        self.at += 1;
        let mut values = Vec::new();
        if self.eat(b']').is_some() {
            return Some(Json::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            if self.eat(b']').is_some() {
                return Some(Json::List(values));
            }
            self.eat(b',')?;
        }
    }

    fn map(&mut self, depth: u32) -> Option<Json> {
        self.at += 1;
        let mut fields = Vec::new();
        if self.eat(b'}').is_some() {
            return Some(Json::Map(fields));
        }
        loop {
            self.space();
            let key = self.string()?;
            self.eat(b':')?;
            fields.push((key, self.value(depth + 1)?));
            if self.eat(b'}').is_some() {
                return Some(Json::Map(fields));
            }
            self.eat(b',')?;
        }
    }

    fn int(&mut self) -> Option<Json> {
        let negative = self.peek()? == b'-';
        self.at += usize::from(negative);
        let start = self.at;
        let mut number = 0i64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = i64::from(digit - b'0');
            // Not `checked_mul`, which is a multiplication of 128 bits.
            if number > (i64::MAX - digit) / 10 {
                return None;
            }
            number = number * 10 + digit;
            self.at += 1;
        }
        let digits = self.at - start;
        let leading_zero = digits > 1 && self.bytes[start] == b'0';
        if digits == 0 || leading_zero || matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        Some(Json::Int(if negative { -number } else { number }))
    }

    fn string(&mut self) -> Option<String> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            // Both ends stand at ASCII bytes, so the cut is on character borders.
            out.push_str(self.text.get(start..self.at)?);
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(out);
                }
                b'\\' => out.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 2;
        Some(match *self.bytes.get(self.at - 1)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            c @ (b'"' | b'\\' | b'/') => c as char,
            _ => return None,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let high = self.hex4()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        self.word("\\u", Json::Null)?;
        let low = self.hex4()?;
        if !(0xdc00..0xe000).contains(&low) {
            return None;
        }
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number * 16 + (self.peek()? as char).to_digit(16)?;
            self.at += 1;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What serde_json makes of a text, in our words; `None` where we refuse by design (fractions, big numbers).
    fn by_serde(text: &str) -> Option<Json> {
        fn convert(value: serde_json::Value) -> Option<Json> {
            Some(match value {
                serde_json::Value::Null => Json::Null,
                serde_json::Value::Bool(on) => Json::Bool(on),
                serde_json::Value::Number(n) => Json::Int(n.as_i64()?),
                serde_json::Value::String(text) => Json::Text(text),
                serde_json::Value::Array(values) => Json::List(values.into_iter().map(convert).collect::<Option<_>>()?),
                serde_json::Value::Object(map) => {
                    Json::Map(map.into_iter().map(|(k, v)| Some((k, convert(v)?))).collect::<Option<_>>()?)
                }
            })
        }
        convert(serde_json::from_str(text).ok()?)
    }

    fn sorted(json: Json) -> Json {
        match json {
            Json::Map(mut fields) => {
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                fields.dedup_by(|a, b| a.0 == b.0);
                Json::Map(fields.into_iter().map(|(k, v)| (k, sorted(v))).collect())
            }
            Json::List(values) => Json::List(values.into_iter().map(sorted).collect()),
            other => other,
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        for bad in [
            "",
            "{",
            "[1,]",
            "{\"a\":}",
            "01",
            "-",
            "1.5",
            "1e3",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "nul",
            "1 2",
            "\"a",
            "\"\\",
            "\"\\u12",
            "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]",
            "99999999999999999999",
        ] {
            assert_eq!(Json::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_absent_field_reads_as_none_and_the_first_of_two_counts() {
        let json = Json::parse(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(json.get("a"), &Json::Int(1));
        assert_eq!(json.get("b"), &Json::Null);
    }

    proptest! {
        #[test]
        fn any_string_is_written_as_serde_writes_it_and_reads_back(text in any::<String>()) {
            let written = write(&text);
            prop_assert_eq!(&written, &serde_json::to_string(&text).unwrap());
            prop_assert_eq!(read::<String>(&written), Some(text));
        }

        #[test]
        fn any_number_is_written_as_serde_writes_it_and_reads_back(number in any::<i64>().prop_filter("our own negation", |n| *n != i64::MIN)) {
            let written = write(&number);
            prop_assert_eq!(&written, &serde_json::to_string(&number).unwrap());
            prop_assert_eq!(read::<i64>(&written), Some(number));
        }

        #[test]
        fn never_panics_and_never_disagrees_with_serde(text in r#"[\[\]{},:"\\untrfalse0-9.eE \-a-c]{0,40}"#) {
            if let Some(json) = Json::parse(&text)
                // A doubled key is the one place where the two differ: serde_json keeps the last, we the first.
                && !format!("{json:?}").contains("Map") {
                prop_assert_eq!(Some(sorted(json)), by_serde(&text).map(sorted));
            } else if let Some(json) = by_serde(&text) {
                prop_assert!(format!("{json:?}").contains("Map"), "refused what serde reads: {}", text);
            }
        }
    }
}
