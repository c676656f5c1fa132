// SPDX-License-Identifier: MIT
// fkvm for Node.js: a Lua VM, embedded or in a child process (docs/node.md).
export * from './src/errors.js';
export { Float } from './src/values.js';
export { backends, open, openAsync, version } from './src/open.js';
export { Vm } from './src/vm.js';
