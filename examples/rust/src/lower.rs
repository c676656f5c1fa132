// SPDX-License-Identifier: MIT
//! Values as C has them, and back.
use crate::error::{Error, Status};
use crate::ffi::*;
use crate::value::Value;
use std::collections::BTreeMap;
use std::slice;

pub(crate) const NULL: fk_value = fk_value { kind: FK_NULL, size: 0, bits: 0 };

fn cell(kind: u32, size: usize, bits: u64) -> fk_value {
    // A size that does not fit is u32::MAX, which the library refuses with its place.
    fk_value { kind, size: u32::try_from(size).unwrap_or(u32::MAX), bits }
}

/// Holds the arrays and objects that lowered values point to. Strings stay where they are.
#[derive(Default)]
pub(crate) struct Lowering {
    items: Vec<Vec<fk_value>>,
    members: Vec<Vec<fk_member>>,
}

impl Lowering {
    /// The result points into `self` and `value`.
    pub fn lower(&mut self, value: &Value) -> Result<fk_value, Error> {
        self.lower_to(value, FK_MAX_DEPTH)
    }

    fn lower_to(&mut self, value: &Value, depth: usize) -> Result<fk_value, Error> {
        Ok(match value {
            Value::Null => NULL,
            Value::Bool(it) => cell(FK_BOOL, 0, u64::from(*it)),
            Value::Int(it) => cell(FK_INT, 0, *it as u64),
            Value::Float(it) => cell(FK_DOUBLE, 0, it.to_bits()),
            Value::String(it) => string(it),
            Value::Array(it) => self.array(it, below(depth)?)?,
            Value::Object(it) => self.object(it, below(depth)?)?,
        })
    }

    fn array(&mut self, array: &[Value], depth: usize) -> Result<fk_value, Error> {
        let items =
            array.iter().map(|item| self.lower_to(item, depth)).collect::<Result<Vec<_>, _>>()?;
        let lowered = cell(FK_ARRAY, items.len(), items.as_ptr() as u64);
        self.items.push(items); // its buffer stays where it is
        Ok(lowered)
    }

    fn object(
        &mut self,
        object: &BTreeMap<String, Value>,
        depth: usize,
    ) -> Result<fk_value, Error> {
        let members = object
            .iter()
            .map(|(name, value)| {
                Ok(fk_member { name: string(name.as_bytes()), value: self.lower_to(value, depth)? })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let lowered = cell(FK_OBJECT, members.len(), members.as_ptr() as u64);
        self.members.push(members);
        Ok(lowered)
    }
}

fn string(bytes: &[u8]) -> fk_value {
    cell(FK_STRING, bytes.len(), bytes.as_ptr() as u64)
}

fn below(depth: usize) -> Result<usize, Error> {
    depth.checked_sub(1).ok_or_else(|| {
        let why = "value cannot cross: more than 128 arrays and objects lie within each other";
        Error::new(Status::BadValue, why)
    })
}

const FEW: usize = 8;

/// Lowers the parameters of a call, few of them on the stack, and gives them to `run` as an array.
pub(crate) fn with_params<R>(
    args: &[Value],
    run: impl FnOnce(*const fk_value) -> Result<R, Error>,
) -> Result<R, Error> {
    let mut lowering = Lowering::default();
    let mut few = [NULL; FEW];
    let mut many = Vec::new();
    let items = if args.len() <= FEW {
        &mut few[..args.len()]
    } else {
        many.resize(args.len(), NULL);
        &mut many[..]
    };
    for (to, value) in items.iter_mut().zip(args) {
        *to = lowering.lower_to(value, FK_MAX_DEPTH - 1)?;
    }
    run(&cell(FK_ARRAY, items.len(), items.as_ptr() as u64))
}

/// A copy of all that a value of C has.
pub(crate) unsafe fn raise(c: &fk_value) -> Value {
    match c.kind {
        FK_BOOL => Value::Bool(c.bits != 0),
        FK_INT => Value::Int(c.bits as i64),
        FK_DOUBLE => Value::Float(f64::from_bits(c.bits)),
        FK_STRING => Value::String(part::<u8>(c).to_vec()),
        FK_ARRAY => Value::Array(part::<fk_value>(c).iter().map(|item| raise(item)).collect()),
        FK_OBJECT => Value::Object(part::<fk_member>(c).iter().map(|m| member(m)).collect()),
        _ => Value::Null,
    }
}

unsafe fn member(c: &fk_member) -> (String, Value) {
    let name = String::from_utf8_lossy(part::<u8>(&c.name)).into_owned(); // it is UTF-8
    (name, raise(&c.value))
}

unsafe fn part<T>(c: &fk_value) -> &[T] {
    if c.size == 0 {
        return &[];
    }
    slice::from_raw_parts(c.bits as usize as *const T, c.size as usize)
}
