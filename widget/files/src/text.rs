//! Every word about files that a visitor reads.

use protocol::file::File;
use protocol::lean;
use protocol::problem::Code;

/// Tries a failed file again.
pub const RETRY: &str = "Try again";
/// Gives a file up.
pub const DISCARD: &str = "Discard";
/// It did not come; a click tries again.
pub const NOT_LOADED: &str = "Not loaded. Try again";

/// Why a file was not taken, and whether it may be taken another time.
pub fn refused(code: Code, max_kb: u32) -> (String, bool) {
    let words = match code {
        Code::FileTooLarge | Code::TooLarge => {
            return (join(&["This file is larger than ", &size(max_kb.saturating_mul(1024)), "."]), false);
        }
        Code::FileEmpty => "This file is empty.",
        Code::FileNotAllowed => "Files of this kind cannot be sent here.",
        Code::ConflictingRetry => "Not sent: please choose it again.",
        _ => return ("Not sent.".to_owned(), true),
    };
    (words.to_owned(), false)
}

/// How large a file is, to two digits where it matters.
pub fn size(bytes: u32) -> String {
    let kb = bytes.div_ceil(1024);
    let tenths = kb.saturating_mul(10).div_ceil(1024);
    let number = |number: u32| lean::write(&number);
    match (kb, tenths % 10) {
        (..1000, _) => join(&[&number(kb), " KB"]),
        (_, 0) => join(&[&number(tenths / 10), " MB"]),
        (_, rest) => join(&[&number(tenths / 10), ".", &number(rest), " MB"]),
    }
}

/// Kind and size of a file.
pub fn about(file: &File) -> String {
    join(&[file.kind.as_str(), " · ", &size(file.bytes)])
}

/// One text of several.
pub fn join(parts: &[&str]) -> String {
    let mut out = String::new();
    parts.iter().for_each(|part| out.push_str(part));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u32 = 1024 * 1024;

    #[test]
    fn sizes_are_told_in_two_digits() {
        for (bytes, words) in [
            (0, "0 KB"),
            (1, "1 KB"),
            (1024, "1 KB"),
            (240 * 1024, "240 KB"),
            (1000 * 1024, "1 MB"),
            (MB, "1 MB"),
            (MB + 1, "1.1 MB"),
            (5 * MB / 2, "2.5 MB"),
            (25 * MB, "25 MB"),
            (u32::MAX, "4096 MB"),
        ] {
            assert_eq!(size(bytes), words, "{bytes}");
        }
    }

    #[test]
    fn a_refusal_says_why_and_offers_what_helps() {
        for (code, words, again) in [
            (Code::FileTooLarge, "This file is larger than 10 MB.", false),
            (Code::FileEmpty, "This file is empty.", false),
            (Code::FileNotAllowed, "Files of this kind cannot be sent here.", false),
            (Code::ConflictingRetry, "Not sent: please choose it again.", false),
            (Code::Internal, "Not sent.", true),
        ] {
            assert_eq!(refused(code, 10_240), (words.to_owned(), again), "{code:?}");
        }
    }
}
