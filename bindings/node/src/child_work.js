// SPDX-License-Identifier: MIT
// What runs in a child: each call or notification of the server is a piece of work, which SIGINT
// ends by rejecting what it waits for. JavaScript has one thread: what computes hears of nothing.
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage();
const running = new Set();
const echo = 1000; // ms after an interrupt in which another SIGINT may be left of it
let lastInterrupt = -Infinity;

// The server sends SIGINT again while it waits. The last one may come when it no longer does, and
// JavaScript cannot see what it was for: then a second one has to say that it is meant.
class Piece extends AbortController {
  #wanted = performance.now() - lastInterrupt < echo ? 2 : 1;

  interrupt() {
    if (--this.#wanted > 0) return;
    lastInterrupt = performance.now();
    this.abort(new InterruptedError());
  }
}

export class InterruptedError extends Error {
  constructor() { super('interrupted'); }
}
Object.defineProperty(InterruptedError.prototype, 'name', { value: 'InterruptedError' });

export const isPromise = (value) => typeof value?.then === 'function';

// Rejected as soon as the work is interrupted, else as the promise is settled.
function orAborted(promise, { signal }) {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    const forget = () => signal.removeEventListener('abort', end);
    promise.then((value) => { forget(); resolve(value); }, (error) => { forget(); reject(error); });
  });
}

// The result of body(), at once if it is no promise.
export function work(body) {
  const piece = new Piece();
  const result = current.run(piece, body);
  if (!isPromise(result)) return result;
  running.add(piece);
  return orAborted(result, piece).finally(() => running.delete(piece));
}

// What the work at hand waits for.
export function orInterrupted(promise) {
  const piece = current.getStore();
  return piece ? orAborted(promise, piece) : promise;
}

// Of the work at hand; undefined outside of any.
export const signal = () => current.getStore()?.signal;

export function throwIfInterrupted() { signal()?.throwIfAborted(); }

export function interruptAll() {
  for (const piece of running) piece.interrupt();
}
