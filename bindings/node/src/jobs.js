// SPDX-License-Identifier: MIT
// Calls on worker threads, which are those of libuv: few, and each call holds one.
import { failure } from './errors.js';
import { hasAsync, native, takeText } from './library.js';

const most = 64; // handed to koffi at a time; it has a stack for each
const interruptAgain = 20; // ms
let started = 0;
const waiting = [];

// Runs call(...args) on a worker thread, then done(error, status) on this one.
export function runOnThread(call, args, done) {
  if (!hasAsync) {
    done(failure('INVALID', 'koffi gives asynchronous calls too little stack: import fkvm before ' +
                            'koffi.load() is called, or set async_stack_size to 2 MiB before it'));
    return;
  }
  if (started === most) {
    waiting.push([call, args, done]);
    return;
  }
  started++;
  call.async(...args, (error, status) => {
    started--;
    const next = waiting.shift();
    if (next) runOnThread(...next);
    done(error, status);
  });
}

// The asynchronous calls of one VM, one after the other, none while this thread is in the VM.
export class Jobs {
  #waiting = [];
  #running = null;
  #isFree;
  #begin;

  // isFree() says whether one may start; begin() is told that it does, and gives the VM's address.
  constructor(isFree, begin) {
    this.#isFree = isFree;
    this.#begin = begin;
  }

  get isRunning() { return this.#running !== null; }

  // settle(error, status, answer) gives what the promise is resolved with, or throws.
  add(call, args, settle) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, args, settle, resolve, reject });
      this.next();
    });
  }

  next() {
    if (this.#running || !this.#waiting.length || !this.#isFree()) return;
    const job = this.#waiting.shift();
    this.#running = job;
    const answer = [0];
    try {
      const args = [this.#begin(), ...job.args, answer];
      runOnThread(job.call, args, (error, status) => this.#end(job, error, status, answer));
    } catch (error) {
      this.#end(job, error);
    }
  }

  #end(job, error, status, answer = [0]) {
    clearInterval(job.interrupts);
    this.#running = null;
    try {
      job.resolve(job.settle(error, status, takeText(answer)));
    } catch (failed) {
      job.reject(failed);
    }
    this.next();
  }

  // Again and again: the worker thread may not have begun.
  interruptUntilOver(handle) {
    const job = this.#running;
    job.interrupts ??= setInterval(() => native.interrupt(handle), interruptAgain);
  }

  giveUp(error) {
    for (const job of this.#waiting.splice(0)) job.reject(error);
  }
}
