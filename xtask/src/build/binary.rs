//! The Wasm binary format, as far as we read and write it.

use anyhow::{Context, Result, bail};

/// The bytes of magic number and version.
const PREAMBLE: usize = 8;

/// A module's sections in their order, each with its id, and the bytes before them.
pub struct Module<'a> {
    /// Magic number and version.
    pub preamble: &'a [u8],
    /// Their ids and what is in them.
    pub sections: Vec<(u8, &'a [u8])>,
}

impl<'a> Module<'a> {
    /// Errors: what is no module.
    pub fn read(wasm: &'a [u8]) -> Result<Self> {
        let (preamble, rest) = wasm.split_at_checked(PREAMBLE).context("not a Wasm module")?;
        let mut rest = Reader(rest);
        let mut sections = Vec::new();
        while !rest.0.is_empty() {
            sections.push((rest.byte()?, rest.bytes()?));
        }
        Ok(Self { preamble, sections })
    }

    /// The first section with this id.
    pub fn section(&self, id: u8) -> Option<&'a [u8]> {
        self.sections.iter().find(|(other, _)| *other == id).map(|(_, section)| *section)
    }
}

/// Ids of sections.
pub const CUSTOM: u8 = 0;
/// What is imported.
pub const IMPORTS: u8 = 2;
/// The types of functions.
pub const FUNCTIONS: u8 = 3;
/// The bodies of functions.
pub const CODE: u8 = 10;

/// Kinds of what is imported: a function.
pub const FUNCTION: u8 = 0;
/// By which exceptions are known.
pub const TAG: u8 = 4;

/// Reads from the front of what is left.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the Wasm module ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// An unsigned LEB128 of at most 32 bits.
    pub fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        bail!("a number in the Wasm module has no end")
    }

    /// Bytes with their number before them.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    /// UTF-8 with its number of bytes before it.
    pub fn text(&mut self) -> Result<&'a str> {
        Ok(std::str::from_utf8(self.bytes()?)?)
    }
}

/// An unsigned LEB128.
pub fn write_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 128 {
        out.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Bytes with their number before them.
pub fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// For tests: a module of one custom section, and imported functions with their types.
#[cfg(test)]
pub fn importing(from: &str, functions: &[(&str, usize)]) -> Vec<u8> {
    let mut section = vec![functions.len() as u8];
    for (name, kind) in functions {
        write_bytes(&mut section, from.as_bytes());
        write_bytes(&mut section, name.as_bytes());
        section.push(FUNCTION);
        write_number(&mut section, *kind);
    }
    let mut out = b"\0asm\x01\0\0\0".to_vec();
    for (id, bytes) in [(CUSTOM, b"\x01x-".to_vec()), (IMPORTS, section)] {
        out.push(id);
        write_bytes(&mut out, &bytes);
    }
    out
}
