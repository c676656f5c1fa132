// SPDX-License-Identifier: MIT
// A server that waits: what the event loop does for its VMs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { VmDiedError } from 'fkvm';
import { isProcess, opened, promised, thrown, until } from './support.mjs';

const program = fileURLToPath(new URL('stays.mjs', import.meta.url));
const { setInterval: setTheInterval, clearInterval: clearTheInterval } = globalThis;
const run = (...args) => promisify(execFile)(process.execPath, [program, ...args]);

test('a notification reaches an idle server', async (t) => {
  const { promise, resolve } = promised();
  const vm = opened(t, { methods: { told: resolve } });
  vm.ref();
  vm.notify('tell', 'news');
  assert.equal(await promise, 'news');
});

test('the death of a child is seen by an idle server', { skip: !isProcess }, async (t) => {
  const deaths = [];
  const vm = opened(t, { died: (error) => deaths.push(error) });
  vm.ref();
  process.kill(vm.stats().pid, 'SIGKILL');
  await until(() => deaths.length);
  assert.ok(deaths[0] instanceof VmDiedError);
  assert.deepEqual([deaths[0].death, deaths[0].exitStatus, deaths[0].vmAlive],
                   ['SIGNAL', -9, false]);
  assert.ok(thrown(() => vm.call('add', 1, 2)) instanceof VmDiedError);
  await until(() => true);
  assert.equal(deaths.length, 1);
});

test('a death that a call finds is told, too', { skip: !isProcess }, async (t) => {
  const deaths = [];
  const vm = opened(t, { died: (error) => deaths.push(error),
                         methods: { die: () => { process.kill(vm.stats().pid, 'SIGKILL'); } } });
  const error = thrown(() => vm.call('ask', 'die'));
  assert.equal(error.death, 'SIGNAL');
  await until(() => deaths.length);
  assert.equal(deaths[0], error);
});

test('a child is watched again after an asynchronous call', async (t) => {
  const { promise, resolve } = promised();
  const vm = opened(t, { methods: { told: resolve } });
  vm.ref();
  assert.equal(await vm.callAsync('add', 1, 2), 3);
  vm.notify('tell', 'news');
  assert.equal(await promise, 'news');
});

test('an idle embedded VM collects its garbage', { skip: isProcess }, async (t) => {
  const vm = opened(t);
  vm.ref();
  const before = vm.call('litter') * 1024;
  await until(() => vm.stats().memory < before / 2);
});

test('an embedded VM that is tidy is not polled', { skip: isProcess }, async (t) => {
  const polling = new Set();
  t.mock.method(globalThis, 'setInterval', (...args) => {
    const timer = setTheInterval(...args);
    if (args[1] < 1000) polling.add(timer);
    return timer;
  });
  t.mock.method(globalThis, 'clearInterval', (timer) => {
    polling.delete(timer);
    clearTheInterval(timer);
  });
  const vm = opened(t);
  vm.ref();
  const call = [() => {}, () => vm.call('litter'), () => vm.callAsync('litter')];
  for (const work of call) {
    await work();
    assert.equal(polling.size, 1);
    await until(() => !polling.size);
    assert.equal(vm.stats().wantsPoll, false);
  }
});

test('ref() keeps the process alive when there is nothing to poll', { skip: isProcess }, async () => {
  assert.equal((await run('tidy')).stdout, 'open\ntidy\n');
});

test('a VM that was left open does not keep the process alive', async () => {
  assert.equal((await run()).stdout, 'open\n');
});

test('ref() keeps the process alive', async () => {
  assert.equal((await run('ref')).stdout, 'open\ntold\n');
});
