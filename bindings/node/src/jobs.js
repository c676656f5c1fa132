// SPDX-License-Identifier: MIT
// Calls on koffi's worker threads, which are those of libuv: few, and each call holds one.

const most = 64; // handed to koffi at a time; it has a stack for each
let started = 0;
const waiting = [];

// Runs native(...args) on a worker thread, then done(error, status) on this one.
export function runOnThread(native, args, done) {
  if (started === most) {
    waiting.push([native, args, done]);
    return;
  }
  started++;
  native.async(...args, (error, status) => {
    started--;
    const next = waiting.shift();
    if (next) runOnThread(...next);
    done(error, status);
  });
}
