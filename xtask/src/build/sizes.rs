//! What everything weighs, and what it may weigh. Bytes are deterministic, so they are a gate; times are not.

use crate::project::Project;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
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
    let rows = weigh(project)?;
    for Weight { what, bytes, budget } in &rows {
        let mark = if bytes <= budget { "✓" } else { "✗" };
        println!("  {mark} {what:<46} {bytes:>9} bytes, at most {budget}");
    }
    Ok(rows.iter().all(|row| row.bytes <= row.budget))
}

fn weigh(project: &Project) -> Result<Vec<Weight>> {
    let assets = project.assets();
    let loader = brotli(&[assets.join("beckon.js")])?;
    let chat = brotli(&files(&assets.join("widget"))?)?;
    let app = files(&assets.join("app"))?.into_iter().chain([assets.join("index.html")]);
    let edge = project.root.join("edge/build");
    Ok(vec![
        Weight { what: "widget before interaction (brotli)", bytes: loader, budget: 2_000 },
        Weight { what: "widget to an open chat (brotli)", bytes: loader + chat, budget: 30_000 },
        Weight {
            what: "dashboard to the queue on screen (brotli)",
            bytes: brotli(&app.collect::<Vec<_>>())?,
            budget: 350_000,
        },
        Weight {
            what: "edge worker (gzip)",
            bytes: gzip(&[edge.join("index.js"), edge.join("index_bg.wasm")])?,
            budget: 400_000,
        },
    ])
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

/// The sum over the files, each compressed alone, as it travels.
fn brotli(files: &[PathBuf]) -> Result<usize> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    sum(files, |bytes| {
        let mut out = Vec::new();
        brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
        Ok(out.len())
    })
}

fn gzip(files: &[PathBuf]) -> Result<usize> {
    sum(files, |bytes| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes)?;
        Ok(encoder.finish()?.len())
    })
}

fn sum(files: &[PathBuf], size: impl Fn(&[u8]) -> Result<usize>) -> Result<usize> {
    let sizes =
        files.iter().map(|file| size(&fs::read(file).with_context(|| format!("cannot read {}", file.display()))?));
    sizes.sum()
}
