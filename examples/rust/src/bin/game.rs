// SPDX-License-Identifier: MIT
//! A server of one game: it opens a VM, answers its host method, calls it, and shows an error.
//! `FK_VM_BACKEND` decides where the VM lives.
use fkvm::{args, Failure, Options, Request, Value, Vm};
use std::cell::RefCell;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let vm = open("game.lua")?;
    for name in ["Zhang Fei", "Guan Yu"] {
        let seat: i64 = vm.call("join", args![name])?.try_into()?;
        println!("{name} sits on seat {seat}");
    }
    for (name, hand) in vm.call("deal", args![2])?.as_object().ok_or("no hands")? {
        println!("{name} has {}", text(hand));
    }
    if let Err(why) = vm.call("deal", args![2]) {
        println!("{} - {why}\n{}", why.status, why.traceback.as_deref().unwrap_or_default());
    }
    if let Err(why) = vm.call("lose", args![]) {
        println!("{why}");
    }
    vm.close()?;
    Ok(())
}

fn open(script: &str) -> Result<Vm, fkvm::Error> {
    let deck = RefCell::new(vec!["slash", "duel", "dodge", "peach", "slash"]);
    Options::new(script)
        .method("draw", move |request| draw(&mut deck.borrow_mut(), request))
        .output(|_, line| println!("game: {}", String::from_utf8_lossy(line)))
        .open()
}

fn draw(deck: &mut Vec<&'static str>, request: &Request) -> Result<Value, Failure> {
    let count = request.args().first().and_then(Value::as_int).unwrap_or(1);
    let count = usize::try_from(count)?;
    if count > deck.len() {
        return Err(Failure::new(format!("{} cards are left, not {count}", deck.len())));
    }
    Ok(deck.split_off(deck.len() - count).into_iter().rev().collect())
}

fn text(hand: &Value) -> String {
    let cards = hand.as_array().unwrap_or(&[]);
    cards.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}
