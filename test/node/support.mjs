// SPDX-License-Identifier: MIT
// What the tests of bindings/node share.
import { fileURLToPath } from 'node:url';
import { open } from 'fkvm';

export const backend = process.env.FK_VM_BACKEND ?? 'embedded';
export const script = fileURLToPath(new URL('game.lua', import.meta.url));
export const isProcess = backend === 'process';

// A VM that ends with the test t.
export function opened(t, options = {}) {
  const vm = open({ script, ...options });
  t.after(() => {
    try { vm.close(); } catch { /* it died, as the test wanted */ }
  });
  return vm;
}

// What a function throws, or a promise is rejected with.
export function thrown(body) {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export const rejected = (promise) =>
  promise.then(() => { throw new Error('nothing was thrown'); }, (error) => error);

// Lets the event loop run until condition() holds; only a hang reaches meson's limit.
export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function promised() {
  let resolve;
  const promise = new Promise((done) => { resolve = done; });
  return { promise, resolve };
}
