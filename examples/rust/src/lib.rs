// SPDX-License-Identifier: MIT
//! Lua in VMs, embedded in this process or in a child: `FK_VM_BACKEND` decides.
//!
//! ```no_run
//! use fkvm::{args, Options};
//!
//! # fn main() -> Result<(), fkvm::Error> {
//! let vm = Options::new("game.lua")
//!     .method("draw", |request| {
//!         let count = request.args()[0].as_int().unwrap_or(1);
//!         Ok(count.into())
//!     })
//!     .open()?;
//! let sum: i64 = vm.call("add", args![1, 2])?.try_into()?;
//! # assert_eq!(sum, 3);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Vm`] may be called from any thread; calls wait for each other. Host methods run on the
//! thread that called, and may call their VM again by their [`Request`]. A panic in one becomes an
//! error of the script. Dropping a [`Vm`] closes it.
mod error;
mod ffi;
mod host;
mod lower;
mod options;
mod value;
mod vm;

pub use error::{Error, Status};
pub use host::{Failure, Level, Request};
pub use options::{Options, Sandbox};
pub use value::Value;
pub use vm::{Stats, Vm};

/// The parameters of a call, each made a [`Value`]: `vm.call("add", args![1, "two", 3.0])`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] as &[$crate::Value] };
}
