// SPDX-License-Identifier: MIT
// Options as JavaScript names them, and as fk_vm_open_json() takes them.
import { failure } from './errors.js';
import { write } from './values.js';

const snake = (name) => name.replace(/[A-Z]/g, (letter) => '_' + letter.toLowerCase());
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function checkFunction(options, name) {
  if (options[name] !== undefined && typeof options[name] !== 'function')
    throw failure('INVALID', `open: ${name} is no function`, { vmAlive: false });
}

// The JSON for C, and what this package keeps for itself. Infinity is no limit.
export function splitOptions({ methods = {}, output, died, exactFloats = false, ...rest }) {
  checkFunction({ output }, 'output');
  checkFunction({ died }, 'died');
  const options = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) options[snake(name)] = value === Infinity ? null : value;
  }
  const names = Object.keys(methods);
  if (names.length) options.methods = names;
  return { text: write(options, 'options'), ours: { methods, output, died, exactFloats } };
}

// Members of stats; the names of methods stay.
export function camelStats({ methods, ...stats }) {
  const renamed = (object) =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [camel(name), value]));
  const byName = Object.entries(methods).map(([name, counts]) => [name, renamed(counts)]);
  return { ...renamed(stats), methods: Object.fromEntries(byName) };
}
