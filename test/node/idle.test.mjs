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

test('a VM that was left open does not keep the process alive', async () => {
  assert.equal((await run()).stdout, 'open\n');
});

test('ref() keeps the process alive', async () => {
  assert.equal((await run('ref')).stdout, 'open\ntold\n');
});
