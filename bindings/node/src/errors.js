// SPDX-License-Identifier: MIT
// Errors: a class for each status of fk_vm.h, with what fk_error says as properties.
import { Buffer } from 'node:buffer';

export class FkvmError extends Error {
  constructor({ status, message, code = 0, traceback, method, vmAlive = true, exitStatus = 0,
                death = 'NONE' }, options) {
    super(message, options);
    Object.assign(this, { status, code, traceback, method, vmAlive, exitStatus, death });
  }
}
Object.defineProperty(FkvmError.prototype, 'name', { get() { return this.constructor.name; } });

export class InvalidError extends FkvmError {}
export class NoMemoryError extends FkvmError {}
export class NoBackendError extends FkvmError {}
export class OpenFailedError extends FkvmError {}
export class NoMethodError extends FkvmError {}
export class ScriptError extends FkvmError {}
export class BadValueError extends FkvmError {}
export class TimeoutError extends FkvmError {}
export class MemoryLimitError extends FkvmError {}
export class InterruptedError extends FkvmError {}
export class VmDiedError extends FkvmError {}
export class ProtocolError extends FkvmError {}
export class BusyError extends FkvmError {}
export class UnstoppableError extends FkvmError {}

const classes = {
  INVALID: InvalidError,
  NO_MEMORY: NoMemoryError,
  NO_BACKEND: NoBackendError,
  OPEN_FAILED: OpenFailedError,
  NO_METHOD: NoMethodError,
  SCRIPT_ERROR: ScriptError,
  BAD_VALUE: BadValueError,
  TIMEOUT: TimeoutError,
  MEMORY_LIMIT: MemoryLimitError,
  INTERRUPTED: InterruptedError,
  VM_DIED: VmDiedError,
  PROTOCOL: ProtocolError,
  BUSY: BusyError,
  UNSTOPPABLE: UnstoppableError,
};

export function failure(status, message, more) {
  return new (classes[status] ?? FkvmError)({ status, message, ...more });
}

// Texts of scripts may be any bytes, which JSON has as {"$bytes": base64}.
const shown = (text) => (text?.$bytes ? Buffer.from(text.$bytes, 'base64').toString() : text);

// The error that a function of fk_foreign.h handed out; null if there was no memory for it. thrown
// is what a host method threw before: the cause, if the message has it.
export function readError(text, thrown) {
  if (text === null) return failure('NO_MEMORY', 'out of memory');
  const { status, message, traceback, vm_alive, exit_status, ...rest } = JSON.parse(text);
  const said = shown(message);
  const isCause = thrown && status === 'SCRIPT_ERROR' && said.includes(textOf(thrown.error));
  return new (classes[status] ?? FkvmError)(
    { ...rest, status, message: said, traceback: shown(traceback), vmAlive: vm_alive,
      exitStatus: exit_status },
    isCause ? { cause: thrown.error } : undefined);
}

// Whatever may be thrown, as a sentence for a script.
export function textOf(error) {
  return String(error?.message ?? error) || 'an error without a message';
}
