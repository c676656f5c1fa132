// SPDX-License-Identifier: MIT
// Synchronous calls, host methods, errors, output.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fkvm from 'fkvm';
import { backend, isProcess, opened, script, thrown } from './support.mjs';

test('an error of a script has its status, place and traceback', (t) => {
  const vm = opened(t);
  const error = thrown(() => vm.call('fail'));
  assert.ok(error instanceof fkvm.ScriptError && error instanceof fkvm.FkvmError);
  assert.deepEqual([error.name, error.status, error.method, error.vmAlive, error.death],
                   ['ScriptError', 'SCRIPT_ERROR', 'fail', true, 'NONE']);
  assert.match(error.message, /game\.lua:\d+: boom$/);
  assert.match(error.traceback, /in function 'fail'/);
  assert.equal(error.cause, undefined);
  assert.equal(vm.call('add', 1, 2), 3);
});

test('each status has its class', (t) => {
  const vm = opened(t, { callTimeout: 200 });
  assert.ok(thrown(() => vm.call('nothing')) instanceof fkvm.NoMethodError);
  assert.ok(thrown(() => vm.call('loop')) instanceof fkvm.TimeoutError);
  assert.ok(thrown(() => vm.call('echo\0x')) instanceof fkvm.InvalidError);
  assert.ok(thrown(() => vm.call(7)) instanceof fkvm.InvalidError);
  assert.ok(thrown(() => fkvm.open({ script: 'no.lua' })) instanceof fkvm.OpenFailedError);
  assert.ok(thrown(() => fkvm.open({ script, backend: 'no' })) instanceof fkvm.NoBackendError);
  assert.match(thrown(() => fkvm.open({ scrip: script })).message, /scrip is no option/);
  assert.match(thrown(() => vm.call('noisy_error')).message, /bad \ufffd byte/);
});

test('what a host method throws is an error in Lua, and the cause of what comes back', (t) => {
  const problem = new RangeError('no card 7');
  const vm = opened(t, { methods: { draw: () => { throw problem; } } });
  assert.match(vm.call('try_ask', 'draw'), /no card 7/);
  const error = thrown(() => vm.call('ask', 'draw'));
  assert.ok(error instanceof fkvm.ScriptError);
  assert.equal(error.cause, problem);
  assert.equal(thrown(() => vm.call('fail')).cause, undefined); // of an earlier call
});

test('a host method may choose the code of its error', (t) => {
  const fail = (code) => { throw Object.assign(new Error('no'), { code }); };
  const vm = opened(t, { methods: { fail } });
  assert.match(vm.call('try_ask', 'fail', -32050), /-32050/);
  assert.match(vm.call('try_ask', 'fail', 5), /-32603/);
});

test('globals are there when the script loads', (t) => {
  const vm = opened(t, { globals: { VERSION: '1.2', LIMITS: { rooms: 5 } } });
  assert.equal(vm.call('global', 'VERSION'), '1.2');
  assert.deepEqual(vm.call('global', 'LIMITS'), { rooms: 5 });
});

test('a result that cannot cross names its place', (t) => {
  const vm = opened(t, { methods: { bad: () => ({ at: [new Set()] }) } });
  assert.match(vm.call('try_ask', 'bad'), /result\.at\[0\]: a Set cannot cross/);
});

test('an async host method is refused, but may serve notifications', async (t) => {
  const told = [];
  const vm = opened(t, { methods: { later: async () => 1, told: async (x) => { told.push(x); } } });
  assert.match(vm.call('try_ask', 'later'), /'later' returned a promise/);
  assert.match(await vm.callAsync('try_ask', 'later'), /'later' returned a promise/);
  vm.call('tell', 1);
  assert.deepEqual(told, [1]);
  const warning = new Promise((resolve) => process.once('warning', resolve));
  opened(t, { methods: { told: async () => { throw new Error('too late'); } } }).call('tell');
  assert.equal((await warning).message, "the host method 'told' failed: too late");
});

test("'*' takes what no other name takes; without it there is no such method", (t) => {
  const vm = opened(t, { methods: { known: () => 'known', '*': (...all) => all } });
  assert.equal(vm.call('ask', 'known'), 'known');
  assert.deepEqual(vm.call('ask', 'other', 1), ['other', 1]);
  assert.match(opened(t).call('try_ask', 'other'), /-32601/);
});

test('calls nest', (t) => {
  const vm = opened(t, { methods: { climb: (depth) => vm.call('climb', depth) } });
  assert.equal(vm.call('climb', 20), 'top');
  assert.match(thrown(() => vm.call('climb', 40)).message, /max_nesting/);
});

test('output comes in order with host methods', (t) => {
  const seen = [];
  const vm = opened(t, { output: (text, level) => seen.push([level, text]),
                         methods: { note: (text) => { seen.push(text); } } });
  vm.call('say');
  assert.deepEqual(seen, [['print', 'first'], 'between', ['print', 'second'], ['print', '\ufffd']]);
});

test('interrupt() ends the call it was made in', (t) => {
  const vm = opened(t, { methods: { interrupt: () => { vm.interrupt(); } } });
  assert.ok(thrown(() => vm.call('interrupted_loop')) instanceof fkvm.InterruptedError);
  assert.equal(vm.call('add', 1, 2), 3);
});

test('stats() and backends()', (t) => {
  const vm = opened(t, { methods: { a_b: () => 1 } });
  vm.call('ask', 'a_b');
  const stats = vm.stats();
  assert.equal(stats.backend, backend);
  assert.equal(stats.pid > 0, isProcess);
  assert.equal(stats.methods.a_b.calls, 1);
  assert.ok(stats.vmNs > 0 && stats.methods.a_b.totalNs > 0);
  assert.ok(fkvm.backends().some(({ name }) => name === backend));
  assert.match(fkvm.version, /^\d+\.\d+\.\d+$/);
});

test('closing twice is fine, calling after it is an error, closing in a callback is BUSY', (t) => {
  let problem;
  const vm = opened(t, { methods: { end: () => { problem = thrown(() => vm.close()); } } });
  vm.call('ask', 'end');
  assert.ok(problem instanceof fkvm.BusyError);
  assert.equal(vm.call('add', 1, 2), 3);
  vm.close();
  vm.close();
  assert.equal(vm.isOpen, false);
  assert.match(thrown(() => vm.call('add', 1, 2)).message, /closed/);
});

test('a VM is disposable, where there is such a thing', { skip: !Symbol.dispose }, async () => {
  const vm = fkvm.open({ script });
  vm[Symbol.dispose]();
  assert.equal(vm.isOpen, false);
  const other = fkvm.open({ script });
  await other[Symbol.asyncDispose]();
  assert.equal(other.isOpen, false);
});
