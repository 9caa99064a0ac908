//! The directory that is served.

use crate::fingerprint::content_hash;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes into the directory in place, because a running server watches it; what is not written anew goes at the end.
pub struct Assets {
    dir: PathBuf,
    written: BTreeSet<PathBuf>,
}

impl Assets {
    /// Starts a new layout of `dir`.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, written: BTreeSet::new() }
    }

    /// Writes a file; one that holds the very same bytes is not touched.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.dir.join(name);
        if fs::read(&path).ok().as_deref() != Some(bytes) {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.written.insert(path);
        Ok(())
    }

    /// Writes a file under a name with its content's hash, and answers with its address.
    pub fn write_hashed(&mut self, stem: &str, extension: &str, bytes: &[u8]) -> Result<String> {
        let name = format!("{stem}-{}.{extension}", content_hash(bytes));
        self.write(&name, bytes)?;
        Ok(format!("/{name}"))
    }

    /// Removes what no longer belongs here.
    pub fn finish(self) -> Result<()> {
        self.sweep(&self.dir)
    }

    fn sweep(&self, dir: &Path) -> Result<()> {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                self.sweep(&path)?;
            } else if !self.written.contains(&path) {
                fs::remove_file(&path)?;
            }
        }
        // Fails unless the directory is empty, which is what we want.
        let _ = fs::remove_dir(dir);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_layout_leaves_nothing_of_the_old_one() {
        let dir = std::env::temp_dir().join(format!("beckon-assets-{}", std::process::id()));
        let mut first = Assets::new(dir.clone());
        let old = first.write_hashed("app/app", "js", b"old").unwrap();
        first.write("kept.txt", b"kept").unwrap();
        first.finish().unwrap();
        let mut second = Assets::new(dir.clone());
        second.write("kept.txt", b"kept").unwrap();
        second.finish().unwrap();
        assert!(dir.join("kept.txt").is_file());
        assert!(!dir.join(old.trim_start_matches('/')).exists());
        assert!(!dir.join("app").exists());
        fs::remove_dir_all(dir).unwrap();
    }
}
