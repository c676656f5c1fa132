// SPDX-License-Identifier: MIT
// Host methods and output: two C callbacks for all VMs, which find their VM by its number.
import { native, registerHost, registerOutput, textAt } from './library.js';
import { textOf } from './errors.js';
import { read, write } from './values.js';

const levels = ['print', 'debug', 'info', 'warning', 'critical', 'stdout', 'stderr'];
const internalError = -32603;

const hosts = new Map();
let lastId = 0;

// What scripts of one VM may call, and what was thrown to them since `thrown` was cleared.
export class Host {
  // mayWait() says whether this thread is free while the script waits.
  constructor(methods, output, exact, mayWait) {
    this.id = ++lastId;
    this.methods = new Map(Object.entries(methods));
    this.output = output;
    this.exact = exact;
    this.mayWait = mayWait;
    this.thrown = null;
    for (const [name, method] of this.methods)
      if (typeof method !== 'function')
        throw new TypeError(`methods['${name}'] is no function`);
    hosts.set(this.id, this);
  }

  end() { hosts.delete(this.id); }

  run(method, params) {
    const known = this.methods.get(method);
    const args = Array.isArray(params) ? params : params === null ? [] : [params];
    return known ? known(...args) : this.methods.get('*')(method, ...args);
  }

  answer(request, method, params) {
    try {
      const result = this.run(method, read(params, this.exact));
      if (typeof result?.then !== 'function') native.reply(request, write(result, 'result'));
      else this.#settle(request, method, result);
    } catch (error) {
      this.thrown = { error };
      native.fail(request, codeOf(error), textOf(error));
    }
  }

  // The thread of the call waits for the promise, in C. Nobody waits for that of a notification.
  #settle(request, method, promise) {
    const isNotification = native.isNotification(request);
    const later = !isNotification && this.mayWait() ? native.later(request) : 0;
    if (!later) {
      promise.then(undefined, warn(method));
      if (isNotification) return;
      throw new TypeError(`the host method '${method}' returned a promise, for which a call by ` +
                          'call() cannot wait: use callAsync()');
    }
    const failed = (error) => {
      this.thrown = { error };
      native.laterFail(later, codeOf(error), textOf(error));
    };
    promise.then((result) => {
      const text = write(result, 'result');
      native.laterReply(later, text);
    }).catch(failed);
  }
}

const warn = (method) => (error) =>
  process.emitWarning(`the host method '${method}' failed: ${textOf(error)}`, 'FkvmWarning');

function codeOf(error) {
  const code = error?.code;
  const allowed = Number.isInteger(code) &&
    ((code >= -32099 && code <= -32000) || (code >= -32603 && code <= -32601));
  return allowed ? code : internalError;
}

function callHost(id, request, method, params) {
  hosts.get(id).answer(request, method, params);
}

// What an output function throws has no caller: it is an uncaught exception.
function writeOutput(id, level, text, size) {
  try {
    hosts.get(id).output(textAt(text, size), levels[level]);
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}

let callbacks = null; // a slot of koffi each, for good
export function hostCallbacks() {
  callbacks ??= { host: registerHost(callHost), output: registerOutput(writeOutput) };
  return callbacks;
}
