//! As what a file is saved.

use protocol::FileKind;
use protocol::file::File;

/// Texts that no system runs, or shows as a page, when somebody opens them.
const PLAIN: [&str; 6] = ["txt", "csv", "tsv", "log", "md", "json"];

/// The header that makes a browser save a file, under a name that ends as what it is: a text that calls itself
/// `invoice.pdf.bat` would be run by whoever opens it.
#[inline(never)] // What waits pays for each line with all that would be dropped there.
pub fn disposition(file: &File) -> String {
    let name = file.name.as_str();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let mut out = "attachment; filename*=UTF-8''".to_owned();
    push(&mut out, name);
    if !fits(file.kind, &ending) {
        out.push('.');
        out.push_str(if file.kind == FileKind::Text { PLAIN[0] } else { file.kind.as_str() });
    }
    out
}

fn fits(kind: FileKind, ending: &str) -> bool {
    match kind {
        FileKind::Text => PLAIN.contains(&ending),
        FileKind::Jpeg if ending == "jpg" => true,
        kind => ending == kind.as_str(),
    }
}

/// As RFC 8187 wants it.
fn push(out: &mut String, name: &str) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            out.push(byte.into());
        } else {
            let digit = |four: u8| char::from(b"0123456789ABCDEF"[usize::from(four & 15)]);
            out.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{FileId, FileName};

    #[test]
    fn a_file_is_saved_under_a_name_that_fits_it() {
        let cases = [
            ("invoice.pdf", FileKind::Pdf, "invoice.pdf"),
            ("Photo.JPG", FileKind::Jpeg, "Photo.JPG"),
            ("photo.jpeg", FileKind::Jpeg, "photo.jpeg"),
            ("cat.png", FileKind::Jpeg, "cat.png.jpeg"),
            ("run.bat", FileKind::Text, "run.bat.txt"),
            ("page.html", FileKind::Text, "page.html.txt"),
            ("data.csv", FileKind::Text, "data.csv"),
            ("README", FileKind::Text, "README.txt"),
            ("dots.", FileKind::Docx, "dots..docx"),
            ("Grüße \"a\"; b=c.txt", FileKind::Text, "Gr%C3%BC%C3%9Fe%20%22a%22%3B%20b%3Dc.txt"),
        ];
        for (name, kind, saved) in cases {
            let file = File { id: FileId::random(1), name: FileName::parse(name).unwrap(), kind, bytes: 1 };
            assert_eq!(disposition(&file), format!("attachment; filename*=UTF-8''{saved}"), "{name}");
        }
    }
}
