// SPDX-License-Identifier: MIT
// A VM. What is synchronous runs on this thread; what is asynchronous waits in the VM's own queue,
// so that no worker thread waits for a VM, and this thread never waits for one that needs it.
import { failure, readError } from './errors.js';
import { Host, hostCallbacks } from './host.js';
import { runOnThread } from './jobs.js';
import { native, status as is, takeText } from './library.js';
import { camelStats, splitOptions } from './options.js';
import { read, write } from './values.js';
import { watch } from './watch.js';

const interruptAgain = 20; // ms
const key = Symbol('fkvm'); // VMs come from open()
let openArguments, opened;
const out = new BigUint64Array(1); // of synchronous calls: read at once after each

function checkMethod(method) {
  if (typeof method === 'string' && !method.includes('\0')) return;
  throw failure('INVALID', 'the method is no string, or has a NUL in it');
}

export class Vm {
  #handle = 0;
  #host;
  #exact;
  #died;
  #watch = null;
  #depth = 0; // of functions of this VM on this thread
  #jobs = [];
  #running = null; // the job on a worker thread
  #isOver = false; // closing has begun

  constructor(secret, { methods, output, died, exactFloats }) {
    if (secret !== key) throw new TypeError('a Vm comes from open() or openAsync()');
    this.#host = new Host(methods, output, exactFloats);
    this.#exact = exactFloats;
    this.#died = died;
  }

  static { // for open() and openAsync(), which are no methods
    openArguments = (vm, text, handle, error) => vm.#openArguments(text, handle, error);
    opened = (vm, status, handle, error) => vm.#opened(status, handle, error);
  }

  #openArguments(text, handle, error) {
    const { methods, output, id } = this.#host;
    const callbacks = hostCallbacks();
    return [text, methods.size ? callbacks.host : null, output ? callbacks.output : null, id,
            handle, error];
  }

  #opened(status, handle, error) {
    if (status !== is.ok) {
      this.#host.end();
      throw readError(takeText(error), this.#host.thrown);
    }
    this.#handle = handle[0];
    this.#watch = watch(native.fd(this.#handle), () => this.#pollQuietly());
    return this;
  }

  call(method, ...params) {
    checkMethod(method);
    const answer = this.#run(native.call, method, write(params, 'params'));
    return read(answer, this.#exact);
  }

  notify(method, ...params) {
    checkMethod(method);
    this.#run(native.notify, method, write(params, 'params'));
  }

  poll() { this.#run(native.poll); }

  async callAsync(method, ...params) {
    checkMethod(method);
    const answer = await this.#queue(native.call, method, write(params, 'params'));
    return read(answer, this.#exact);
  }

  async notifyAsync(method, ...params) {
    checkMethod(method);
    await this.#queue(native.notify, method, write(params, 'params'));
  }

  // False: the work ends only at the script's next use of a host method.
  interrupt() {
    this.#checkOpen();
    if (this.#running) this.#interruptUntilOver();
    return native.interrupt(this.#handle) !== is.unstoppable;
  }

  stats() {
    this.#checkOpen();
    const status = native.stats(this.#handle, out);
    const answer = takeText(out);
    if (status !== is.ok) throw readError(answer);
    return camelStats(read(answer));
  }

  get isOpen() { return this.#handle !== 0 && !this.#isOver; }

  ref() {
    this.#watch?.ref();
    return this;
  }
  unref() {
    this.#watch?.unref();
    return this;
  }

  close() {
    if (!this.#handle || this.#isOver) return;
    this.#checkFree();
    this.#watch.pause();
    const status = native.close(this.#handle, out);
    const answer = takeText(out);
    this.#closed(status);
    if (status !== is.ok) throw readError(answer);
  }

  async closeAsync() {
    if (!this.#handle || this.#isOver) return;
    this.#isOver = true;
    for (const job of this.#jobs.splice(0)) job.reject(closedError());
    if (this.#running) this.#interruptUntilOver();
    try {
      await this.#queue(native.close);
    } finally {
      this.#isOver = false;
    }
  }

  #checkOpen() {
    if (!this.#handle || this.#isOver) throw closedError();
  }

  // A synchronous function would wait for a thread whose host methods wait for this one.
  #checkFree() {
    if (!this.#running) return;
    throw failure('BUSY', 'an asynchronous call of this VM is running: await it, or use ' +
                          'callAsync(), notifyAsync() or closeAsync()');
  }

  #run(call, ...args) {
    this.#checkOpen();
    this.#checkFree();
    if (!this.#depth) this.#host.thrown = null;
    this.#depth++;
    let status;
    try {
      status = call(this.#handle, ...args, out);
    } finally {
      this.#depth--;
      if (!this.#depth && this.#jobs.length) queueMicrotask(() => this.#next());
    }
    const answer = takeText(out);
    if (status !== is.ok) throw this.#failed(answer);
    return answer;
  }

  #failed(answer) {
    const error = readError(answer, this.#host.thrown);
    if (!error.vmAlive) this.#dead(error);
    return error;
  }

  // Once: a dead child's descriptor stays readable.
  #dead(error) {
    this.#watch.close();
    const died = this.#died;
    this.#died = undefined;
    if (died) queueMicrotask(() => died(error));
  }

  #pollQuietly() {
    if (this.#running || this.#depth || !this.#handle) return;
    try {
      this.poll();
    } catch (error) {
      if (error.vmAlive !== false) throw error;
    }
  }

  #queue(call, ...args) {
    if (call !== native.close) this.#checkOpen();
    return new Promise((resolve, reject) => {
      this.#jobs.push({ call, args, resolve, reject });
      this.#next();
    });
  }

  #next() {
    if (this.#running || this.#depth || !this.#jobs.length) return;
    const job = this.#jobs.shift();
    if (!this.#handle) {
      job.reject(closedError());
      return this.#next();
    }
    this.#running = job;
    this.#watch.pause();
    this.#host.thrown = null;
    const answer = [0];
    runOnThread(job.call, [this.#handle, ...job.args, answer], (error, status) => {
      clearInterval(job.interrupts);
      this.#running = null;
      this.#settle(job, error, status, takeText(answer));
      this.#next();
    });
  }

  #settle(job, error, status, answer) {
    const isClose = job.call === native.close && !error;
    if (isClose) this.#closed(status);
    else this.#watch.resume();
    if (!error && status === is.ok) job.resolve(answer);
    else job.reject(error ?? (isClose ? readError(answer) : this.#failed(answer)));
  }

  // The worker thread may not have begun.
  #interruptUntilOver() {
    const job = this.#running;
    job.interrupts ??= setInterval(() => native.interrupt(this.#handle), interruptAgain);
    native.interrupt(this.#handle);
  }

  #closed(status) {
    if (status === is.busy) return this.#watch.resume();
    this.#watch.close();
    this.#host.end();
    this.#handle = 0;
  }
}

if (Symbol.dispose) Vm.prototype[Symbol.dispose] = Vm.prototype.close;
if (Symbol.asyncDispose) Vm.prototype[Symbol.asyncDispose] = Vm.prototype.closeAsync;

function closedError() {
  return failure('INVALID', 'this VM is closed', { vmAlive: false });
}

export function open(options = {}) {
  const { text, ours } = splitOptions(options);
  const vm = new Vm(key, ours);
  const handle = [0], error = [0];
  const status = native.open(...openArguments(vm, text, handle, error));
  return opened(vm, status, handle, error);
}

export function openAsync(options = {}) {
  return new Promise((resolve, reject) => {
    const { text, ours } = splitOptions(options);
    const vm = new Vm(key, ours);
    const handle = [0], error = [0];
    runOnThread(native.open, openArguments(vm, text, handle, error), (problem, status) => {
      if (problem) return reject(problem);
      try {
        resolve(opened(vm, status, handle, error));
      } catch (failed) {
        reject(failed);
      }
    });
  });
}

export function backends() {
  const status = native.backends(out);
  const answer = takeText(out);
  if (status !== is.ok) throw readError(answer);
  return read(answer);
}

export const version = native.version();
