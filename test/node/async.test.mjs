// SPDX-License-Identifier: MIT
// Asynchronous calls: in parallel, in order, beside synchronous ones.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { BusyError, InterruptedError, OpenFailedError, ScriptError, TimeoutError, openAsync }
  from 'fkvm';
import koffi from 'koffi';
import { isProcess, opened, rejected, script, thrown, until } from './support.mjs';

test('host methods and output of an asynchronous call run on the main thread', async (t) => {
  const seen = [];
  const vm = opened(t, { output: (text) => seen.push(text),
                         methods: { note: (text) => { seen.push(text); }, half: (n) => n / 2 } });
  assert.equal(await vm.callAsync('ask', 'half', 5), 2.5);
  await vm.callAsync('say');
  assert.deepEqual(seen, ['first', 'between', 'second', '\ufffd']);
});

test('an asynchronous call waits for the promise of a host method', async (t) => {
  let next;
  const vm = opened(t, { methods: {
    half: async (n) => n / 2,
    soon: () => new Promise((resolve) => { setTimeout(resolve, 1, 'soon'); }),
    settled: () => new Promise((resolve) => { next = resolve; }),
  } });
  assert.equal(await vm.callAsync('ask', 'half', 5), 2.5);
  assert.equal(await vm.callAsync('ask', 'soon'), 'soon');
  const call = vm.callAsync('ask', 'settled');
  await until(() => next);
  assert.ok(thrown(() => vm.call('add', 1, 2)) instanceof BusyError);
  next([1, { of: 'later' }]);
  assert.deepEqual(await call, [1, { of: 'later' }]);
});

test('what a promise is rejected with is an error in Lua', async (t) => {
  const problem = Object.assign(new Error('no card'), { code: -32050 });
  const vm = opened(t, { methods: { draw: async () => { throw problem; },
                                    odd: async () => Symbol('odd') } });
  const error = await rejected(vm.callAsync('ask', 'draw'));
  assert.ok(error instanceof ScriptError);
  assert.equal(error.cause, problem);
  assert.match(await vm.callAsync('try_ask', 'draw'), /no card/);
  assert.match(await vm.callAsync('try_ask', 'odd'), /a symbol cannot cross/);
});

test('interrupt(), closeAsync() and hostTimeout end what waits for a promise', async (t) => {
  let asked = 0, late;
  const methods = { never: () => {
    asked++;
    return new Promise((resolve) => { late = resolve; });
  } };
  const vm = opened(t, { methods });
  const call = rejected(vm.callAsync('ask', 'never'));
  await until(() => asked === 1);
  vm.interrupt();
  assert.ok(await call instanceof InterruptedError);
  late('too late'); // is dropped
  const closed = rejected(vm.callAsync('ask', 'never'));
  await until(() => asked === 2);
  await vm.closeAsync();
  assert.ok(await closed instanceof InterruptedError);
  const hurried = opened(t, { methods, hostTimeout: 20 });
  assert.ok(await rejected(hurried.callAsync('ask', 'never')) instanceof TimeoutError);
});

test('errors of asynchronous calls', async (t) => {
  const problem = new Error('no card');
  const vm = opened(t, { methods: { draw: () => { throw problem; } } });
  const error = await rejected(vm.callAsync('ask', 'draw'));
  assert.ok(error instanceof ScriptError);
  assert.equal(error.cause, problem);
  assert.match((await rejected(vm.callAsync('fail'))).traceback, /'fail'/);
  assert.match((await rejected(vm.callAsync('echo', () => 1))).message, /a function cannot cross/);
});

test('VMs run in parallel', async (t) => {
  const [busy, other] = [opened(t), opened(t)];
  const loop = rejected(busy.callAsync('loop'));
  assert.equal(await other.callAsync('add', 1, 2), 3); // while the loop runs
  assert.equal(other.call('add', 1, 2), 3);
  busy.interrupt();
  assert.ok(await loop instanceof InterruptedError);
  assert.equal(await busy.callAsync('add', 1, 2), 3);
});

test('many calls on several VMs', async (t) => {
  const vms = [1, 2, 3, 4].map(() => opened(t, { methods: { twice: (n) => 2 * n } }));
  const calls = vms.flatMap((vm, v) =>
    Array.from({ length: 50 }, (_, i) => vm.callAsync('ask', 'twice', 100 * v + i)));
  const results = await Promise.all(calls);
  const wanted = [0, 1, 2, 3].flatMap((v) => Array.from({ length: 50 }, (_, i) => 200 * v + 2 * i));
  assert.deepEqual(results, wanted);
});

test('a synchronous call beside an asynchronous one of the same VM is BUSY at once', async (t) => {
  const vm = opened(t);
  const loop = rejected(vm.callAsync('loop'));
  for (const body of [() => vm.call('add', 1, 2), () => vm.notify('tell'), () => vm.close()])
    assert.ok(thrown(body) instanceof BusyError);
  vm.interrupt();
  await loop;
  assert.equal(vm.call('add', 1, 2), 3);
});

test('in a host method of an asynchronous call, too; callAsync() waits for its turn', async (t) => {
  let after;
  const nested = () => {
    after = vm.callAsync('add', 3, 4);
    return thrown(() => vm.call('add', 1, 2)).status;
  };
  const vm = opened(t, { methods: { nested } });
  assert.equal(await vm.callAsync('ask', 'nested'), 'BUSY');
  assert.equal(await after, 7);
});

test('in a host method of a synchronous call callAsync() waits for its end', async (t) => {
  let after;
  const vm = opened(t, { methods: { nested: () => {
    after = vm.callAsync('add', 3, 4);
    return vm.call('add', 1, 2);
  } } });
  assert.equal(vm.call('ask', 'nested'), 3);
  assert.equal(await after, 7);
});

test('closeAsync() ends what runs and gives up what waits', async (t) => {
  const vm = opened(t);
  const loop = rejected(vm.callAsync('loop'));
  const waiting = rejected(vm.callAsync('add', 1, 2));
  await vm.closeAsync();
  assert.ok(await loop instanceof InterruptedError);
  assert.match((await waiting).message, /closed/);
  assert.equal(vm.isOpen, false);
  await vm.closeAsync();
});

test('many opens', async () => {
  const vms = await Promise.all(Array.from({ length: isProcess ? 20 : 60 },
                                           () => openAsync({ script })));
  const sums = await Promise.all(vms.map((vm, i) => vm.callAsync('add', i, 1)));
  assert.deepEqual(sums, vms.map((_, i) => i + 1));
  await Promise.all(vms.map((vm) => vm.closeAsync()));
});

test('without enough stack on worker threads asynchronous calls are refused', () => {
  const program = `
    import koffi from 'koffi';
    koffi.load('libc.so.6');
    const { open } = await import('fkvm');
    const vm = open({ script: ${JSON.stringify(script)} });
    console.log(vm.call('add', 1, 2), (await vm.callAsync('add', 1, 2).catch((e) => e)).message);`;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', program],
                         { encoding: 'utf8' });
  assert.match(done.stdout, /^3 koffi gives asynchronous calls too little stack/, done.stderr);
});

test('an open that fails', async () => {
  assert.ok(await rejected(openAsync({ script: 'no.lua' })) instanceof OpenFailedError);
});

test('all VMs share the slots that koffi has for callbacks', (t) => {
  opened(t, { methods: { x() {} }, output() {} });
  const before = koffi.stats().callbacks;
  for (let i = 0; i < 5; i++) opened(t, { methods: { x() {} }, output() {} });
  assert.equal(koffi.stats().callbacks, before);
});

test('a call that failed keeps its cause, whatever waited for its end', async (t) => {
  const problem = new Error('no card');
  let after;
  const vm = opened(t, { methods: { draw() {
    after = vm.callAsync('add', 3, 4);
    throw problem;
  } } });
  assert.equal(thrown(() => vm.call('ask', 'draw')).cause, problem);
  const both = [rejected(vm.callAsync('ask', 'draw')), vm.callAsync('add', 1, 2)];
  assert.equal((await both[0]).cause, problem);
  assert.deepEqual([await both[1], await after], [3, 7]);
});
