// SPDX-License-Identifier: MIT
// Tells a VM when fk_vm_poll() has work: of a child by libuv's own watch on its descriptor, of an
// embedded VM by one timer for all, until it is tidy, and again after a call. Neither keeps the
// process alive, unless ref() was called.
import { watchDescriptor } from './library.js';

const period = 100; // ms; fk_vm_fd() asks for 50 to 200

class DescriptorWatch {
  #handle;
  #callback;

  constructor(fd, callback) {
    this.#callback = callback;
    this.#handle = watchDescriptor(fd, callback);
    this.#handle.unref();
  }
  pause() { this.#handle?.stop(); }
  resume() { this.#handle?.start({ readable: true }, this.#callback); }
  ref() { this.#handle?.ref(); }
  unref() { this.#handle?.unref(); }
  close() {
    this.#handle?.close();
    this.#handle = null;
  }
  polled() {}
  called() {}
}

const idle = new Set();
let polling = null;

function adjustPolling() {
  if (!idle.size) {
    clearInterval(polling);
    polling = null;
  } else {
    polling ??= setInterval(() => { for (const watch of [...idle]) watch.callback(); }, period)
      .unref();
  }
}

const kept = new Set(); // watches that keep the process alive, polled or not
const longest = 2 ** 31 - 1;
let keeper = null;

function adjustKeeper() {
  if (!kept.size) {
    clearInterval(keeper);
    keeper = null;
  } else {
    keeper ??= setInterval(() => {}, longest);
  }
}

class TimerWatch {
  #isClosed = false;

  constructor(callback) {
    this.callback = callback;
    this.resume();
  }
  pause() {
    idle.delete(this);
    adjustPolling();
  }
  resume() {
    if (!this.#isClosed) idle.add(this);
    adjustPolling();
  }
  ref() {
    if (!this.#isClosed) kept.add(this);
    adjustKeeper();
  }
  unref() {
    kept.delete(this);
    adjustKeeper();
  }
  close() {
    this.#isClosed = true;
    this.unref();
    this.pause();
  }
  polled(wantsMore) {
    if (!wantsMore()) this.pause();
  }
  called() { this.resume(); }
}

export function watch(fd, callback) {
  return fd < 0 ? new TimerWatch(callback) : new DescriptorWatch(fd, callback);
}
