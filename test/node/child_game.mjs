// SPDX-License-Identifier: MIT
// A VM in JavaScript, for child.test.mjs.
import { call, CallError, Float, notify, serve, signal } from 'fkvm/child';

console.log('loading');
const mode = process.argv[2] ?? '';
if (mode.includes('throws')) throw new RangeError('no cards');
if (mode.includes('asks')) console.log(await call('ask', 'early'));

let isAborted = false;

serve({
  add: (a, b) => a + b,
  echo: (value) => value,
  float: () => new Float(3),
  count: (...all) => all.length,
  bad: () => { throw new RangeError('boom'); },
  late: async () => {
    await null;
    throw new RangeError('late boom');
  },
  unsendable: () => ({ at: [new Map()] }),
  ask: (method, ...params) => call(method, ...params),
  askAll: (n) => Promise.all(Array.from({ length: n }, (_, i) => call('ask', i))),
  climb: async (depth) => (depth === 0 ? 'top' : await call('climb', depth - 1)),
  tryAsk: async (method) => {
    try {
      return await call(method);
    } catch (error) {
      return [error instanceof CallError, error.code, error.message];
    }
  },
  tell: (...all) => notify('told', ...all),
  say() {
    console.log('one\ntwo', { a: 1 });
    console.debug('debug');
    console.info('info');
    console.warn('warning\nof two lines');
    console.error('critical');
    notify('told', 'between');
    process.stdout.write('half');
    process.stdout.write(' line\n');
  },
  flood: (n) => console.log('😀'.repeat(n) + '\ud83d'),
  alarm: (text, n) => console.error(text.repeat(n) + 'end'),
  halfPair: () => { throw new Error('half \ud83d'); },
  raw() { process.stderr.write('raw\n'); },
  loop: () => { for (;;); },
  async lateLoop() {
    await null;
    for (;;);
  },
  wait: () => new Promise((_, reject) => {
    notify('told', 'waiting');
    signal().addEventListener('abort', () => { isAborted = true; });
    setTimeout(reject, 2 ** 30).unref();
  }),
  isAborted: () => isAborted,
  die: () => process.exit(3),
  rejectLater() { setTimeout(() => Promise.reject(new Error('nobody caught this'))); },
}, { close: () => console.log('closing') });
