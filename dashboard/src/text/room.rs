//! Sentences within a conversation: how far messages have come, files, and what was taken away.

use super::refusal;
use crate::state::thread::Reached;
use protocol::file::FileSettings;
use protocol::problem::Code;

/// Characters of a message that are told where it does not stand itself.
const EXCERPT: usize = 80;

pub const EARLIER: &str = "Load earlier messages";
pub const EARLIER_LOADING: &str = "Loading earlier messages…";
pub const EARLIER_FAILED: &str = "Earlier messages could not be loaded.";
pub const UNREAD: &str = "New";
pub const SOME_UNREAD: &str = ", with unread messages";
pub const TO_NEWEST: &str = "To the newest message";

pub const ATTACH: &str = "Attach files";
pub const DROP: &str = "Drop files to attach them";
pub const STAGED: &str = "Files to be sent";
pub const IMAGE_HIDDEN: &str = "The picture could not be loaded.";
pub const UPLOAD_WAITS: &str = "Waiting…";

pub const REMOVED: &str = "Message removed";
pub const REMOVE: &str = "Remove message…";
pub const REMOVE_TITLE: &str = "Remove this message?";
pub const DO_REMOVE: &str = "Remove message";
pub const REMOVING: &str = "Removing…";

pub const OPEN_CHAT: &str = "Open chat";

/// What a yes does. `what` is the message's text, or its file's name.
pub fn remove_means(what: &str) -> String {
    let what = excerpt(what);
    format!("“{what}” is deleted for ever, for the visitor and for your team. That you removed it is recorded.")
}

/// Heard when the visitor writes.
pub fn says(visitor: &str, what: &str) -> String {
    format!("{visitor}: {what}")
}

/// Under the newest message of ours, and on the ticks of each.
pub fn reached(reached: Reached) -> &'static str {
    match reached {
        Reached::Sending => super::SENDING,
        Reached::Sent => super::SENT,
        Reached::Delivered => "Delivered",
        Reached::Read => "Seen",
    }
}

/// Under a message that was refused.
pub fn not_sent(code: Code, files: Option<FileSettings>) -> String {
    format!("Your message was not sent: {}", why(code, files))
}

/// Why a file or a message cannot be sent.
pub fn why(code: Code, files: Option<FileSettings>) -> String {
    match (code, files) {
        (Code::FileTooLarge, Some(files)) => {
            format!("The largest file is {}.", size(files.max_kb.saturating_mul(1024)))
        }
        (Code::FileNotAllowed, Some(files)) => match (files.images, files.documents) {
            (false, false) => "Files are switched off in your workspace.".to_owned(),
            (true, false) => "Only pictures can be sent.".to_owned(),
            (false, true) => "Only documents can be sent, and no pictures.".to_owned(),
            (true, true) => "Only pictures, PDF, text and office documents can be sent.".to_owned(),
        },
        (code, _) => refusal(code).to_owned(),
    }
}

/// A file's name as it is shown: a long one without its middle, because its end says what it is.
pub fn file_name(name: &str) -> String {
    const MOST: usize = 44;
    const END: usize = 12;
    let count = name.chars().count();
    if count <= MOST {
        return name.to_owned();
    }
    let begin: String = name.chars().take(MOST - END - 1).collect();
    let end: String = name.chars().skip(count - END).collect();
    format!("{}…{}", begin.trim_end(), end.trim_start())
}

/// `840 B`, `12 KB`, `3.4 MB`.
pub fn size(bytes: u32) -> String {
    const KB: u32 = 1024;
    const MB: u32 = 1024 * KB;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..MB => format!("{} KB", bytes.div_ceil(KB).min(1023)),
        _ => match (bytes / MB, bytes % MB * 10 / MB) {
            (whole, 0) => format!("{whole} MB"),
            (whole, tenth) => format!("{whole}.{tenth} MB"),
        },
    }
}

/// Of a file on its way.
pub fn progress(sent: u32, bytes: u32) -> String {
    format!("{} of {}", size(sent.min(bytes)), size(bytes))
}

/// Label of the cross on a file.
pub fn leave_out(name: &str) -> String {
    format!("Remove {name}")
}

/// Label of the cross on a file on its way.
pub fn cancel(name: &str) -> String {
    format!("Cancel sending {name}")
}

/// Label of a file, and its tip.
pub fn download(name: &str, bytes: u32) -> String {
    format!("Download {name}, {}", size(bytes))
}

/// Beside a chat in the list.
pub fn unread(count: usize) -> String {
    match count {
        1 => "1 unread message".to_owned(),
        n => format!("{n} unread messages"),
    }
}

/// To whom a message could not be sent, and how it begins.
pub fn unsent_to(visitor: &str, what: &str) -> String {
    format!("To {visitor}: “{}”", excerpt(what))
}

/// How a message begins.
fn excerpt(what: &str) -> String {
    let mut excerpt: String = what.chars().take(EXCERPT).collect();
    if excerpt.len() < what.len() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let cases = [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KB"),
            (1_025, "2 KB"),
            (1_048_575, "1023 KB"),
            (1_048_576, "1 MB"),
            (3_600_000, "3.4 MB"),
            (u32::MAX, "4095.9 MB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text, "{bytes}");
        }
        assert_eq!(progress(2_000_000, 1_048_576), "1 MB of 1 MB");
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let cases = [
            ("invoice.pdf", "invoice.pdf"),
            ("Arc lamp, data sheet and care (English).pdf", "Arc lamp, data sheet and care (English).pdf"),
            ("Arc lamp, data sheet, mounting and care (English).pdf", "Arc lamp, data sheet, mounting…English).pdf"),
            ("Übersicht über alle Lampen der Werkstatt, Stand 2026.pdf", "Übersicht über alle Lampen der…and 2026.pdf"),
        ];
        for (name, shown) in cases {
            assert_eq!(file_name(name), shown);
        }
    }

    #[test]
    fn a_long_message_is_known_by_how_it_begins() {
        assert_eq!(unsent_to("Ann", "Hi!"), "To Ann: “Hi!”");
        assert_eq!(unsent_to("Ann", &"é".repeat(200)), format!("To Ann: “{}…”", "é".repeat(80)));
        assert!(remove_means("4111").starts_with("“4111” is deleted for ever"));
    }

    #[test]
    fn a_refused_file_says_what_would_be_taken() {
        let of = |images, documents| Some(FileSettings { images, documents, max_kb: 10_240 });
        let cases = [
            (Code::FileTooLarge, of(true, true), "Your message was not sent: The largest file is 10 MB."),
            (Code::FileNotAllowed, of(true, false), "Your message was not sent: Only pictures can be sent."),
            (Code::FileEmpty, None, "Your message was not sent: The file is empty."),
            (Code::NotOwner, None, "Your message was not sent: This chat is no longer yours."),
        ];
        for (code, files, text) in cases {
            assert_eq!(not_sent(code, files), text);
        }
    }
}
