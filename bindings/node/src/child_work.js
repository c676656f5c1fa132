// SPDX-License-Identifier: MIT
// What runs in a child: each call or notification of the server is a piece of work, which SIGINT
// ends. JavaScript has one thread: what waits ends by its rejected promises, what computes before
// the first await by node:vm.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Script } from 'node:vm';

const current = new AsyncLocalStorage();
const running = new Set();

export class InterruptedError extends Error {
  constructor() { super('interrupted'); }
}
Object.defineProperty(InterruptedError.prototype, 'name', { value: 'InterruptedError' });

let begin = null;
const beginning = Symbol.for('fkvm.begin');
Object.defineProperty(globalThis, beginning, { value: () => begin() });
const script = new Script("globalThis[Symbol.for('fkvm.begin')]()", { filename: 'fkvm' });

function runInterruptibly(body) {
  let result;
  begin = () => { result = body(); };
  try {
    script.runInThisContext({ breakOnSigint: true, displayErrors: false });
  } catch (error) {
    throw error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new InterruptedError() : error;
  }
  return result;
}

// The result of body(), which may be a promise, or InterruptedError as soon as SIGINT comes.
export async function work(body, loops) {
  const piece = { controller: new AbortController() };
  const interrupted = new Promise((_, reject) => {
    piece.end = () => {
      const error = new InterruptedError();
      reject(error);
      piece.controller.abort(error);
    };
  });
  interrupted.catch(() => {}); // work may be over
  running.add(piece);
  try {
    const result = current.run(piece, () => (loops ? runInterruptibly(body) : body()));
    return await Promise.race([result, interrupted]);
  } finally {
    running.delete(piece);
  }
}

// What the work at hand waits for: rejected when the work is interrupted.
export function orInterrupted(promise) {
  const piece = current.getStore();
  if (!piece) return promise;
  const { signal } = piece.controller;
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

// Of the work at hand; undefined outside of any.
export const signal = () => current.getStore()?.controller.signal;

export function throwIfInterrupted() { signal()?.throwIfAborted(); }

export function interruptAll() {
  for (const piece of running) piece.end();
}
