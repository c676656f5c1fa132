// SPDX-License-Identifier: MIT
//! Host methods and output: closures that the VM calls. No panic leaves one.
use crate::error::Error;
use crate::ffi::*;
use crate::lower::{raise, Lowering};
use crate::value::Value;
use crate::vm;
use std::any::Any;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_int, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice;

/// One call of a host method.
pub struct Request<'a> {
    vm: *mut fk_vm,
    method: &'a str,
    params: Value,
    is_notification: bool,
}

impl Request<'_> {
    pub fn method(&self) -> &str {
        self.method
    }

    /// The positional parameters.
    pub fn args(&self) -> &[Value] {
        self.params.as_array().unwrap_or(&[])
    }

    /// The parameters if the script sent one table of names.
    pub fn named(&self) -> Option<&BTreeMap<String, Value>> {
        self.params.as_object()
    }

    /// Nobody waits for the answer.
    pub fn is_notification(&self) -> bool {
        self.is_notification
    }

    /// As [`crate::Vm::call`], of the VM that called.
    pub fn call(&self, method: &str, args: &[Value]) -> Result<Value, Error> {
        unsafe { vm::call(self.vm, method, args) }
    }

    /// As [`crate::Vm::notify`], of the VM that called.
    pub fn notify(&self, method: &str, args: &[Value]) -> Result<(), Error> {
        unsafe { vm::notify(self.vm, method, args) }
    }
}

/// Why a host method failed: an error of the script. `?` makes one of every [`std::error::Error`].
#[derive(Clone, Debug)]
pub struct Failure {
    code: i32,
    message: String,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::with_code(FK_CODE_INTERNAL, message)
    }

    /// With a code of your own, in -32099..=-32000.
    pub fn with_code(code: i32, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(error.to_string())
    }
}

/// What kind of output a line or a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    Print,
    Debug,
    Info,
    Warning,
    Critical,
    /// A child's raw standard output.
    Stdout,
    /// A child's standard error.
    Stderr,
}

const LEVELS: [Level; 7] = [
    Level::Print,
    Level::Debug,
    Level::Info,
    Level::Warning,
    Level::Critical,
    Level::Stdout,
    Level::Stderr,
];

pub(crate) type Method = Box<dyn Fn(&Request) -> Result<Value, Failure> + Send>;
pub(crate) type Output = Box<dyn Fn(Level, &[u8]) + Send>;

/// What a VM holds until it is gone. `methods` never moves: C has pointers to its items.
pub(crate) struct Callbacks {
    pub methods: Vec<Method>,
    pub output: Option<Output>,
}

pub(crate) unsafe extern "C" fn host(
    user: *mut c_void,
    request: *mut fk_request,
    params: *const fk_value,
) -> c_int {
    let name = CStr::from_ptr(fk_request_method(request)).to_str().unwrap_or_default();
    let answered = catch_unwind(AssertUnwindSafe(|| {
        let method = &*(user as *const Method);
        let asked = Request {
            vm: fk_request_vm(request),
            method: name,
            params: raise(&*params),
            is_notification: fk_request_is_notification(request),
        };
        method(&asked)
    }));
    let answer = answered.unwrap_or_else(|panic| {
        Err(Failure::new(format!("the host method '{name}' panicked: {}", words(panic))))
    });
    match answer {
        Ok(result) => reply(request, &result),
        Err(failure) => fail(request, &failure),
    }
    FK_OK // it has been answered
}

unsafe fn reply(request: *mut fk_request, result: &Value) {
    let mut lowering = Lowering::default();
    match lowering.lower(result) {
        Ok(lowered) => {
            fk_reply(request, &lowered); // one that cannot cross fails the request
        }
        Err(why) => fail(request, &Failure::with_code(FK_CODE_BAD_VALUE, why.message)),
    }
}

unsafe fn fail(request: *mut fk_request, failure: &Failure) {
    let message = CString::new(failure.message.replace('\0', "\\0")).unwrap_or_default();
    fk_fail(request, failure.code, message.as_ptr());
}

fn words(panic: Box<dyn Any + Send>) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| words.to_string());
    words
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without words".into())
}

/// The hook of panics has said on standard error what an output closure panicked with.
pub(crate) unsafe extern "C" fn output(
    user: *mut c_void,
    level: c_int,
    text: *const c_char,
    size: usize,
) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let level = usize::try_from(level).ok().and_then(|place| LEVELS.get(place));
        let bytes = if size == 0 { &[] } else { slice::from_raw_parts(text as *const u8, size) };
        if let Some(call) = &(*(user as *const Callbacks)).output {
            call(level.copied().unwrap_or(Level::Info), bytes);
        }
    }));
}

pub(crate) unsafe extern "C" fn finalize(user: *mut c_void) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(user as *mut Callbacks))));
}
