// SPDX-License-Identifier: MIT
// Values as JSON of the wire (docs/protocol.md, "Values"), both ways. A child uses it too.
import { Buffer } from 'node:buffer';
import { failure } from './errors.js';

const mostDepth = 128;
const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

// A Lua float, also where a JavaScript number would be an integer: new Float(3) is 3.0.
export class Float {
  constructor(value) {
    if (typeof value !== 'number') throw new TypeError('new Float() takes a number');
    this.value = value;
  }
  valueOf() { return this.value; }
  toString() { return String(this.value); }
  toJSON() { return this.value; }
}

// Why a value cannot cross; the place grows while the containers are left.
class Unwritable {
  constructor(why) {
    this.why = why;
    this.place = '';
  }
  within(step) {
    this.place = step + this.place;
    return this;
  }
}

function writeFloat(value) {
  if (Number.isNaN(value)) return '{"$float":"nan"}';
  if (!Number.isFinite(value)) return value > 0 ? '{"$float":"inf"}' : '{"$float":"-inf"}';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /[.e]/.test(text) ? text : text + '.0';
}

function writeNumber(value) {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : writeFloat(value);
}

function writeBigInt(value) {
  if (value < int64.least || value > int64.most)
    throw new Unwritable(`the integer ${value} has more than 64 bits`);
  const safe = Number.isSafeInteger(Number(value));
  return safe ? String(value) : `{"$int":"${value}"}`;
}

function writeString(value) {
  const text = JSON.stringify(value);
  if (text.includes('\\ud') && /[\ud800-\udfff]/u.test(value))
    throw new Unwritable('the string has half a surrogate pair; send bytes as a Buffer');
  return text;
}

function writeBytes(bytes) {
  return `{"$bytes":"${bytes.toString('base64')}"}`;
}

function writeArray(items, depth) {
  let text = '[';
  let i = 0;
  try {
    for (; i < items.length; i++) text += (i ? ',' : '') + writeAny(items[i], depth);
  } catch (error) {
    throw error instanceof Unwritable ? error.within(`[${i}]`) : error;
  }
  return text + ']';
}

function writeMembers(object, depth) {
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  const members = names.map((name) => {
    try {
      return writeString(name) + ':' + writeAny(object[name], depth);
    } catch (error) {
      throw error instanceof Unwritable ? error.within('.' + name) : error;
    }
  });
  const text = `{${members.join(',')}}`;
  return names.length === 1 && names[0].startsWith('$') ? `{"$object":${text}}` : text;
}

function writeObject(value, depth) {
  if (value instanceof Float) return writeFloat(value.value);
  if (value instanceof Uint8Array)
    return writeBytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof ArrayBuffer) return writeBytes(Buffer.from(value));
  if (depth === mostDepth)
    throw new Unwritable(`values nest deeper than ${mostDepth}, or contain themselves`);
  if (Array.isArray(value)) return writeArray(value, depth + 1);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === 'Object') return writeMembers(value, depth + 1);
  throw new Unwritable(`a ${kind} cannot cross; make it a plain object, an array or a Buffer`);
}

function writeAny(value, depth) {
  switch (typeof value) {
    case 'number': return writeNumber(value);
    case 'string': return writeString(value);
    case 'boolean': return value ? 'true' : 'false';
    case 'undefined': return 'null';
    case 'bigint': return writeBigInt(value);
    case 'object': return value === null ? 'null' : writeObject(value, depth);
    default: throw new Unwritable(`a ${typeof value} cannot cross`);
  }
}

// root is what messages call the value.
export function write(value, root) {
  try {
    return writeAny(value, 0);
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    throw failure('BAD_VALUE', `${root}${error.place}: ${error.why}`);
  }
}

function reviveTag(name, inner) {
  switch (name) {
    case '$bytes': return Buffer.from(inner, 'base64');
    case '$int': return BigInt(inner);
    case '$object': return reviveMembers(inner);
    case '$float':
      if (inner === 'nan') return NaN;
      return inner.endsWith('inf') ? (inner[0] === '-' ? -Infinity : Infinity)
                                   : new Float(Number(inner));
    default: throw failure('PROTOCOL', `unknown tag ${name} in a value`);
  }
}

function reviveMembers(object) {
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (typeof value === 'object' && value !== null)
      Object.defineProperty(object, name, { value: revive(value), writable: true,
                                            enumerable: true, configurable: true });
  }
  return object;
}

function revive(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) {
    const names = Object.keys(value);
    if (names.length === 1 && names[0].startsWith('$')) return reviveTag(names[0], value[names[0]]);
    return reviveMembers(value);
  }
  for (let i = 0; i < value.length; i++) value[i] = revive(value[i]);
  return value;
}

// The quote that ends the string that begins at `from`.
function endOfString(text, from) {
  for (let end = from + 1; ; end++) {
    end = text.indexOf('"', end);
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function tagNumbers(text) {
  return text.replace(/-?\d+[.eE][\d.eE+-]*/g, (token) =>
    Number.isInteger(Number(token)) ? `{"$float":"${token}"}` : token);
}

// JSON.parse() takes 3.0 for 3. Floats of whole value get the tag that makes a Float of them.
function tagWholeFloats(text) {
  let tagged = '';
  let from = 0;
  for (let quote; (quote = text.indexOf('"', from)) >= 0;) {
    const end = endOfString(text, quote) + 1;
    tagged += tagNumbers(text.slice(from, quote)) + text.slice(quote, end);
    from = end;
  }
  return tagged + tagNumbers(text.slice(from));
}

// exact: floats of whole value become Float, not number.
export function read(text, exact = false) {
  const tagged = exact ? tagWholeFloats(text) : text;
  const value = JSON.parse(tagged);
  return tagged.includes('"$') ? revive(value) : value;
}
