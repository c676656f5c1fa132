// SPDX-License-Identifier: MIT
//! How a VM opens.
use crate::error::{Error, Status};
use crate::ffi::*;
use crate::host::{self, Callbacks, Failure, Level, Method, Output, Request};
use crate::value::Value;
use crate::vm::Vm;
use std::ffi::CString;
use std::mem;
use std::os::raw::{c_char, c_void};
use std::ptr::{self, NonNull};
use std::time::Duration;

/// What scripts may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sandbox {
    Game,
    Trusted,
    Strict,
}

/// The options of a VM: those of fk_vm_options, which has the meaning and the default of each.
#[derive(Default)]
pub struct Options {
    backend: Option<String>,
    script: Option<String>,
    directory: Option<String>,
    command: Vec<String>,
    methods: Vec<(String, Method)>,
    output: Option<Output>,
    limits: Limits,
    sandbox: u32,
    no_template: bool,
}

#[derive(Default)]
struct Limits {
    memory: u64,
    open: u32,
    call: u32,
    close: u32,
    host: u32,
}

impl Options {
    /// The entry script.
    pub fn new(script: impl Into<String>) -> Options {
        Options { script: Some(script.into()), ..Options::default() }
    }

    /// A backend by name; else `$FK_VM_BACKEND` names it.
    pub fn backend(mut self, name: impl Into<String>) -> Options {
        self.backend = Some(name.into());
        self
    }

    pub fn directory(mut self, path: impl Into<String>) -> Options {
        self.directory = Some(path.into());
        self
    }

    /// The command line of the child.
    pub fn command<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Options {
        self.command = words.into_iter().map(Into::into).collect();
        self
    }

    /// A host method. The name "*" takes all calls that no other takes.
    pub fn method(
        mut self,
        name: impl Into<String>,
        call: impl Fn(&Request) -> Result<Value, Failure> + Send + 'static,
    ) -> Options {
        self.methods.push((name.into(), Box::new(call)));
        self
    }

    /// Takes each line that the VM prints, and each record of its log, whole with its newlines; any
    /// bytes. Without it they go to standard output.
    pub fn output(mut self, call: impl Fn(Level, &[u8]) + Send + 'static) -> Options {
        self.output = Some(Box::new(call));
        self
    }

    pub fn memory_limit(mut self, bytes: u64) -> Options {
        self.limits.memory = bytes;
        self
    }

    pub fn open_timeout(mut self, limit: Duration) -> Options {
        self.limits.open = milliseconds(limit);
        self
    }

    /// `Duration::MAX` is no limit.
    pub fn call_timeout(mut self, limit: Duration) -> Options {
        self.limits.call = milliseconds(limit);
        self
    }

    pub fn close_timeout(mut self, limit: Duration) -> Options {
        self.limits.close = milliseconds(limit);
        self
    }

    pub fn host_timeout(mut self, limit: Duration) -> Options {
        self.limits.host = milliseconds(limit);
        self
    }

    pub fn sandbox(mut self, level: Sandbox) -> Options {
        self.sandbox = level as u32;
        self
    }

    /// Loads the script anew, not as a copy of a template.
    pub fn no_template(mut self) -> Options {
        self.no_template = true;
        self
    }

    /// Opens the VM. Returns when the script is loaded.
    pub fn open(self) -> Result<Vm, Error> {
        let mut texts = Texts::default();
        let mut c: fk_vm_options = unsafe { mem::zeroed() }; // zero is the default of each
        c.size = mem::size_of::<fk_vm_options>();
        c.backend = texts.optional(&self.backend)?;
        c.script = texts.optional(&self.script)?;
        c.directory = texts.optional(&self.directory)?;
        let command = texts.list(&self.command)?;
        if !self.command.is_empty() {
            c.command = command.as_ptr();
        }
        c.memory_limit = self.limits.memory;
        c.open_timeout = self.limits.open;
        c.call_timeout = self.limits.call;
        c.close_timeout = self.limits.close;
        c.host_timeout = self.limits.host;
        c.sandbox = self.sandbox;
        c.flags = u32::from(self.no_template);
        open(c, texts, self.methods, self.output)
    }
}

fn open(
    mut c: fk_vm_options,
    mut texts: Texts,
    named: Vec<(String, Method)>,
    output: Option<Output>,
) -> Result<Vm, Error> {
    let (names, methods): (Vec<_>, Vec<_>) = named.into_iter().unzip();
    let callbacks = Box::new(Callbacks { methods, output });
    let mut entries = Vec::new();
    for (name, method) in names.iter().zip(&callbacks.methods) {
        entries.push(entry(texts.add(name)?, Some(host::host), method));
    }
    entries.push(entry(ptr::null(), None, ptr::null()));
    c.methods = entries.as_ptr();
    c.output = callbacks.output.as_ref().map(|_| host::output as fk_output_fn);
    c.user = Box::into_raw(callbacks) as *mut c_void; // finalize takes it back
    c.finalize = Some(host::finalize);
    let mut raw = ptr::null_mut();
    unsafe { Error::check(fk_try_open(&c, &mut raw))? };
    let raw = NonNull::new(raw).expect("fk_try_open() gave neither a VM nor an error");
    Ok(Vm { raw })
}

fn entry(name: *const c_char, call: Option<fk_host_fn>, user: *const Method) -> fk_method {
    fk_method { name, call, user: user as *const c_void, flags: 0, reserved: [0; 3] }
}

/// Rounded up: a limit below a millisecond must not become the default. u32::MAX is none.
fn milliseconds(limit: Duration) -> u32 {
    let rounded = (limit.as_nanos() + 999_999) / 1_000_000;
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

/// Terminated texts, until the VM is open.
#[derive(Default)]
struct Texts(Vec<CString>);

impl Texts {
    fn add(&mut self, text: &str) -> Result<*const c_char, Error> {
        let text = CString::new(text).map_err(|_| {
            Error::new(Status::Invalid, format!("{text:?} in the options has a NUL"))
        })?;
        self.0.push(text);
        Ok(self.0[self.0.len() - 1].as_ptr())
    }

    fn optional(&mut self, text: &Option<String>) -> Result<*const c_char, Error> {
        text.as_ref().map_or(Ok(ptr::null()), |text| self.add(text))
    }

    fn list(&mut self, texts: &[String]) -> Result<Vec<*const c_char>, Error> {
        let mut list = texts.iter().map(|text| self.add(text)).collect::<Result<Vec<_>, _>>()?;
        list.push(ptr::null());
        Ok(list)
    }
}
