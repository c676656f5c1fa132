// SPDX-License-Identifier: MIT
// A VM. What is synchronous runs on this thread; what is asynchronous waits in the VM's own queue,
// so that no worker thread waits for a VM, and this thread never waits for one that needs it.
import { failure, readError } from './errors.js';
import { Host, hostCallbacks } from './host.js';
import { Jobs } from './jobs.js';
import { native, status as is, takeText } from './library.js';
import { camelStats } from './options.js';
import { read, write } from './values.js';
import { watch } from './watch.js';

export const key = Symbol('fkvm'); // VMs come from open()
export let openArguments, opened;
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
  #jobs = new Jobs(() => !this.#depth, () => this.#beginJob());
  #isOver = false; // closing has begun

  constructor(secret, { methods, output, died, exactFloats }) {
    if (secret !== key) throw new TypeError('a Vm comes from open() or openAsync()');
    this.#host = new Host(methods, output, exactFloats, () => this.#jobs.isRunning);
    this.#exact = exactFloats;
    this.#died = died;
  }

  static { // for open.js
    openArguments = (vm, ...args) => vm.#openArguments(...args);
    opened = (vm, ...args) => vm.#opened(...args);
  }

  #openArguments(text, handle, error) {
    const { methods, output, id } = this.#host;
    const callbacks = hostCallbacks();
    return [text, methods.size ? callbacks.host : null, output ? callbacks.output : null, id,
            handle, error];
  }

  // problem is one of koffi's own.
  #opened(problem, status, handle, error) {
    if (problem || status !== is.ok) {
      this.#host.end();
      throw problem ?? readError(takeText(error), this.#host.thrown);
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
    const answer = await this.#later(native.call, method, write(params, 'params'));
    return read(answer, this.#exact);
  }

  async notifyAsync(method, ...params) {
    checkMethod(method);
    await this.#later(native.notify, method, write(params, 'params'));
  }

  // False: the work ends only at the script's next use of a host method.
  interrupt() {
    this.#checkOpen();
    return this.#interrupt();
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
    this.#closed(null, status, takeText(out));
  }

  async closeAsync() {
    if (!this.#handle || this.#isOver) return;
    this.#isOver = true;
    this.#jobs.giveUp(closedError());
    if (this.#jobs.isRunning) this.#interrupt();
    const settle = (...outcome) => {
      this.#isOver = false;
      this.#closed(...outcome);
    };
    await this.#jobs.add(native.close, [], settle);
  }

  #checkOpen() {
    if (!this.#handle || this.#isOver) throw closedError();
  }

  // A synchronous function would wait for a thread whose host methods wait for this one.
  #checkFree() {
    if (!this.#jobs.isRunning) return;
    throw failure('BUSY', 'an asynchronous call of this VM is running: await it, or use ' +
                          'callAsync(), notifyAsync() or closeAsync()');
  }

  #interrupt() {
    if (this.#jobs.isRunning) this.#jobs.interruptUntilOver(this.#handle);
    return native.interrupt(this.#handle) !== is.unstoppable;
  }

  #run(call, ...args) {
    this.#checkOpen();
    this.#checkFree();
    if (!this.#depth) this.#host.thrown = null;
    this.#depth++;
    try {
      const status = call(this.#handle, ...args, out);
      const answer = takeText(out);
      if (status !== is.ok) throw this.#failed(answer);
      return answer;
    } finally {
      this.#depth--;
      if (!this.#depth) {
        this.#watch.called();
        this.#jobs.next();
      }
    }
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
    if (this.#jobs.isRunning || this.#depth || !this.#handle) return;
    try {
      this.poll();
      this.#watch.polled(() => this.stats().wantsPoll);
    } catch (error) {
      if (error.vmAlive !== false && error.status !== 'BUSY') throw error;
    }
  }

  async #later(call, ...args) {
    this.#checkOpen();
    return this.#jobs.add(call, args, (error, status, answer) => {
      this.#watch.resume();
      if (error) throw error;
      if (status !== is.ok) throw this.#failed(answer);
      return answer;
    });
  }

  #beginJob() {
    this.#watch.pause();
    this.#host.thrown = null;
    return this.#handle;
  }

  // Unless it is busy, the VM is gone whatever the status.
  #closed(error, status, answer) {
    if (error || status === is.busy) {
      this.#watch.resume();
    } else {
      this.#watch.close();
      this.#host.end();
      this.#handle = 0;
    }
    if (error) throw error;
    if (status !== is.ok) throw readError(answer);
  }
}

if (Symbol.dispose) Vm.prototype[Symbol.dispose] = Vm.prototype.close;
if (Symbol.asyncDispose) Vm.prototype[Symbol.asyncDispose] = Vm.prototype.closeAsync;

function closedError() {
  return failure('INVALID', 'this VM is closed', { vmAlive: false });
}
