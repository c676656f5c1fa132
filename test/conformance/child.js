// SPDX-License-Identifier: MIT
// A child in JavaScript: node child.js methods.js. It reads line by line without an event loop, so
// that a host method can be called from anywhere. Nothing ends a running method of it: no interrupt.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const longest = Number(process.env.FK_VM_MAX_MESSAGE || 64 << 20);
const safe = 2 ** 53;
process.on("SIGINT", () => {});

// JSON.parse makes one type of 3 and 3.0: floats go through it as {"$double": "3.0"}, as objects of
// a class of their own.
class Float {
  constructor(number) { this.number = number; }
}
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const parse = text => JSON.parse(text.replace(tokens, token =>
  token[0] !== '"' && /[.eE]/.test(token) ? `{"$double":"${token}"}` : token));

function members(object) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, decode(value)]));
}

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== "object") return value;
  const names = Object.keys(value);
  if (names.length !== 1) return members(value);
  const held = value[names[0]];
  switch (names[0]) {
    case "$double": return new Float(Number(held));
    case "$float": return new Float({ inf: Infinity, "-inf": -Infinity, nan: NaN }[held]);
    case "$int": return BigInt(held);
    case "$bytes": return Buffer.from(held, "base64");
    case "$object": return members(held);
    default: return members(value);
  }
}

function encodeFloat(number) {
  if (Number.isNaN(number)) return '{"$float":"nan"}';
  if (!Number.isFinite(number)) return `{"$float":"${number > 0 ? "inf" : "-inf"}"}`;
  if (Object.is(number, -0)) return "-0.0";
  const text = String(number);
  return /[.e]/.test(text) ? text : text + ".0";
}

function encodeObject(object) {
  const names = Object.keys(object);
  const text = "{" + names.map(name => JSON.stringify(name) + ":" + encode(object[name])) + "}";
  return names.length === 1 && names[0][0] === "$" ? `{"$object":${text}}` : text;
}

function encode(value) {
  if (value === undefined || value === null) return "null";
  if (value instanceof Float) return encodeFloat(value.number);
  if (Buffer.isBuffer(value)) return `{"$bytes":"${value.toString("base64")}"}`;
  if (Array.isArray(value)) return "[" + value.map(encode) + "]";
  if (typeof value === "bigint")
    return value > -safe && value < safe ? String(value) : `{"$int":"${value}"}`;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : encodeFloat(value);
  return typeof value === "object" ? encodeObject(value) : JSON.stringify(value);
}

function send(rest) {
  const bytes = Buffer.from('{"jsonrpc":"2.0",' + rest + "}\n");
  if (bytes.length > longest) throw Object.assign(new Error("over max_message"), { code: -32003 });
  for (let sent = 0; sent < bytes.length;) sent += fs.writeSync(1, bytes, sent);
}

let pieces = []; // of a line that has not ended
function* lines() {
  const chunk = Buffer.alloc(1 << 16);
  for (let size; (size = fs.readSync(0, chunk)) > 0;) {
    let from = 0;
    for (let end; (end = chunk.subarray(0, size).indexOf(10, from)) >= 0; from = end + 1) {
      pieces.push(Buffer.from(chunk.subarray(from, end)));
      const line = Buffer.concat(pieces).toString();
      pieces = [];
      yield line;
    }
    pieces.push(Buffer.from(chunk.subarray(from, size)));
  }
  process.exit(0);
}
const input = lines();

let lastId = 0;
function call(method, ...params) {
  const id = ++lastId;
  send(`"method":${JSON.stringify(method)},"params":${encode(params)},"id":${id}`);
  for (;;) {
    const message = parse(input.next().value);
    if (message.method !== undefined) run(message);
    else if (message.id !== id) continue;
    else if (message.error) throw new Error(message.error.message);
    else return decode(message.result);
  }
}

function notify(method, ...params) {
  send(`"method":${JSON.stringify(method)},"params":${encode(params)}`);
}

function print(text) {
  send(`"method":"$/output","params":${encode([text + "\n", "print"])}`);
}

const methods = vm.createContext(Object.assign(Object.create(null), { call, notify, print }));
const known = name => Object.prototype.hasOwnProperty.call(methods, name);

function answer(message) {
  const params = decode(message.params === undefined ? [] : message.params);
  const list = Array.isArray(params) ? params : [params];
  if (message.method === "bye") return "Goodbye";
  if (known(message.method)) return methods[message.method](...list);
  throw Object.assign(new Error("no method " + message.method), { code: -32601 });
}

function run(message) {
  try {
    const result = answer(message);
    if (message.id !== undefined) send(`"result":${encode(result)},"id":${message.id}`);
  } catch (error) {
    const memory = /allocation failed/.test(error.message);
    const code = Number.isInteger(error.code) ? error.code : memory ? -32002 : -32000;
    const text = JSON.stringify(String(error.message));
    if (message.id === undefined) process.stderr.write(`${message.method}: ${error.message}\n`);
    else send(`"error":{"code":${code},"message":${text}},"id":${message.id}`);
  }
  if (message.method === "bye") process.exit(0);
}

const script = process.argv[2];
vm.runInContext(fs.readFileSync(script, "utf8"), methods, { filename: path.resolve(script) });
send('"method":"$/hello","params":[{"protocol":1,"name":"child.js"}]');
for (const line of input) {
  const message = parse(line);
  if (message.method !== undefined) run(message);
}
