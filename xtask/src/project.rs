//! Where things are.

use anyhow::{Context, Result};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The work tree and everything that xtask makes in it.
pub struct Project {
    /// The top of the work tree.
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
    /// Installed command line tools; git-ignored.
    pub tools: PathBuf,
    /// Everything built for the web; git-ignored.
    pub dist: PathBuf,
    /// State of local runs; git-ignored.
    pub dev: PathBuf,
}

impl Project {
    /// The project that this xtask was built from.
    pub fn find() -> Result<Self> {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.parent().context("xtask stands in no work tree")?.to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { target, tools: root.join(".tools"), dist: root.join("dist"), dev: root.join(".dev"), root })
    }

    /// The directory that is served.
    pub fn assets(&self) -> PathBuf {
        self.dist.join("assets")
    }

    /// A tool of node_modules.
    pub fn node_bin(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// A tool that cargo installed.
    pub fn cargo_bin(&self, name: &str) -> PathBuf {
        self.tools.join("bin").join(name)
    }

    /// PATH with `first` and our own tools before everything else: our Node wins over an older one.
    pub fn path_with(&self, first: &[PathBuf]) -> OsString {
        let ours = [self.root.join("node_modules/.bin"), self.tools.join("bin")];
        let old = env::var_os("PATH").unwrap_or_default();
        let all = first.iter().cloned().chain(ours).chain(env::split_paths(&old));
        env::join_paths(all).unwrap_or(old)
    }
}
