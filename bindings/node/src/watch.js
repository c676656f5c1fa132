// SPDX-License-Identifier: MIT
// Tells a VM when fk_vm_poll() has work: of a child by libuv's own watch on its descriptor, of an
// embedded VM by one timer for all. Neither keeps the process alive, unless ref() was called.
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
}

const idle = new Set();
const kept = new Set(); // of them, those that keep the process alive
let timer = null;

function adjustTimer() {
  if (!idle.size) {
    clearInterval(timer);
    timer = null;
    return;
  }
  timer ??= setInterval(() => { for (const watch of [...idle]) watch.callback(); }, period);
  if (kept.size) timer.ref();
  else timer.unref();
}

class TimerWatch {
  constructor(callback) {
    this.callback = callback;
    this.resume();
  }
  pause() {
    idle.delete(this);
    adjustTimer();
  }
  resume() {
    idle.add(this);
    adjustTimer();
  }
  ref() {
    kept.add(this);
    adjustTimer();
  }
  unref() {
    kept.delete(this);
    adjustTimer();
  }
  close() {
    kept.delete(this);
    this.pause();
  }
}

export function watch(fd, callback) {
  return fd < 0 ? new TimerWatch(callback) : new DescriptorWatch(fd, callback);
}
