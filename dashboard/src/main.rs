//! Where agents answer.

fn main() {}
