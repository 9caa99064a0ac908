//! cargo xtask dev | test | build | deploy

fn main() {}
