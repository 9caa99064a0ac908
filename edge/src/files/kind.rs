//! What a file is, by its content. Whatever is not known for sure is not taken.

use super::zip;
use protocol::FileKind;
use std::ops::Range;

/// Copies a piece of a file that is not in our memory.
pub type Read<'a> = &'a dyn Fn(Range<u32>) -> Vec<u8>;

/// What each begins with.
const SIGNATURES: [(&[u8], FileKind); 5] = [
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", FileKind::Png),
    (b"\xff\xd8\xff", FileKind::Jpeg),
    (b"GIF87a", FileKind::Gif),
    (b"GIF89a", FileKind::Gif),
    (b"%PDF-", FileKind::Pdf),
];
/// As much as tells the kind: an ODT's type stands behind the name of its first entry.
const HEAD: u32 = 128;
/// Text is looked through in pieces of this size.
const PIECE: u32 = 64 * 1024;

/// What a file of so many bytes is; `None` for what nobody may send.
pub fn of(bytes: u32, read: Read<'_>) -> Option<FileKind> {
    let head = read(0..bytes.min(HEAD));
    if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
        return Some(*kind);
    }
    match head.get(..16) {
        Some([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', b'V', b'P', b'8', _]) => Some(FileKind::Webp),
        _ if head.starts_with(zip::ENTRY) => zip::document(bytes, &head, read),
        _ if is_text(bytes, read) => Some(FileKind::Text),
        _ => None,
    }
}

/// UTF-8 from beginning to end, without any control character that is no white space.
fn is_text(bytes: u32, read: Read<'_>) -> bool {
    let mut at = 0;
    while at < bytes {
        let piece = read(at..bytes.min(at + PIECE));
        // A character may be cut in two by the end of the piece: the next one begins with it.
        let text = piece.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        if text.is_empty() || text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return false;
        }
        at += u32::try_from(text.len()).unwrap_or(bytes);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::zip::tests::{DOCUMENT, archive};
    use super::*;

    fn kind(bytes: &[u8]) -> Option<FileKind> {
        of(u32::try_from(bytes.len()).unwrap_or_default(), &|piece| {
            bytes.get(piece.start as usize..piece.end as usize).unwrap_or_default().to_vec()
        })
    }

    #[test]
    fn a_file_is_what_it_begins_with() {
        let cases: [(&[u8], Option<FileKind>); 14] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", Some(FileKind::Png)),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(FileKind::Jpeg)),
            (b"GIF89a\x01\0\x01\0", Some(FileKind::Gif)),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some(FileKind::Webp)),
            (b"RIFF\x24\0\0\0WAVEfmt ", None),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", Some(FileKind::Pdf)),
            (b"MZ\x90\0\x03\0\0\0", None),
            (b"\x7fELF\x02\x01\x01\0", None),
            (b"PK\x03\x04", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Some(FileKind::Text)),
            (b"\xef\xbb\xbfa,b\r\n1,2\r\n", Some(FileKind::Text)),
            (b"\xff\xfeh\0i\0", None),
            (b"", Some(FileKind::Text)),
        ];
        for (bytes, kind) in cases {
            assert_eq!(super::tests::kind(bytes), kind, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn text_is_text_to_its_end() {
        let long = |end: &[u8]| [&"grüße\n".repeat(40_000).into_bytes(), end].concat();
        let cases: [(&[u8], Option<FileKind>); 5] =
            [(b"", Some(FileKind::Text)), (b"\0", None), (b"\x1b[31m", None), (b"\xc3", None), (b"\xc3(", None)];
        for (end, kind) in cases {
            assert_eq!(super::tests::kind(&long(end)), kind, "{}", end.escape_ascii());
        }
        // Wherever the pieces cut it.
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "💡".repeat(50_000));
            assert_eq!(super::tests::kind(text.as_bytes()), Some(FileKind::Text), "{shift}");
        }
    }

    #[test]
    fn a_document_is_one_by_all_of_its_entries() {
        assert_eq!(kind(&archive(&DOCUMENT)), Some(FileKind::Docx));
        let whole = archive(&DOCUMENT);
        for cut in 0..whole.len() {
            assert_eq!(kind(&whole[..cut]).filter(|kind| *kind != FileKind::Text), None, "cut at {cut}");
        }
    }
}
