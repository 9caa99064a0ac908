//! The demo shop, and the headers of everything that is served as a file.

use super::assets::Assets;
use crate::local::Demo;
use crate::project::Project;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The last rule that sets a header wins; a `!` takes it away. Hashed names never change their content.
const HEADERS: &str = "\
/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
connect-src 'self'; img-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'
  Cache-Control: no-cache

/beckon.js
  ! Content-Security-Policy
  ! Cache-Control
  Cache-Control: public, max-age=300
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin

/widget/*
  ! Content-Security-Policy
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin

/app/*
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable

/demo/*
  ! Content-Security-Policy
";

/// What a page of the demo shop holds where its script tag points at us.
const ORIGIN: &str = "{{origin}}";
/// What it holds for the widget's key.
const KEY: &str = "{{widget_key}}";

/// Writes `_headers`, and the demo shop for `demo`.
pub fn lay_out(project: &Project, demo: Option<&Demo>, assets: &mut Assets) -> Result<()> {
    if let Some(demo) = demo {
        shop(&project.root.join("demo"), "demo", demo, assets)?;
    }
    assets.write("_headers", HEADERS.as_bytes())
}

fn shop(dir: &Path, name: &str, demo: &Demo, assets: &mut Assets) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        let name = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            shop(&path, &name, demo, assets)?;
        } else {
            assets.write(&name, &filled(&path, demo)?)?;
        }
    }
    Ok(())
}

/// Text has its placeholders filled in; pictures are left alone.
fn filled(path: &Path, demo: &Demo) -> Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text.replace(ORIGIN, &demo.origin()).replace(KEY, demo.widget_key.as_str()).into_bytes(),
        Err(binary) => binary.into_bytes(),
    })
}
