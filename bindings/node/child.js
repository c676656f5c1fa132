// SPDX-License-Identifier: MIT
// A VM in JavaScript: FK_VM_COMMAND="node game.js" (docs/node.md). It speaks docs/protocol.md on
// standard input and output, needs no libfkvm, and takes them as soon as it is imported.
import { codes, CallError, Peer } from './src/peer.js';
import { takeStdout, wellFormed } from './src/child_output.js';
import { InterruptedError, interruptAll, isPromise, orInterrupted, signal, throwIfInterrupted, work }
  from './src/child_work.js';

export { CallError, InterruptedError, signal };
export { Float } from './src/values.js';

const protocol = 1;
let functions = null; // until serve()
let options = {};
let isReading = false;

const write = takeStdout((text, level) => peer.notify('$/output', [text, level]));
const peer = new Peer(write, { request, notification, broken });
peer.notify('$/starting', [{ protocol, name: 'node' }]);
process.on('uncaughtException', sayFailure);

function ownMethods(method) {
  if (method === '$/methods') return () => [...functions.keys()];
  return functions.get(method);
}

function run(method, params) {
  const called = ownMethods(method);
  if (!called)
    throw Object.assign(new Error(`the script has no function '${method}'`),
                        { code: codes.noMethod });
  return work(() => called(...params));
}

const messageOf = (error) => wellFormed(String(error?.message ?? error));
const stackOf = (error) => wellFormed(String(error?.stack ?? error));

function describe(error) {
  const isInterrupted = error instanceof InterruptedError;
  const isBad = error?.status === 'BAD_VALUE';
  const isOwn = Number.isInteger(error?.code) && !(error instanceof CallError);
  const code = isBad ? codes.badValue : isOwn ? error.code : codes.script;
  const data = { traceback: stackOf(error) };
  if (isInterrupted) data.status = 'INTERRUPTED';
  return { code, message: messageOf(error), data };
}

// done(result) or failed(error): at once, unless the function is async.
function settle(method, params, done, failed) {
  try {
    const result = run(method, params);
    if (isPromise(result)) result.then(done).catch(failed);
    else done(result);
  } catch (error) {
    failed(error);
  }
}

function request(method, params, id) {
  if (method === 'bye') return end(() => peer.reply(id, 'Goodbye'));
  settle(method, params, (result) => peer.reply(id, result),
         (error) => peer.fail(id, describe(error)));
}

function notification(method, params) {
  settle(method, params, () => {}, (error) => {
    console.warn(`the notification '${method}' failed: ${messageOf(error)}`);
  });
}

function broken(why) {
  process.stderr.write(`fkvm/child: the server broke the protocol: ${why}\n`);
  process.exit(1);
}

async function end(farewell) {
  try {
    await options.close?.();
  } catch (error) {
    console.error(error);
  }
  farewell?.();
  write('', () => process.exit(0));
}

function startReading() {
  if (isReading) return;
  isReading = true;
  // Later in this turn of the loop: a SIGINT that was sent before must not meet what begins here.
  process.stdin.on('data', (chunk) => setImmediate(() => peer.take(chunk)));
  process.stdin.on('end', () => setImmediate(end));
  process.on('SIGINT', interruptAll);
}

// In place of the greeting: the server gives it to who opens the VM.
function sayFailure(error) {
  peer.notify('$/failed', ['OPEN_FAILED', messageOf(error), stackOf(error)]);
  write('', () => process.exit(1));
}

// Serves what the server calls, by name. Functions may be async.
export function serve(served, settings = {}) {
  if (functions) throw new Error('serve() was called before');
  functions = new Map(Object.entries(served));
  for (const [name, called] of functions)
    if (typeof called !== 'function') throw new TypeError(`serve: '${name}' is no function`);
  options = settings;
  peer.exact = settings.exactFloats ?? false;
  process.off('uncaughtException', sayFailure);
  startReading();
  peer.notify('$/hello', [{ protocol, name: 'node', version: process.versions.node,
                            interrupt: true }]);
}

// Calls a host method of the server.
export function call(method, ...params) {
  throwIfInterrupted();
  startReading();
  return orInterrupted(peer.call(method, params));
}

export function notify(method, ...params) {
  throwIfInterrupted();
  peer.notify(method, params);
}
