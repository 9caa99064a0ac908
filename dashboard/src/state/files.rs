//! What may be sent besides text, as it stands in a form. Pure.

use crate::rules::{decimal, shown};
use protocol::file::FileSettings;

/// A megabyte, KiB.
const MB: u32 = 1024;
/// The least and the most that a form takes, KiB: what is less than a tenth of a megabyte lets no picture through.
const RANGE: (u32, u32) = (MB / 10, FileSettings::MAX_KB.1);

/// What stands in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// Pictures may be sent.
    pub images: bool,
    /// Documents may be sent.
    pub documents: bool,
    /// The largest file, MB.
    pub largest: String,
}

/// The largest file is not within the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl FileDraft {
    /// As it is.
    pub fn of(files: FileSettings) -> FileDraft {
        FileDraft { images: files.images, documents: files.documents, largest: shown(files.max_kb, MB) }
    }

    /// As it shall be. Errors: [`TooLarge`]; a size that nobody has touched is always within.
    pub fn settings(&self, old: FileSettings) -> Result<FileSettings, TooLarge> {
        let (images, documents) = (self.images, self.documents);
        if self.largest == FileDraft::of(old).largest {
            return Ok(FileSettings { images, documents, ..old });
        }
        let written = decimal(&self.largest, MB).and_then(|kb| u32::try_from(kb).ok());
        let max_kb = written.filter(|kb| (RANGE.0..=RANGE.1).contains(kb)).ok_or(TooLarge)?;
        Ok(FileSettings { images, documents, max_kb })
    }
}

/// The least and the most of [`FileDraft::largest`], MB.
pub fn range() -> (String, String) {
    (shown(RANGE.0, MB), shown(RANGE.1, MB))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_in_megabytes() {
        let old = FileSettings { max_kb: 5, ..FileSettings::default() };
        let cases = [
            ("10", Ok(10_240)),
            (" 2,5 ", Ok(2_560)),
            ("25", Ok(25_600)),
            ("25.1", Err(TooLarge)),
            ("0.05", Err(TooLarge)),
            ("", Err(TooLarge)),
            ("ten", Err(TooLarge)),
        ];
        for (largest, max_kb) in cases {
            let draft = FileDraft { largest: largest.to_owned(), ..FileDraft::of(old) };
            assert_eq!(draft.settings(old).map(|files| files.max_kb), max_kb, "{largest}");
        }
        assert_eq!(range(), ("0.1".to_owned(), "25".to_owned()));
    }

    #[test]
    fn what_nobody_has_touched_stays_as_it_is() {
        for max_kb in [1, 5, 512, 10_240, 25_600] {
            let old = FileSettings { images: false, documents: true, max_kb };
            assert_eq!(FileDraft::of(old).settings(old), Ok(old));
        }
        let off = FileDraft { documents: false, ..FileDraft::of(FileSettings::default()) };
        let files = off.settings(FileSettings::default());
        assert_eq!(files, Ok(FileSettings { documents: false, ..FileSettings::default() }));
    }
}
