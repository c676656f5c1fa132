// SPDX-License-Identifier: MIT
//! What a function that failed says.
use crate::ffi;
use std::ffi::CStr;
use std::fmt;
use std::os::raw::{c_char, c_int};

/// What kind of failure an [`Error`] is. fk_value.h says for each what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    Invalid = 1,
    NoMemory,
    NoBackend,
    OpenFailed,
    NoMethod,
    ScriptError,
    BadValue,
    Timeout,
    MemoryLimit,
    Interrupted,
    VmDied,
    Protocol,
    Busy,
    Unstoppable,
    /// Of a library that is newer than this crate.
    Unknown,
}

const STATUSES: [Status; 14] = [
    Status::Invalid,
    Status::NoMemory,
    Status::NoBackend,
    Status::OpenFailed,
    Status::NoMethod,
    Status::ScriptError,
    Status::BadValue,
    Status::Timeout,
    Status::MemoryLimit,
    Status::Interrupted,
    Status::VmDied,
    Status::Protocol,
    Status::Busy,
    Status::Unstoppable,
];

impl Status {
    pub(crate) fn of(status: c_int) -> Status {
        let place = usize::try_from(status - 1).unwrap_or(usize::MAX);
        STATUSES.get(place).copied().unwrap_or(Status::Unknown)
    }
}

impl fmt::Display for Status {
    /// The status as a word, e.g. SCRIPT_ERROR.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&unsafe { text(ffi::fk_status_name(*self as c_int)) }.unwrap_or_default())
    }
}

/// A failure that the library reported.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Error {
    pub status: Status,
    pub message: String,
    /// From where the script failed.
    pub traceback: Option<String>,
    /// The function called.
    pub method: Option<String>,
    /// The JSON-RPC code that the other side sent, or 0.
    pub code: i32,
    /// Of a dead child: its exit code, or minus the signal.
    pub exit_status: i32,
    /// Why a dead VM died, e.g. OUT_OF_MEMORY.
    pub death: Option<String>,
    /// The VM can be called again.
    pub vm_alive: bool,
}

impl Error {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Error {
        Error {
            status,
            message: message.into(),
            traceback: None,
            method: None,
            code: 0,
            exit_status: 0,
            death: None,
            vm_alive: true,
        }
    }

    /// Takes and frees what a fk_try_ function gave.
    pub(crate) unsafe fn check(error: *mut ffi::fk_error) -> Result<(), Error> {
        if error.is_null() {
            return Ok(());
        }
        let copy = Error::copy(&*error);
        ffi::fk_error_free(error);
        Err(copy)
    }

    /// What the function before said on this thread.
    pub(crate) fn last() -> Error {
        unsafe { Error::copy(&*ffi::fk_error_last()) }
    }

    unsafe fn copy(c: &ffi::fk_error) -> Error {
        Error {
            status: Status::of(c.status),
            message: text(c.message).unwrap_or_default(),
            traceback: text(c.traceback),
            method: text(c.method),
            code: c.code,
            exit_status: c.exit_status,
            death: if c.death == 0 { None } else { text(ffi::fk_death_name(c.death)) },
            vm_alive: c.vm_alive,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A terminated text of C, or None for NULL.
pub(crate) unsafe fn text(c: *const c_char) -> Option<String> {
    if c.is_null() {
        return None;
    }
    Some(CStr::from_ptr(c).to_string_lossy().into_owned())
}
