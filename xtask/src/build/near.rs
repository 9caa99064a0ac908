//! The order of a module's functions for brotli. It finds again whatever it has seen, but says in fewer bits what stood near:
//! each is followed by the one most like it, and those of one type stand together. 1 % of the chat.

use super::order::sorted;
use anyhow::Result;

/// Bytes of a run. Of 2 to 6, these did best.
const RUN: usize = 4;

/// The module with names by which its functions sort as they had better stand, for wasm-opt's
/// `--reorder-functions-by-name`. Errors: what is no module, or has names already.
pub fn named(wasm: &[u8]) -> Result<Vec<u8>> {
    sorted(wasm, order)
}

/// The first stays the first. Of equals the first follows, so that the same code has the same order.
fn order(bodies: &[&[u8]], types: &[usize]) -> Vec<usize> {
    let runs: Vec<_> = bodies.iter().map(|body| runs(body)).collect();
    let mut waiting: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    let mut place = 0;
    while !waiting.is_empty() {
        let last = waiting.remove(place);
        order.push(last);
        let mut best = (false, 0, 1);
        place = 0;
        for (at, other) in waiting.iter().enumerate() {
            let (shared, all) = likeness(&runs[last], &runs[*other]);
            let new = (types[last] == types[*other], shared, all);
            if (new.0, new.1 * best.2) > (best.0, best.1 * new.2) {
                (best, place) = (new, at);
            }
        }
    }
    order
}

/// Every run once, sorted.
fn runs(body: &[u8]) -> Vec<&[u8]> {
    let mut runs: Vec<_> = body.windows(RUN).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// How many runs two have in common, of how many in all. The latter is one more, so that those that have none are unlike.
fn likeness(a: &[&[u8]], b: &[&[u8]]) -> (usize, usize) {
    let (mut shared, mut rest) = (0, b);
    for run in a {
        let at = rest.partition_point(|other| other < run);
        rest = &rest[at..];
        shared += usize::from(rest.first() == Some(run));
    }
    (shared, a.len() + b.len() - shared + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_followed_by_the_one_most_like_it_and_first_of_all_by_its_type() {
        let bodies: [&[u8]; 6] = [b"abcdefgh", b"stuvwxyz", b"abcdefgh", b"abcdefg", b"stuvwxy", b"12345678"];
        for (types, expected) in [
            ([0, 0, 0, 0, 0, 0], [0, 2, 3, 1, 4, 5]),
            ([0, 0, 1, 0, 1, 1], [0, 3, 1, 4, 2, 5]),
            ([0, 1, 0, 1, 0, 1], [0, 2, 4, 1, 3, 5]),
        ] {
            assert_eq!(order(&bodies, &types), expected, "{types:?}");
        }
        assert_eq!(order(&[], &[]), [] as [usize; 0]);
    }

    #[test]
    fn likeness_counts_every_run_once() {
        for (a, b, expected) in [
            (&b"abcdabcdabcd"[..], &b"abcd"[..], (1, 5)),
            (b"abcde", b"bcdef", (1, 4)),
            (b"abc", b"abc", (0, 1)),
            (b"abcd", b"wxyz", (0, 3)),
        ] {
            assert_eq!(likeness(&runs(a), &runs(b)), expected, "{a:?} {b:?}");
        }
    }
}
