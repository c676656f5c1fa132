// SPDX-License-Identifier: MIT
// A child's standard output belongs to the protocol. What console and process.stdout write goes to
// the server as output instead; standard error stays as it is.
import { Buffer } from 'node:buffer';
import { format } from 'node:util';

const levels = { log: 'print', debug: 'debug', info: 'info', warn: 'warning', error: 'critical' };

// Returns what writes a line of the protocol.
export function takeStdout(say) {
  const { stdout } = process;
  const send = stdout.write.bind(stdout);
  stdout.write = (chunk, encoding, callback) => {
    say(typeof chunk === 'string' ? chunk : Buffer.from(chunk), 'print');
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done) process.nextTick(done);
    return true;
  };
  for (const [name, level] of Object.entries(levels))
    console[name] = (...args) => say(format(...args) + '\n', level);
  return send;
}
