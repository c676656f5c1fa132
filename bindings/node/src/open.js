// SPDX-License-Identifier: MIT
// How a VM comes to be, and what can be asked without one.
import { readError } from './errors.js';
import { runOnThread } from './jobs.js';
import { native, status as is, takeText } from './library.js';
import { splitOptions } from './options.js';
import { read } from './values.js';
import { Vm, key, openArguments, opened } from './vm.js';

export function open(options = {}) {
  const { text, ours } = splitOptions(options);
  const vm = new Vm(key, ours);
  const handle = [0], error = [0];
  const status = native.open(...openArguments(vm, text, handle, error));
  return opened(vm, null, status, handle, error);
}

export async function openAsync(options = {}) {
  const { text, ours } = splitOptions(options);
  const vm = new Vm(key, ours);
  const handle = [0], error = [0];
  const args = openArguments(vm, text, handle, error);
  const [problem, status] = await new Promise((resolve) => {
    runOnThread(native.open, args, (...outcome) => resolve(outcome));
  });
  return opened(vm, problem, status, handle, error);
}

export function backends() {
  const out = [0];
  const status = native.backends(out);
  const answer = takeText(out);
  if (status !== is.ok) throw readError(answer);
  return read(answer);
}

export const version = native.version();
