// SPDX-License-Identifier: MIT
//! Nanoseconds of a call with two arguments, for test/bench/languages.py.
//!
//!     bench SCRIPT BATCHES
use fkvm::{args, Options, Vm};
use std::env;
use std::error::Error;
use std::time::Instant;

const BATCH: i64 = 1000; // calls

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().collect();
    let vm = Options::new(&words[1]).open()?;
    // The fastest of many batches: what else the machine does is in the others.
    let mut best = f64::INFINITY;
    for _ in 0..words[2].parse()? {
        let start = Instant::now();
        batch(&vm)?;
        best = best.min(start.elapsed().as_nanos() as f64 / BATCH as f64);
    }
    println!("rust: {best}");
    vm.close()?;
    Ok(())
}

fn batch(vm: &Vm) -> Result<(), fkvm::Error> {
    for i in 0..BATCH {
        let sum: i64 = vm.call("add", args![i, 2])?.try_into()?;
        assert_eq!(sum, i + 2);
    }
    Ok(())
}
