//! Skipping work whose inputs did not change.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// A hash over files.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds a file, or every file below a directory in order of name. What is not there adds nothing.
    pub fn tree(mut self, path: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(path, &mut files)?;
        for file in files {
            let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            self.0.update(file.to_string_lossy().as_bytes());
            self.0.update(bytes.len().to_le_bytes());
            self.0.update(&bytes);
        }
        Ok(self)
    }

    /// As text.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// The part of a content hash that goes into a file name: 64 bits never meet by chance.
pub fn content_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}

/// A note of the inputs that a result was made from.
pub struct Stamp {
    path: PathBuf,
    now: String,
}

impl Stamp {
    /// The stamp at `path`, for the inputs as they are now.
    pub fn new(path: PathBuf, now: String) -> Self {
        Self { path, now }
    }

    /// Whether the result was made from the very same inputs.
    pub fn fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|old| old == self.now)
    }

    /// Notes that the result was made.
    pub fn set(&self) -> Result<()> {
        if let Some(parent) = self.path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&self.path, &self.now).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        entries.sort();
        // `build` below a crate is what worker-build wrote.
        entries.iter().filter(|entry| !entry.ends_with("edge/build")).try_for_each(|entry| collect(entry, files))?;
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_only_for_its_own_inputs() {
        let path = std::env::temp_dir().join(format!("beckon-stamp-{}", std::process::id()));
        let stamp = Stamp::new(path.clone(), "one".into());
        assert!(!stamp.fresh());
        stamp.set().unwrap();
        assert!(stamp.fresh());
        assert!(!Stamp::new(path.clone(), "two".into()).fresh());
        fs::remove_file(path).unwrap();
    }
}
