// SPDX-License-Identifier: MIT
// JSON-RPC of docs/protocol.md at the child's end: lines in and out, calls that wait for answers.
import { Buffer } from 'node:buffer';
import { failure } from './errors.js';
import { read, write } from './values.js';

export const codes = { noMethod: -32601, internal: -32603, script: -32000, badValue: -32003 };

// The server's answer to a call was an error.
export class CallError extends Error {
  constructor(method, { code, message }) {
    super(`${method}: ${message}`);
    this.code = code;
  }
}
Object.defineProperty(CallError.prototype, 'name', { value: 'CallError' });

const noLimit = 0xffffffff;
const most = Number(process.env.FK_VM_MAX_MESSAGE) || noLimit;

function line(text) {
  const size = most === noLimit ? 0 : Buffer.byteLength(text);
  if (size > most)
    throw failure('BAD_VALUE', `the message has ${size} bytes, more than max_message (${most})`);
  return text + '\n';
}

export class Peer {
  #send;
  #handlers;
  #pieces = []; // of a line that has no end yet
  #open = new Map();
  #lastId = 0;
  exact = false; // see read()

  // send takes text. handlers: request(method, params, id), notification(method, params),
  // broken(why).
  constructor(send, handlers) {
    this.#send = send;
    this.#handlers = handlers;
  }

  notify(method, params) {
    this.#send(line(`{"jsonrpc":"2.0","method":${write(method, 'method')},` +
                    `"params":${write(params, 'params')}}`));
  }

  call(method, params) {
    const id = this.#lastId + 1;
    const text = line(`{"jsonrpc":"2.0","method":${write(method, 'method')},` +
                      `"params":${write(params, 'params')},"id":${id}}`);
    this.#lastId = id;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { method, resolve, reject });
      this.#send(text);
    });
  }

  // Throws if the result cannot cross: nothing was answered then.
  reply(id, result) {
    this.#send(line(`{"jsonrpc":"2.0","result":${write(result, 'result')},"id":${id}}`));
  }

  fail(id, error) {
    this.#send(line(`{"jsonrpc":"2.0","error":${write(error, 'error')},"id":${id}}`));
  }

  // Bytes as they come.
  take(chunk) {
    let from = 0;
    for (let end; (end = chunk.indexOf(0x0a, from)) >= 0; from = end + 1) {
      const text = Buffer.concat([...this.#pieces, chunk.subarray(from, end)]).toString();
      this.#pieces = [];
      this.#takeLine(text);
    }
    if (from < chunk.length) this.#pieces.push(chunk.subarray(from));
  }

  #takeLine(text) {
    let message;
    try {
      message = read(text, this.exact);
    } catch (error) {
      return this.#handlers.broken(`a line is no JSON: ${error.message}`);
    }
    if (typeof message !== 'object' || message === null)
      return this.#handlers.broken('a line is no message');
    const { method, params = [], id } = message;
    if (method === undefined) return this.#takeAnswer(message);
    const list = Array.isArray(params) ? params : params === null ? [] : [params];
    if (id === undefined) this.#handlers.notification(method, list);
    else this.#handlers.request(method, list, Number(id));
  }

  #takeAnswer({ id, error, result }) {
    const call = this.#open.get(Number(id));
    if (!call) return; // nothing waits for it: the call was interrupted
    this.#open.delete(Number(id));
    if (error) call.reject(new CallError(call.method, error));
    else call.resolve(result);
  }
}
