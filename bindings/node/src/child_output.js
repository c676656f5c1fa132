// SPDX-License-Identifier: MIT
// A child's standard output belongs to the protocol. What console and process.stdout write goes to
// the server as output instead; standard error stays as it is.
import { Buffer } from 'node:buffer';
import { format } from 'node:util';

const longest = 1 << 16; // of one message
const levels = { log: 'print', debug: 'debug', info: 'info', warn: 'warning', error: 'critical' };

// Half a surrogate pair is no text that could cross.
export const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, '\ufffd');

const isNewline = (unit) => unit === '\n' || unit === 10;

function* pieces(output) {
  for (let from = 0, end; from < output.length; from = end) {
    end = from + longest;
    if (typeof output === 'string' && output.codePointAt(end - 1) > 0xffff) end--;
    // The newline at the end of a piece would end the record.
    while (end < output.length && end > from + 1 && isNewline(output[end - 1])) end--;
    yield output.slice(from, end);
  }
}

// Returns what writes a line of the protocol. sendOutput takes a piece of output and its level.
export function takeStdout(sendOutput) {
  const { stdout } = process;
  const send = stdout.write.bind(stdout);
  const say = (output, level) => {
    const whole = typeof output === 'string' ? wellFormed(output) : output;
    for (const piece of pieces(whole)) sendOutput(piece, level);
  };
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
