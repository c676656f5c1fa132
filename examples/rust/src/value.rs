// SPDX-License-Identifier: MIT
//! The values that cross, and what of Rust becomes one.
use crate::error::{Error, Status};
use std::collections::BTreeMap;

/// A value of Lua. Integers stay integers of 64 bits; 3.0 stays distinct from 3. A string of Lua is
/// any bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(Vec<u8>),
    Array(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(it) => Some(*it),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(it) => Some(*it),
            _ => None,
        }
    }

    /// Of an integer too.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Float(it) => Some(*it),
            Value::Int(it) => Some(*it as f64),
            _ => None,
        }
    }

    /// A string, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        self.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::String(it) => Some(it),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(it) => Some(it),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Value::Object(it) => Some(it),
            _ => None,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a float",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    fn is_not(&self, wanted: &str) -> Error {
        Error::new(Status::BadValue, format!("the value is {}, not {wanted}", self.kind()))
    }
}

macro_rules! from {
    ($($rust:ty, $it:ident => $value:expr;)*) => {
        $(impl From<$rust> for Value {
            fn from($it: $rust) -> Value {
                $value
            }
        })*
    };
}

from! {
    (), _it => Value::Null;
    bool, it => Value::Bool(it);
    i8, it => Value::Int(it.into());
    i16, it => Value::Int(it.into());
    i32, it => Value::Int(it.into());
    i64, it => Value::Int(it);
    u8, it => Value::Int(it.into());
    u16, it => Value::Int(it.into());
    u32, it => Value::Int(it.into());
    f32, it => Value::Float(it.into());
    f64, it => Value::Float(it);
    &str, it => Value::String(it.as_bytes().to_vec());
    String, it => Value::String(it.into_bytes());
    &[u8], it => Value::String(it.to_vec());
    Vec<u8>, it => Value::String(it);
    Vec<Value>, it => Value::Array(it);
    BTreeMap<String, Value>, it => Value::Object(it);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Value {
        it.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> FromIterator<T> for Value {
    /// An array: `hand.iter().copied().collect::<Value>()`.
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Value {
        Value::Array(items.into_iter().map(Into::into).collect())
    }
}

macro_rules! try_from {
    ($($rust:ty, $wanted:literal, $pattern:pat => $it:expr;)*) => {
        $(impl TryFrom<Value> for $rust {
            type Error = Error;
            fn try_from(value: Value) -> Result<$rust, Error> {
                match value {
                    $pattern => Ok($it),
                    other => Err(other.is_not($wanted)),
                }
            }
        })*
    };
}

try_from! {
    bool, "a boolean", Value::Bool(it) => it;
    i64, "an integer", Value::Int(it) => it;
    f64, "a float", Value::Float(it) => it;
    Vec<u8>, "a string", Value::String(it) => it;
    Vec<Value>, "an array", Value::Array(it) => it;
    BTreeMap<String, Value>, "an object", Value::Object(it) => it;
}

impl TryFrom<Value> for String {
    type Error = Error;
    fn try_from(value: Value) -> Result<String, Error> {
        let bytes = Vec::try_from(value)?;
        String::from_utf8(bytes)
            .map_err(|why| Error::new(Status::BadValue, format!("the string is no text: {why}")))
    }
}
