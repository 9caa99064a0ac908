//! Documents that are zip archives: what they are is told by their list of entries, which stands at the end.

use super::kind::Read;
use protocol::FileKind;

/// What an archive begins with.
pub const ENTRY: &[u8] = b"PK\x03\x04";
const LISTED: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Of the record at the end. No program writes a comment behind it into a document.
const END_BYTES: u32 = 22;
/// Of what stands before the name in the list.
const LISTED_BYTES: usize = 46;
/// No document has a longer list.
const MOST_LISTED: u32 = 256 * 1024;
/// Nor is larger when it is unpacked: beyond is what is meant to fill a disk.
const MOST_UNPACKED: u64 = 512 * 1024 * 1024;

/// How an ODT begins: the first entry is its media type, as it is.
const ODT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.textPK";
/// Where the name of the first entry begins.
const FIRST_NAME: usize = 30;

/// Which document an archive is; `None` for any other, for one with macros, and for one that does not add up.
pub fn document(bytes: u32, head: &[u8], read: Read<'_>) -> Option<FileKind> {
    let end_at = bytes.checked_sub(END_BYTES)?;
    let end = read(end_at..bytes);
    let (size, at) = (number(&end, 12)?, number(&end, 16)?);
    let list_end = at.checked_add(size)?;
    if !end.starts_with(END) || size > MOST_LISTED || list_end > end_at {
        return None;
    }
    let entries = Entries::of(&read(at..list_end), bytes)?;
    let is_odt = head.get(FIRST_NAME..).is_some_and(|name| name.starts_with(ODT));
    match entries.main {
        Some(kind) if entries.has_types => Some(kind),
        None if is_odt => Some(FileKind::Odt),
        Some(_) | None => None,
    }
}

/// What the list of entries tells.
#[derive(Default)]
struct Entries {
    /// Office's list of types is there.
    has_types: bool,
    /// The part that is the document itself.
    main: Option<FileKind>,
}

impl Entries {
    fn of(mut list: &[u8], bytes: u32) -> Option<Entries> {
        let mut entries = Entries::default();
        let (mut packed, mut unpacked) = (0, 0);
        while !list.is_empty() {
            if !list.starts_with(LISTED) {
                return None;
            }
            packed += u64::from(number(list, 20)?);
            unpacked += u64::from(number(list, 24)?);
            let [name, extra, comment] = [short(list, 28)?, short(list, 30)?, short(list, 32)?];
            let (entry, rest) = list.split_at_checked(LISTED_BYTES + name + extra + comment)?;
            entries.take(entry.get(LISTED_BYTES..LISTED_BYTES + name)?)?;
            list = rest;
        }
        // Entries that share their bytes are how a small archive becomes a huge one.
        (packed <= bytes.into() && unpacked <= MOST_UNPACKED).then_some(entries)
    }

    /// `None` for what no document has: macros, and names that lead out of where it is unpacked.
    fn take(&mut self, name: &[u8]) -> Option<()> {
        let leads_out = name.starts_with(b"/") || name.contains(&b'\\') || name.windows(2).any(|two| two == b"..");
        let is_macro =
            name.ends_with(b"vbaProject.bin") || name.starts_with(b"Basic/") || name.starts_with(b"Scripts/");
        if leads_out || is_macro {
            return None;
        }
        self.has_types |= name == b"[Content_Types].xml";
        // Some programs number it: `document2.xml`.
        let main = [
            (&b"word/document"[..], FileKind::Docx),
            (b"xl/workbook", FileKind::Xlsx),
            (b"ppt/presentation", FileKind::Pptx),
        ];
        let is_main = |(part, _): &&(&[u8], _)| name.starts_with(part) && name.ends_with(b".xml");
        self.main = self.main.or(main.iter().find(is_main).map(|(_, kind)| *kind));
        Some(())
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_le_bytes(*two).into())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What every document of Word has.
    pub const DOCUMENT: [(&str, &[u8]); 3] =
        [("[Content_Types].xml", b"<Types/>"), ("_rels/.rels", b""), ("word/document.xml", b"<w:document/>")];

    /// An archive of entries that are not compressed.
    pub fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut out, mut list) = (Vec::new(), Vec::new());
        let word = |number: usize| u32::try_from(number).unwrap_or_default().to_le_bytes();
        for (name, bytes) in entries {
            let at = out.len();
            let [size, name_size] = [word(bytes.len()), word(name.len())];
            let sizes = [&[0; 4][..], &size, &size, &name_size[..2], &[0; 2]].concat();
            out.extend([ENTRY, &[0; 10], &sizes, name.as_bytes(), bytes].concat());
            list.extend([LISTED, &[0; 12], &sizes, &[0; 10], &word(at), name.as_bytes()].concat());
        }
        let at = out.len();
        let count = word(entries.len());
        let end = [END, &[0; 4], &count[..2], &count[..2], &word(list.len()), &word(at), &[0; 2]].concat();
        [out, list, end].concat()
    }

    type Listed<'a> = &'a [(&'a str, &'a [u8])];

    fn kind(archive: &[u8]) -> Option<FileKind> {
        super::super::kind::of(u32::try_from(archive.len()).unwrap_or_default(), &|piece| {
            archive.get(piece.start as usize..piece.end as usize).unwrap_or_default().to_vec()
        })
    }

    #[test]
    fn an_archive_is_the_document_whose_parts_it_has() {
        let types = ("[Content_Types].xml", &b"<Types/>"[..]);
        let odt = ("mimetype", &b"application/vnd.oasis.opendocument.text"[..]);
        let cases: [(Listed<'_>, Option<FileKind>); 12] = [
            (&[types, ("word/document2.xml", b"")], Some(FileKind::Docx)),
            (&[("xl/workbook.xml", b""), types], Some(FileKind::Xlsx)),
            (&[types, ("ppt/presentation.xml", b""), ("ppt/slides/slide1.xml", b"")], Some(FileKind::Pptx)),
            (&[odt, ("content.xml", b"")], Some(FileKind::Odt)),
            (&[("mimetype", b"application/vnd.oasis.opendocument.text-template"), ("content.xml", b"")], None),
            (&[("word/document.xml", b"")], None),
            (&[types, ("xl/workbook.bin", b"")], None),
            (&[types, ("word/document.xml", b""), ("word/vbaProject.bin", b"")], None),
            (&[odt, ("Basic/Standard/Module1.xml", b"")], None),
            (&[types, ("word/document.xml", b""), ("../../.bashrc", b"")], None),
            (&[("a.txt", b"hello")], None),
            (&[], None),
        ];
        for (entries, kind) in cases {
            assert_eq!(super::tests::kind(&archive(entries)), kind, "{entries:?}");
        }
    }

    #[test]
    fn an_archive_that_does_not_add_up_is_none() {
        let whole = archive(&DOCUMENT);
        let list_at = u32::try_from(whole.windows(4).position(|four| four == LISTED).unwrap_or_default());
        let list_at = list_at.unwrap_or_default() as usize;
        // Sizes in the list, then the list's own size and place, all as large as can be.
        for at in [list_at + 20, list_at + 24, whole.len() - 10, whole.len() - 6] {
            let mut bad = whole.clone();
            bad[at..at + 4].copy_from_slice(&[0xff; 4]);
            assert_eq!(kind(&bad), None, "{at}");
        }
        // Any byte of list and end may be anything: nothing panics.
        for at in list_at..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bad = whole.clone();
                bad[at] = byte;
                kind(&bad);
            }
        }
    }
}
