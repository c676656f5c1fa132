// SPDX-License-Identifier: MIT
// The methods of fkvm conformance, for child.js.
let notes = [];
function echo(value) { return value; }
function pack(...params) { return params; }
function fail(message) { throw new Error(message); }
function fill(size) { return "x".repeat(size); }
function many(count) { return Array.from({ length: count }, (_, i) => i + 1); }
function hold(size) { return new Uint8Array(size).length; }
function note(value) { notes.push(value); }
function take_notes() {
  const taken = notes;
  notes = [];
  return taken;
}
function print_line(text) { print(text); }
function call_host(method, ...params) { return call(method, ...params); }
function notify_host(method, count) { for (let i = 1; i <= count; i++) notify(method, i); }
function loop() {
  call("looping");
  for (;;);
}
note(call("opening", "test"));
