// SPDX-License-Identifier: MIT
// A VM in JavaScript: fkvm/child behind the process backend.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import * as fkvm from 'fkvm';
import { promised, rejected, thrown, until } from './support.mjs';

const game = fileURLToPath(new URL('child_game.mjs', import.meta.url));

function opened(t, options = {}, ...args) {
  const vm = fkvm.open({ backend: 'process', command: [process.execPath, game, ...args],
                         output() {}, ...options });
  t.after(() => {
    try { vm.close(); } catch { /* it died, as the test wanted */ }
  });
  return vm;
}

test('values', (t) => {
  const vm = opened(t);
  for (const value of [null, true, 1, 0.5, -0, NaN, 2n ** 60n, 'x', Buffer.from([255, 0]), [[]],
                       { a: { $b: 1 } }])
    assert.deepStrictEqual(vm.call('echo', value), value);
  assert.equal(vm.call('add', 1, 2), 3);
  assert.equal(vm.call('count', null, undefined), 2);
  assert.equal(vm.call('echo', 'x'.repeat(1 << 20)).length, 1 << 20);
  assert.match(thrown(() => vm.call('unsendable')).message, /result\.at\[0\]: a Map cannot cross/);
  assert.ok(thrown(() => vm.call('unsendable')) instanceof fkvm.BadValueError);
  const exact = opened(t, { exactFloats: true });
  assert.deepStrictEqual(exact.call('float'), new fkvm.Float(3));
});

test('errors have a stack; the VM lives', (t) => {
  const vm = opened(t);
  for (const [method, message] of [['bad', 'boom'], ['late', 'late boom']]) {
    const error = thrown(() => vm.call(method));
    assert.ok(error instanceof fkvm.ScriptError && error.vmAlive);
    assert.equal(error.message, message);
    assert.match(error.traceback, /RangeError: .*boom\n.*child_game\.mjs:\d+/s);
  }
  assert.ok(thrown(() => vm.call('nothing')) instanceof fkvm.NoMethodError);
  assert.ok(thrown(() => vm.call('toString')) instanceof fkvm.NoMethodError);
  assert.ok(vm.call('$/methods').includes('climb'));
});

test('host methods, nested and several at once', (t) => {
  const methods = { ask: (x) => [x], climb: (depth) => vm.call('climb', depth),
                    no: () => { throw Object.assign(new Error('no'), { code: -32050 }); } };
  const vm = opened(t, { methods });
  assert.deepEqual(vm.call('ask', 'ask', 5), [5]);
  assert.deepEqual(vm.call('askAll', 4), [[0], [1], [2], [3]]);
  assert.equal(vm.call('climb', 10), 'top');
  assert.deepEqual(vm.call('tryAsk', 'no'), [true, -32050, 'no: no']);
  assert.equal(vm.call('tryAsk', 'none')[1], -32601);
});

test('console is output, in order with notifications', (t) => {
  const seen = [];
  const vm = opened(t, { output: (text, level) => seen.push(`${level} ${text}`),
                         methods: { told: (text) => { seen.push(text); } } });
  vm.call('say');
  vm.close();
  assert.deepEqual(seen, ['print loading', 'print one', 'print two { a: 1 }', 'debug debug',
                          'info info', 'warning warning\nof two lines', 'critical critical', 'between',
                          'print half line', 'print closing']);
});

test('a long record arrives whole', (t) => {
  const seen = [];
  const vm = opened(t, { output: (text) => seen.push(text) });
  vm.call('alarm', 'ab\n\n', 50000); // newlines where pieces may end
  assert.ok(seen.length === 2 && seen[1] === 'ab\n\n'.repeat(50000) + 'end');
});

test('long output, and half a surrogate pair', (t) => {
  const seen = [];
  const vm = opened(t, { output: (text) => seen.push(text), maxMessage: 1 << 20 });
  vm.call('flood', 300001); // the server cuts long lines
  assert.ok(seen.slice(1).join('') === '😀'.repeat(300001) + '\ufffd');
  assert.equal(thrown(() => vm.call('halfPair')).message, 'half \ufffd');
  assert.match(thrown(() => vm.call('echo', '\u0001'.repeat(300000))).message, /max_message/);
});

test('standard error is output, too', async (t) => {
  const seen = [];
  const vm = opened(t, { output: (text, level) => seen.push([level, text]) });
  vm.call('raw');
  await until(() => {
    vm.poll();
    return seen.some(([level]) => level === 'stderr');
  });
  assert.deepEqual(seen.at(-1), ['stderr', 'raw']);
});

test('notifications both ways, and one that fails', async (t) => {
  const seen = [];
  const { promise, resolve } = promised();
  const vm = opened(t, { methods: { told: resolve }, output: (text) => seen.push(text) });
  vm.ref();
  vm.notify('bad');
  vm.notify('tell', 'news');
  assert.equal(await promise, 'news');
  assert.ok(seen.includes("the notification 'bad' failed: boom"));
});

test('a failure while loading is what open() throws', (t) => {
  const error = thrown(() => opened(t, {}, 'throws'));
  assert.ok(error instanceof fkvm.OpenFailedError);
  assert.equal(error.message, 'no cards');
  assert.match(error.traceback, /child_game\.mjs/);
});

test('host methods may be called while loading', (t) => {
  const seen = [];
  opened(t, { methods: { ask: (x) => `${x} bird` }, output: (text) => seen.push(text) }, 'asks');
  assert.deepEqual(seen, ['loading', 'early bird']);
});

// A child has 50 ms to end what it does. On a busy machine it may be killed for want of a core.
async function withinGrace(body) {
  for (let tries = 10; ; tries--) {
    try {
      return await body();
    } catch (error) {
      if (error.vmAlive !== false || tries === 0) throw error;
    }
  }
}

test('a limit ends what waits; the VM lives', (t) => withinGrace(() => {
  const vm = opened(t, { callTimeout: 300 });
  const error = thrown(() => vm.call('wait'));
  if (!error.vmAlive) throw error;
  assert.ok(error instanceof fkvm.TimeoutError, error);
  assert.equal(vm.call('isAborted'), true);
}));

test('a loop is ended with its VM', (t) => {
  for (const method of ['loop', 'lateLoop']) {
    const error = thrown(() => opened(t, { callTimeout: 300 }).call(method));
    assert.ok(error instanceof fkvm.TimeoutError);
    assert.equal(error.death, 'TIMEOUT');
  }
});

test('an interrupt ends a call, and none that comes later', (t) => withinGrace(async () => {
  const vm = opened(t, { methods: { told: () => { vm.interrupt(); }, ask: (x) => x } });
  for (let i = 0; i < 4; i++) {
    const error = await rejected(vm.callAsync('wait'));
    if (!error.vmAlive) throw error;
    assert.ok(error instanceof fkvm.InterruptedError, error);
    assert.equal(vm.call('ask', 'ask', 5), 5);
  }
}));

test('deaths', async (t) => {
  const { promise, resolve } = promised();
  const vm = opened(t, { died: resolve });
  vm.ref();
  vm.notify('rejectLater');
  const error = await promise;
  assert.deepEqual([error.death, error.exitStatus], ['EXIT', 1]);
  assert.match(error.message, /nobody caught this/);
  assert.equal(thrown(() => opened(t).call('die')).exitStatus, 3);
});

test('the command may be `node` alone, and the script the game', (t) => {
  assert.equal(opened(t, { command: [process.execPath], script: game }).call('add', 1, 2), 3);
});

test('fkvm/child needs no koffi', () => {
  const seen = new Set();
  const imports = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/from '([^']+)'/g)) {
      assert.match(name, /^(\.|node:)/, `${path} imports ${name}`);
      if (name.startsWith('.')) imports(join(dirname(path), name));
    }
  };
  imports(createRequire(import.meta.url).resolve('fkvm/child'));
  assert.ok(seen.size > 3);
});
