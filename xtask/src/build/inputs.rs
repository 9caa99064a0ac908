//! What each part is made from.

use crate::fingerprint::{Fingerprint, Stamp};
use crate::process;
use crate::project::Project;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates of the workspace and which of them each needs.
pub struct Inputs {
    crates: BTreeMap<PathBuf, Package>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
    kind: Option<String>,
}

/// Shared by all parts. The pipeline itself is one of them.
const COMMON: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
    "package-lock.json",
    "xtask/src/build.rs",
    "xtask/src/build",
];

impl Inputs {
    /// Asks cargo, so that no list of crates can be out of date.
    pub fn read(project: &Project) -> Result<Self> {
        let mut cargo = Command::new("cargo");
        cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(&project.root);
        let text = process::output(&mut cargo).context("`cargo metadata` failed; run it by hand to see why")?;
        let metadata: Metadata = serde_json::from_str(&text).context("cannot read `cargo metadata`")?;
        let crates = metadata.packages.into_iter().filter_map(|package| Some((package.dir()?, package)));
        Ok(Self { crates: crates.collect() })
    }

    /// The stamp of a part: of its crate and all crates of ours that it needs.
    pub fn stamp(&self, project: &Project, name: &str) -> Result<Stamp> {
        let (dir, _) = self.crates.iter().find(|(_, package)| package.name == name).context("no such crate")?;
        let mut needed = BTreeSet::new();
        self.collect(dir, &mut needed);
        let common = COMMON.iter().map(|path| project.root.join(path));
        let all = common.chain(needed).try_fold(Fingerprint::default(), |print, path| print.tree(&path))?;
        Ok(Stamp::new(project.dist.join("stamps").join(name), all.finish()))
    }

    fn collect(&self, dir: &Path, needed: &mut BTreeSet<PathBuf>) {
        let Some(package) = self.crates.get(dir) else { return };
        if needed.insert(dir.to_path_buf()) {
            let normal = package.dependencies.iter().filter(|dependency| dependency.kind.is_none());
            normal.filter_map(|dependency| dependency.path.as_deref()).for_each(|path| self.collect(path, needed));
        }
    }
}

impl Package {
    fn dir(&self) -> Option<PathBuf> {
        Some(self.manifest_path.parent()?.to_path_buf())
    }
}
