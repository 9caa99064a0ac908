//! What everything weighs, and what it may weigh. Bytes are deterministic, so they are a gate; times are not.

use crate::fingerprint::content_hash;
use crate::project::Project;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// 1 KB is 1,000 bytes here, the stricter reading.
struct Weight {
    what: &'static str,
    bytes: usize,
    budget: usize,
}

/// Prints the table; the answer is whether every line is within its budget.
pub fn report(project: &Project) -> Result<bool> {
    let mut known = Known::read(project);
    let rows = weigh(project, &mut known)?;
    known.save()?;
    for Weight { what, bytes, budget } in &rows {
        let mark = if bytes <= budget { "✓" } else { "✗" };
        println!("  {mark} {what:<46} {bytes:>9} bytes, at most {budget}");
    }
    Ok(rows.iter().all(|row| row.bytes <= row.budget))
}

fn weigh(project: &Project, known: &mut Known) -> Result<Vec<Weight>> {
    let assets = project.assets();
    let loader = known.sum(&[assets.join("beckon.js")], brotli)?;
    let chat = loader + known.sum(&files(&assets.join("widget"))?, brotli)?;
    let more = known.sum(&files(&assets.join("widget/files"))?, brotli)?;
    let app: Vec<_> = files(&assets.join("app"))?.into_iter().chain([assets.join("index.html")]).collect();
    let app = known.sum(&app, brotli)?;
    let edge = ["index.js", "index_bg.wasm"].map(|name| project.root.join("edge/build").join(name));
    let edge = known.sum(&edge, gzip)?;
    let row = |what, bytes, budget| Weight { what, bytes, budget };
    Ok(vec![
        row("widget before interaction (brotli)", loader, 2_000),
        // All that the finished product may weigh, and all that a chat without files needs.
        row("widget to an open chat (brotli)", chat, 40_000),
        // Beside the chat, once. Code that both need is in both: std, JSON, requests, the database.
        row("files in the chat, once there are any (brotli)", more, 18_000),
        row("dashboard to the queue on screen (brotli)", app, 350_000),
        row("edge worker (gzip)", edge, 400_000),
    ])
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let all: Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    Ok(all?.into_iter().filter(|path| path.is_file()).collect())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out.len())
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

/// Sizes by content: the best compression takes seconds, and most files are those of the last build.
struct Known {
    path: PathBuf,
    before: BTreeMap<String, usize>,
    now: BTreeMap<String, usize>,
}

impl Known {
    fn read(project: &Project) -> Self {
        let path = project.dist.join("stamps/sizes.json");
        let before = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { path, before, now: BTreeMap::new() }
    }

    fn save(&self) -> Result<()> {
        Ok(fs::write(&self.path, serde_json::to_vec(&self.now)?)?)
    }

    /// The sum over the files, each compressed alone, as it travels.
    fn sum(&mut self, files: &[PathBuf], size: fn(&[u8]) -> Result<usize>) -> Result<usize> {
        files.iter().map(|file| self.one(file, size)).sum()
    }

    fn one(&mut self, file: &Path, size: fn(&[u8]) -> Result<usize>) -> Result<usize> {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let hash = content_hash(&bytes);
        let bytes = self.before.get(&hash).map_or_else(|| size(&bytes), |known| Ok(*known))?;
        self.now.insert(hash, bytes);
        Ok(bytes)
    }
}
