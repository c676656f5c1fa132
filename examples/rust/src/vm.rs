// SPDX-License-Identifier: MIT
//! A VM, from its call to its end.
use crate::error::{text, Error, Status};
use crate::ffi::{self, fk_vm};
use crate::lower::{raise, with_params};
use crate::value::Value;
use std::ffi::CString;
use std::mem;
use std::os::raw::c_int;
use std::ptr::{self, NonNull};

/// A Lua VM. It may be called from any thread; calls wait for each other, at most call_timeout,
/// then the error is [`crate::Status::Busy`]. Dropping it closes it.
#[derive(Debug)]
pub struct Vm {
    pub(crate) raw: NonNull<fk_vm>,
}

// SAFETY: a VM may be called from any thread, and calls wait for each other (fk_vm.h, "Threads").
// Its closures are Send, and run within one such call at a time.
unsafe impl Send for Vm {}
unsafe impl Sync for Vm {}

impl Vm {
    /// Calls a global Lua function and gives its first result.
    pub fn call(&self, method: &str, args: &[Value]) -> Result<Value, Error> {
        unsafe { call(self.raw.as_ptr(), method, args) }
    }

    /// Calls a global Lua function without waiting for it. That the function fails is a line of the
    /// output, not an error here.
    pub fn notify(&self, method: &str, args: &[Value]) -> Result<(), Error> {
        unsafe { notify(self.raw.as_ptr(), method, args) }
    }

    /// Does what is waiting, and lets an idle VM collect garbage.
    pub fn poll(&self) -> Result<(), Error> {
        unsafe { Error::check(ffi::fk_try_poll(self.raw.as_ptr())) }
    }

    /// A descriptor that is readable when there is something to poll; None for an embedded VM,
    /// which wants a poll every 50 to 200 ms while it is idle.
    pub fn fd(&self) -> Option<c_int> {
        Some(unsafe { ffi::fk_vm_fd(self.raw.as_ptr()) }).filter(|fd| *fd >= 0)
    }

    /// Ends what runs in the VM, at every level. Where nothing runs it does nothing.
    pub fn interrupt(&self) {
        unsafe { ffi::fk_vm_interrupt(self.raw.as_ptr()) };
    }

    pub fn stats(&self) -> Result<Stats, Error> {
        let mut stats: ffi::fk_stats = unsafe { mem::zeroed() };
        stats.size = mem::size_of::<ffi::fk_stats>();
        if unsafe { ffi::fk_vm_stats(self.raw.as_ptr(), &mut stats) } != ffi::FK_OK {
            return Err(Error::last());
        }
        Ok(Stats {
            backend: unsafe { text(stats.backend) }.unwrap_or_default(),
            pid: stats.pid,
            alive: stats.alive,
            memory: stats.memory,
            calls: stats.calls,
            errors: stats.errors,
            limited_by: unsafe { text(stats.limited_by) }.unwrap_or_default(),
        })
    }

    /// Closes the VM, and says what did not go as it should. [`Status::Busy`]: a host method of
    /// the VM had it and closed it; it stays open, for good.
    pub fn close(self) -> Result<(), Error> {
        let raw = self.raw.as_ptr();
        mem::forget(self);
        unsafe { Error::check(ffi::fk_try_close(raw)) }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        let _ = unsafe { Error::check(ffi::fk_try_close(self.raw.as_ptr())) };
    }
}

/// What a VM is doing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stats {
    pub backend: String,
    /// Of the child, or 0.
    pub pid: i64,
    pub alive: bool,
    /// Bytes that the VM's Lua holds.
    pub memory: u64,
    /// Calls and notifications that reached the VM, and those of them that failed.
    pub calls: u64,
    pub errors: u64,
    /// What ends work at its limit, e.g. "signal 63".
    pub limited_by: String,
}

pub(crate) unsafe fn call(vm: *mut fk_vm, method: &str, args: &[Value]) -> Result<Value, Error> {
    let name = name_of(method)?;
    with_params(args, |params| {
        let mut result = ptr::null_mut();
        Error::check(ffi::fk_try_call(vm, name.as_ptr(), params, &mut result))?;
        let value = raise(&*result);
        ffi::fk_value_free(result);
        Ok(value)
    })
}

pub(crate) unsafe fn notify(vm: *mut fk_vm, method: &str, args: &[Value]) -> Result<(), Error> {
    let name = name_of(method)?;
    with_params(args, |params| Error::check(ffi::fk_try_notify(vm, name.as_ptr(), params)))
}

fn name_of(method: &str) -> Result<CString, Error> {
    CString::new(method).map_err(|_| {
        Error::new(Status::Invalid, format!("the name of the method {method:?} has a NUL"))
    })
}
