//! The order of a module's functions. gzip finds again only what stood within its window, so those that resemble each
//! other had better stand side by side: 18 KB of the edge, of which nothing else changes.

use super::binary::{CODE, CUSTOM, FUNCTION, FUNCTIONS, IMPORTS, Module, Reader, TAG, write_bytes, write_number};
use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet, VecDeque};

/// Of the section of names: those of functions.
const FUNCTION_NAMES: u8 = 1;

/// How far gzip looks back, in bytes.
const WINDOW: usize = 32 * 1024;
/// Bytes of which two functions share a run. Of fewer, gzip makes little; of 5 to 7, these did best.
const RUN: usize = 6;
/// A run in more functions than this is near at hand wherever one stands.
const COMMON: usize = 200;

/// The module with names by which its functions sort as they had better stand, for wasm-opt's
/// `--reorder-functions-by-name`. Errors: what is no module, or has names already.
pub fn named(wasm: &[u8]) -> Result<Vec<u8>> {
    sorted(wasm, |bodies, _| order(bodies))
}

/// As [`named`], for an order that is made of bodies and types, both by function.
pub fn sorted(wasm: &[u8], order: impl Fn(&[&[u8]], &[usize]) -> Vec<usize>) -> Result<Vec<u8>> {
    let module = Module::read(wasm)?;
    let imported = module.section(IMPORTS).map_or(Ok(0), imported)?;
    let bodies = bodies(module.section(CODE).context("the Wasm module has no code")?)?;
    let types = types(module.section(FUNCTIONS).context("the Wasm module's functions have no types")?)?;
    let is_names =
        |(id, section): &(u8, &[u8])| *id == CUSTOM && Reader(section).text().is_ok_and(|name| name == "name");
    if module.sections.iter().any(is_names) {
        bail!("the Wasm module has names");
    }
    let mut out = wasm.to_vec();
    out.push(CUSTOM);
    write_bytes(&mut out, &names(imported, &order(&bodies, &types)));
    Ok(out)
}

/// The bodies of functions.
fn bodies(section: &[u8]) -> Result<Vec<&[u8]>> {
    let mut rest = Reader(section);
    (0..rest.number()?).map(|_| rest.bytes()).collect()
}

/// The types of functions, as places in the list of types.
fn types(section: &[u8]) -> Result<Vec<usize>> {
    let mut rest = Reader(section);
    (0..rest.number()?).map(|_| rest.number()).collect()
}

/// How many functions are imported: they are counted before the module's own.
fn imported(section: &[u8]) -> Result<usize> {
    let mut rest = Reader(section);
    let mut functions = 0;
    for _ in 0..rest.number()? {
        let (_, name) = (rest.text()?, rest.text()?);
        match rest.byte()? {
            FUNCTION => functions += 1,
            TAG => drop(rest.byte()?),
            _ => bail!("the import {name} is neither a function nor a tag"),
        }
        rest.number()?;
    }
    Ok(functions)
}

/// A section of names for functions that are to stand in this order.
fn names(imported: usize, order: &[usize]) -> Vec<u8> {
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, function)| places[*function] = place);
    let mut map = Vec::new();
    write_number(&mut map, places.len());
    for (function, place) in places.iter().enumerate() {
        write_number(&mut map, imported + function);
        write_bytes(&mut map, format!("f{place:07}").as_bytes());
    }
    let mut section = Vec::new();
    write_bytes(&mut section, b"name");
    section.push(FUNCTION_NAMES);
    write_bytes(&mut section, &map);
    section
}

/// The next is always the one that shares most, for its length, with what gzip still sees.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut line = Line::new(bodies);
    while let Some(next) = line.best() {
        line.push(next);
    }
    line.order
}

/// Functions, some in line and some waiting.
struct Line<'a> {
    bodies: &'a [&'a [u8]],
    /// The runs of each function, as places in `owners`.
    runs: Vec<Vec<usize>>,
    /// The functions that have each run.
    owners: Vec<Vec<usize>>,
    /// How many functions in the window have each run.
    seen: Vec<u32>,
    /// How many runs of each function somebody in the window has.
    shared: Vec<u64>,
    waiting: Vec<usize>,
    window: VecDeque<usize>,
    /// Bytes in the window.
    bytes: usize,
    order: Vec<usize>,
}

impl<'a> Line<'a> {
    fn new(bodies: &'a [&'a [u8]]) -> Self {
        let (runs, owners) = runs(bodies);
        Self {
            bodies,
            runs,
            seen: vec![0; owners.len()],
            owners,
            shared: vec![0; bodies.len()],
            waiting: (0..bodies.len()).collect(),
            window: VecDeque::new(),
            bytes: 0,
            order: Vec::with_capacity(bodies.len()),
        }
    }

    /// Who shares most for the root of its length: by the length itself, short ones would all come first. Of equals, the
    /// first, so that the same code has the same order.
    fn best(&self) -> Option<usize> {
        let square = |function: usize| u128::from(self.shared[function]).pow(2);
        let length = |function: usize| self.bodies[function].len() as u128;
        let better = |a: &usize, b: &usize| (square(*a) * length(*b)).cmp(&(square(*b) * length(*a)));
        self.waiting.iter().copied().rev().max_by(better)
    }

    fn push(&mut self, function: usize) {
        self.waiting.retain(|other| *other != function);
        self.order.push(function);
        self.window.push_back(function);
        self.bytes += self.bodies[function].len();
        for run in &self.runs[function] {
            self.seen[*run] += 1;
            if self.seen[*run] == 1 {
                self.owners[*run].iter().for_each(|owner| self.shared[*owner] += 1);
            }
        }
        while self.bytes > WINDOW && self.window.len() > 1 {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(function) = self.window.pop_front() else { return };
        self.bytes -= self.bodies[function].len();
        for run in &self.runs[function] {
            self.seen[*run] -= 1;
            if self.seen[*run] == 0 {
                self.owners[*run].iter().for_each(|owner| self.shared[*owner] -= 1);
            }
        }
    }
}

/// The runs of each function that some others have too, and the functions that have each.
fn runs(bodies: &[&[u8]]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let mut all: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, body) in bodies.iter().enumerate() {
        let own: HashSet<_> = body.windows(RUN).collect();
        own.into_iter().for_each(|run| all.entry(run).or_default().push(function));
    }
    let owners: Vec<_> = all.into_values().filter(|owners| (2..=COMMON).contains(&owners.len())).collect();
    let mut runs = vec![Vec::new(); bodies.len()];
    for (run, owners) in owners.iter().enumerate() {
        owners.iter().for_each(|owner| runs[*owner].push(run));
    }
    (runs, owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likes_stand_side_by_side_and_equals_keep_their_order() {
        let [a, b]: [Vec<u8>; 2] = [(0..60).collect(), (100..160).collect()];
        let longer = [b.as_slice(), &[7; 9]].concat();
        let bodies: [&[u8]; 6] = [&a, &b, &[1, 2], &a[1..], &longer, &[1, 2]];
        assert_eq!(order(&bodies), [0, 3, 1, 4, 2, 5]);
    }

    #[test]
    fn what_has_left_the_window_is_forgotten() {
        let (far, near): (Vec<u8>, Vec<u8>) = ((0..50).collect(), (50..100).collect());
        let wide: Vec<u8> =
            far.iter().copied().chain((0..WINDOW).map(|n| (n * n / 7) as u8)).chain(near.clone()).collect();
        let bodies: [&[u8]; 3] = [&far, &wide, &near];
        let mut line = Line::new(&bodies);
        line.push(0);
        assert_eq!(line.shared[1], 45);
        line.push(1);
        assert_eq!(line.window, [1], "the first stands further back than gzip looks");
        line.push(2);
        assert_eq!(line.shared, [0, 45, 45], "now that has gone, too");
    }

    #[test]
    fn every_function_has_one_place() {
        let bodies: Vec<Vec<u8>> =
            (0..80u32).map(|n| (0..n % 23 * 9).map(|k| (k * (n % 5 + 1)) as u8).collect()).collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let mut all = order(&bodies);
        assert_eq!(all, order(&bodies), "the same twice");
        all.sort_unstable();
        assert!(all.into_iter().eq(0..bodies.len()));
    }

    #[test]
    fn names_count_imported_functions_first() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        // Of a function of type 0 and a tag of type 1.
        wasm.push(IMPORTS);
        write_bytes(&mut wasm, b"\x02\x01m\x01f\x00\x00\x01m\x01t\x04\x00\x01");
        wasm.push(FUNCTIONS);
        write_bytes(&mut wasm, b"\x02\x00\x00");
        wasm.push(CODE);
        write_bytes(&mut wasm, b"\x02\x02\x00\x0b\x02\x00\x0b");
        let named = named(&wasm).unwrap();
        assert_eq!(named[..wasm.len()], wasm);
        assert_eq!(named[wasm.len()..], *b"\0\x1c\x04name\x01\x15\x02\x01\x08f0000000\x02\x08f0000001");
        assert!(super::named(&named).is_err(), "it has names now");
        assert!(super::named(b"\0asm").is_err());
    }
}
