// SPDX-License-Identifier: MIT
//! What this crate uses of fk_value.h, fk_vm.h and fk_foreign.h.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_int, c_void};

pub const FK_OK: c_int = 0;

pub const FK_NULL: u32 = 0;
pub const FK_BOOL: u32 = 1;
pub const FK_INT: u32 = 2;
pub const FK_DOUBLE: u32 = 3;
pub const FK_STRING: u32 = 4;
pub const FK_ARRAY: u32 = 5;
pub const FK_OBJECT: u32 = 6;
pub const FK_MAX_DEPTH: usize = 128;

pub const FK_CODE_INTERNAL: i32 = -32603;
pub const FK_CODE_BAD_VALUE: i32 = -32003;

pub enum fk_vm {}
pub enum fk_request {}

/// `bits` is the union: an integer, the bits of a double, or a pointer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct fk_value {
    pub kind: u32,
    pub size: u32,
    pub bits: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct fk_member {
    pub name: fk_value,
    pub value: fk_value,
}

#[repr(C)]
pub struct fk_error {
    pub size: usize,
    pub status: c_int,
    pub vm_alive: bool,
    pub code: i32,
    pub exit_status: i32,
    pub message: *const c_char,
    pub traceback: *const c_char,
    pub method: *const c_char,
    pub death: c_int,
}

pub type fk_host_fn = unsafe extern "C" fn(*mut c_void, *mut fk_request, *const fk_value) -> c_int;
pub type fk_output_fn = unsafe extern "C" fn(*mut c_void, c_int, *const c_char, usize);

#[repr(C)]
pub struct fk_method {
    pub name: *const c_char,
    pub call: Option<fk_host_fn>,
    pub user: *const c_void,
    pub flags: u32,
    pub reserved: [u32; 3],
}

#[repr(C)]
pub struct fk_vm_options {
    pub size: usize,
    pub backend: *const c_char,
    pub script: *const c_char,
    pub directory: *const c_char,
    pub command: *const *const c_char,
    pub environment: *const *const c_char,
    pub preload: *const *const c_char,
    pub methods: *const fk_method,
    pub output: Option<fk_output_fn>,
    pub user: *mut c_void,
    pub finalize: Option<unsafe extern "C" fn(*mut c_void)>,
    pub memory_limit: u64,
    pub open_timeout: u32,
    pub call_timeout: u32,
    pub close_timeout: u32,
    pub max_message: u32,
    pub max_output: u32,
    pub max_nesting: u32,
    pub sandbox: u32,
    pub flags: u32,
    pub interrupt_signal: c_int,
    pub max_values: u32,
    pub max_host_calls: u32,
    pub reserved: u32,
    pub host_timeout: u32,
}

#[repr(C)]
pub struct fk_stats {
    pub size: usize,
    pub backend: *const c_char,
    pub pid: i64,
    pub alive: bool,
    pub from_template: bool,
    pub sandbox: u32,
    pub sandbox_reached: *const c_char,
    pub memory: u64,
    pub memory_peak: u64,
    pub rss: u64,
    pub calls: u64,
    pub errors: u64,
    pub requests: u64,
    pub notifications: u64,
    pub failed_notifications: u64,
    pub messages_dropped: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub output_cut: u64,
    pub vm_ns: u64,
    pub host_ns: u64,
    pub runtime: *const c_char,
    pub limited_by: *const c_char,
    pub host_ns_max: u64,
}

extern "C" {
    pub fn fk_status_name(status: c_int) -> *const c_char;
    pub fn fk_death_name(death: c_int) -> *const c_char;
    pub fn fk_error_last() -> *const fk_error;
    pub fn fk_value_free(value: *mut fk_value);
    pub fn fk_error_free(error: *mut fk_error);

    pub fn fk_try_open(options: *const fk_vm_options, vm: *mut *mut fk_vm) -> *mut fk_error;
    pub fn fk_try_call(
        vm: *mut fk_vm,
        method: *const c_char,
        params: *const fk_value,
        result: *mut *mut fk_value,
    ) -> *mut fk_error;
    pub fn fk_try_notify(
        vm: *mut fk_vm,
        method: *const c_char,
        params: *const fk_value,
    ) -> *mut fk_error;
    pub fn fk_try_poll(vm: *mut fk_vm) -> *mut fk_error;
    pub fn fk_try_close(vm: *mut fk_vm) -> *mut fk_error;

    pub fn fk_vm_interrupt(vm: *mut fk_vm) -> c_int;
    pub fn fk_vm_fd(vm: *mut fk_vm) -> c_int;
    pub fn fk_vm_stats(vm: *mut fk_vm, stats: *mut fk_stats) -> c_int;

    pub fn fk_reply(request: *mut fk_request, result: *const fk_value) -> c_int;
    pub fn fk_fail(request: *mut fk_request, code: i32, message: *const c_char) -> c_int;
    pub fn fk_request_method(request: *const fk_request) -> *const c_char;
    pub fn fk_request_is_notification(request: *const fk_request) -> bool;
    pub fn fk_request_vm(request: *const fk_request) -> *mut fk_vm;
}
