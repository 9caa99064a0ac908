//! Text that people type, valid from the door on.

use crate::lean::{Json, Lean};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadText {
    /// Nothing left after trimming.
    Empty,
    /// More characters than allowed.
    TooLong,
    /// Not an e-mail address.
    NotAnEmail,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadText::Empty => "is empty",
            BadText::TooLong => "is too long",
            BadText::NotAnEmail => "is not an e-mail address",
        })
    }
}

/// Trims, then takes 1 to `most` characters.
fn checked(text: &str, most: usize) -> Result<String, BadText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadText::Empty);
    }
    // Bytes first: a text of fewer bytes cannot have more characters, and counting is the slower test.
    if text.len() > most && text.chars().count() > most {
        return Err(BadText::TooLong);
    }
    Ok(text.to_owned())
}

/// One pass, because the searching functions of the library weigh more than all the rest of this file.
fn checked_email(text: &str) -> Result<String, BadText> {
    let text = checked(text, Email::MOST)?;
    // The last character, whether the `@` has been, and whether the domain has a dot.
    let (mut last, mut domain, mut dotted) = ('@', false, false);
    for c in text.chars() {
        let fine = match c {
            // The local part may hold dots anywhere, but must not be empty.
            '@' => !std::mem::replace(&mut domain, true) && !text.starts_with('@'),
            '.' if domain => {
                dotted = true;
                last != '.' && last != '@'
            }
            '<' | '>' | ',' => false,
            c => !c.is_whitespace() && !c.is_control(),
        };
        if !fine {
            return Err(BadText::NotAnEmail);
        }
        last = c;
    }
    if dotted && last != '.' { Ok(text) } else { Err(BadText::NotAnEmail) }
}

/// Browsers tell the last part of a path only; what else is sent may tell anything. Too long is cut in front, because
/// the end says what kind of file it is. In one pass, for the reason that the address is.
fn checked_file_name(text: &str) -> Result<String, BadText> {
    let mut name = String::new();
    for c in text.chars() {
        match c {
            '/' | '\\' => name.clear(),
            c if c.is_control() || is_bidi(c) => {}
            c => name.push(c),
        }
    }
    let name = name.trim();
    let over = name.chars().count().saturating_sub(FileName::MOST);
    checked(name.get(place(name, over)..).unwrap_or_default(), FileName::MOST)
}

/// Where a character begins, by its number; the end if there are fewer.
#[inline(never)]
fn place(text: &str, number: usize) -> usize {
    text.char_indices().nth(number).map_or(text.len(), |(at, _)| at)
}

/// Turns the direction of reading, so that `gpj.exe` may look like `exe.jpg`.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $most:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(extend("minLength" = 1, "maxLength" = $most)))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Most characters that are taken.
            pub const MOST: usize = $most;

            /// Trims and checks. Errors: [`BadText`] with the reason.
            pub fn parse(text: &str) -> Result<Self, BadText> {
                let check: fn(&str) -> Result<String, BadText> = $check;
                check(text).map(Self)
            }

            /// The text, trimmed.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadText;
            fn try_from(text: String) -> Result<Self, BadText> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl Lean for $name {
            fn to_json(&self, out: &mut String) {
                self.0.to_json(out);
            }
            fn from_json(json: &Json) -> Option<Self> {
                Self::parse(&String::from_json(json)?).ok()
            }
        }
    )*};
}

texts! {
    /// What a person wrote in a chat: 1 to 4,000 characters after trimming.
    Body, 4000, |text| checked(text, Body::MOST);
    /// A person's or a thing's name: 1 to 120 characters after trimming.
    Name, 120, |text| checked(text, Name::MOST);
    /// A file's name: 1 to 120 characters, without any path and without control characters.
    FileName, 120, checked_file_name;
    /// An e-mail address, at most 254 characters (RFC 5321). Checked for shape only: one `@`, a dotted domain, no spaces.
    Email, 254, checked_email;
}

/// A page's address, or a title, as told by a browser: cut to what is kept, never refused.
pub fn clipped(text: &str, most: usize) -> String {
    let text = text.trim();
    text.get(..place(text, most)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_1_to_4000_characters() {
        assert_eq!(Body::parse("  hi \n").map(String::from), Ok("hi".to_owned()));
        assert_eq!(Body::parse(" \t\n "), Err(BadText::Empty));
        assert!(Body::parse(&"é".repeat(4000)).is_ok());
        assert_eq!(Body::parse(&"é".repeat(4001)), Err(BadText::TooLong));
    }

    #[test]
    fn a_file_name_is_its_last_part_and_keeps_its_end() {
        let cases = [
            ("invoice.pdf", "invoice.pdf"),
            ("C:\\Users\\ann\\a b.png", "a b.png"),
            ("../../etc/passwd", "passwd"),
            ("evil\u{202e}gpj.exe", "evilgpj.exe"),
            ("a\r\nset-cookie: x.txt", "aset-cookie: x.txt"),
        ];
        for (given, kept) in cases {
            assert_eq!(FileName::parse(given).map(String::from), Ok(kept.to_owned()), "{given}");
        }
        let long = FileName::parse(&format!("{}.pdf", "é".repeat(300))).map(String::from).unwrap_or_default();
        assert_eq!((long.chars().count(), long.ends_with("é.pdf")), (120, true));
        assert_eq!(FileName::parse("a/"), Err(BadText::Empty));
    }

    #[test]
    fn an_email_has_one_at_and_a_dotted_domain() {
        for good in ["a@b.co", " ann.lee+shop@mail.example.org ", "ü@exämple.de"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "ann", "ann@", "@b.co", "ann@localhost", "a b@c.de", "a@b..c", "a@b.c,d@e.f", "<a@b.co>", "a@@b.co"]
        {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }
}
