//! Prints the document; the build puts it among the assets.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    writeln!(io::stdout().lock(), "{:#}", openapi::document())
}
