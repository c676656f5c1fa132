// SPDX-License-Identifier: MIT
//! The crate on the backend that FK_VM_BACKEND names.
use fkvm::{args, Failure, Level, Options, Status, Value, Vm};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn options() -> Options {
    Options::new("tests/test.lua")
}

fn open() -> Vm {
    options().open().unwrap()
}

fn raises(result: Result<Value, fkvm::Error>, status: Status, part: &str) -> fkvm::Error {
    let why = result.expect_err(part);
    assert_eq!(why.status, status, "{why}");
    assert!(why.message.contains(part), "expected {part:?} in: {why}");
    why
}

#[test]
fn opens_on_the_backend_chosen() {
    let vm = open();
    vm.call("echo", args![]).unwrap();
    let stats = vm.stats().unwrap();
    if let Ok(wanted) = std::env::var("FK_VM_BACKEND") {
        assert_eq!(stats.backend, wanted);
    }
    assert!(stats.alive && stats.memory > 0 && stats.calls == 1 && stats.errors == 0, "{stats:?}");
    assert_ne!(stats.limited_by, "nothing");
}

#[test]
fn open_fails() {
    let dropped = Arc::new(());
    let held = dropped.clone();
    let opened = Options::new("tests/nowhere.lua").method("f", move |_| {
        let _ = &held;
        Ok(Value::Null)
    });
    let why = opened.open().unwrap_err();
    assert_eq!(why.status, Status::OpenFailed);
    assert!(why.message.contains("nowhere.lua"), "{why}");
    assert_eq!(Arc::strong_count(&dropped), 1);
    assert_eq!(options().backend("nowhere").open().unwrap_err().status, Status::NoBackend);
    assert_eq!(Options::new("a\0b").open().unwrap_err().status, Status::Invalid);
}

#[test]
fn values_cross() {
    let vm = open();
    let mut object = BTreeMap::new();
    object.insert("hp".to_string(), Value::Int(3));
    object.insert("names".to_string(), args!["张飞", ()].iter().cloned().collect());
    let values = [
        Value::Null,
        true.into(),
        i64::MAX.into(),
        i64::MIN.into(),
        3.0.into(),
        f64::NEG_INFINITY.into(),
        "".into(),
        Value::String(b"any \0 bytes \xff".to_vec()),
        Value::Array(vec![]),
        Value::Object(BTreeMap::new()),
        Value::Object(object),
        "long".repeat(50_000).into(),
    ];
    for value in values {
        assert_eq!(vm.call("echo", std::slice::from_ref(&value)).unwrap(), value);
    }
    let minus = vm.call("echo", args![-0.0]).unwrap().as_float().unwrap();
    assert!(minus == 0.0 && minus.is_sign_negative());
    assert!(vm.call("echo", args![f64::NAN]).unwrap().as_float().unwrap().is_nan());
    assert_eq!(vm.call("kind", args![3]).unwrap().as_str(), Some("integer"));
    assert_eq!(vm.call("kind", args![3.0]).unwrap().as_str(), Some("float"));
    let many: Vec<Value> = (0..100).map(Value::from).collect();
    assert_eq!(vm.call("echo", &many).unwrap(), Value::Int(0));
}

#[test]
fn values_that_do_not_fit() {
    let vm = open();
    let mut deep = Value::Null;
    for _ in 0..1000 {
        deep = Value::Array(vec![deep]);
    }
    raises(vm.call("echo", &[deep]), Status::BadValue, "128 arrays and objects");
    let mut object = BTreeMap::new();
    object.insert("a\0b".to_string(), Value::Null);
    raises(vm.call("echo", &[Value::Object(object)]), Status::BadValue, "params[0]");
    let text: Result<String, _> = vm.call("add", args![1, 2]).unwrap().try_into();
    assert_eq!(text.unwrap_err().message, "the value is an integer, not a string");
    let text: Result<String, _> = Value::String(vec![255]).try_into();
    assert_eq!(text.unwrap_err().status, Status::BadValue);
}

#[test]
fn an_error_has_its_traceback() {
    let vm = open();
    let why = raises(vm.call("digs", args![]), Status::ScriptError, "nil value");
    assert!(why.traceback.unwrap().contains("in function 'digs'"));
    assert_eq!(why.method.as_deref(), Some("digs"));
    assert!(why.vm_alive);
    raises(vm.call("nowhere", args![]), Status::NoMethod, "nowhere");
    raises(vm.call("a\0b", args![]), Status::Invalid, "NUL");
    assert_eq!(why.status.to_string(), "SCRIPT_ERROR");
}

#[test]
fn host_methods() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let vm = options()
        .method("draw", move |request| {
            noted.lock().unwrap().push((request.args().to_vec(), request.is_notification()));
            Ok(["slash", "peach"].iter().copied().collect())
        })
        .method("*", |request| Ok(request.method().into()))
        .open()
        .unwrap();
    let hand = vm.call("ask", args!["draw", 2, ()]).unwrap();
    assert_eq!(hand, args!["slash", "peach"].iter().cloned().collect());
    assert_eq!(vm.call("ask", args!["anything"]).unwrap().as_str(), Some("anything"));
    vm.notify("tell", args!["draw", 7]).unwrap();
    vm.call("echo", args![]).unwrap(); // behind the notification
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, [(args![2, ()].to_vec(), false), (args![7].to_vec(), true)]);
}

#[test]
fn host_methods_fail() {
    let vm = options()
        .method("refuses", |_| Err(Failure::with_code(-32042, "not\0now")))
        .method("parses", |_| Ok(Value::Int("x".parse()?)))
        .method("panics", |request| Ok(request.args()[3].clone()))
        .method("formats", |_| panic!("with {}", "words"))
        .open()
        .unwrap();
    for (method, wanted) in [
        ("refuses", "not\\0now (-32042)"),
        ("parses", "invalid digit"),
        ("panics", "the host method 'panics' panicked: index out of bounds"),
        ("formats", "panicked: with words"),
    ] {
        let said: String = vm.call("try", args![method]).unwrap().try_into().unwrap();
        assert!(said.contains(wanted), "expected {wanted:?} in: {said}");
        raises(vm.call("ask", args![method]), Status::ScriptError, "");
    }
}

#[test]
fn host_methods_call_their_vm() {
    let vm = options()
        .method("down", |request| match request.args()[0].as_int() {
            Some(level) if level > 0 => {
                let below = request.call("ask", args!["down", level - 1])?;
                Ok(format!("{level} {}", String::try_from(below)?).into())
            }
            _ => Ok("bottom".into()),
        })
        .open()
        .unwrap();
    let said = vm.call("ask", args!["down", 5]).unwrap();
    assert_eq!(said.as_str(), Some("5 4 3 2 1 bottom"));
    raises(vm.call("ask", args!["down", 1000]), Status::ScriptError, "max_nesting");
}

#[test]
fn output() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let taken = lines.clone();
    let vm = options()
        .output(move |level, line| {
            assert_ne!(line, b"panic");
            taken.lock().unwrap().push((level, line.to_vec()));
        })
        .open()
        .unwrap();
    for line in ["one", "panic", "two"] {
        vm.call("say", args![line]).unwrap();
    }
    let expected = [(Level::Print, b"one".to_vec()), (Level::Print, b"two".to_vec())];
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[test]
fn closing_drops_the_closures() {
    let count = Arc::new(());
    for is_dropped in [true, false] {
        let (a, b) = (count.clone(), count.clone());
        let vm = options()
            .method("f", move |_| Ok(Value::from(Arc::strong_count(&a) as i64)))
            .output(move |_, _| drop(b.clone()))
            .open()
            .unwrap();
        assert_eq!(vm.call("ask", args!["f"]).unwrap(), Value::Int(3));
        if is_dropped {
            drop(vm);
        } else {
            vm.close().unwrap();
        }
        assert_eq!(Arc::strong_count(&count), 1);
    }
}

#[test]
fn limits_and_interrupts() {
    let vm = options().call_timeout(Duration::from_millis(20)).open().unwrap();
    raises(vm.call("spins", args![]), Status::Timeout, "20 ms (call_timeout)");

    let (started, starts) = channel();
    let vm = options()
        .method("started", move |_| {
            started.send(())?;
            Ok(Value::Null)
        })
        .open()
        .unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| vm.call("starts_to_spin", args![]));
        starts.recv().unwrap();
        vm.interrupt();
        raises(call.join().unwrap(), Status::Interrupted, "");
    });
    assert_eq!(vm.call("add", args![1, 2]).unwrap(), Value::Int(3));
}

/// 4,000 calls, half of which fail, each with words of its own.
#[test]
fn no_thread_sees_the_error_of_another() {
    let vms = [open(), open()];
    let next = AtomicUsize::new(0);
    let work = || loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        if i >= 4000 {
            return;
        }
        let wanted = format!("words of {i}");
        let method = ["echo", "fails"][i % 2];
        match vms[i / 2 % 2].call(method, args![wanted.as_str()]) {
            Ok(value) => assert!(i % 2 == 0 && value.as_str() == Some(&wanted)),
            Err(why) => assert!(i % 2 == 1 && why.message == wanted, "{why}"),
        }
    };
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(work);
        }
    });
}
