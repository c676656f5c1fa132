// SPDX-License-Identifier: MIT
// Types of fkvm for Node.js (docs/node.md).

/** What arrives from a script: other bytes than text as Buffer, integers beyond 2^53 as bigint. */
export type Value = null | boolean | number | bigint | string | Float | Buffer | Value[] |
  { [name: string]: Value };

/** A Lua float, also where a number would be an integer: new Float(3) is 3.0. */
export class Float {
  constructor(value: number);
  readonly value: number;
  valueOf(): number;
  toString(): string;
  toJSON(): number;
}

export type Status = 'INVALID' | 'NO_MEMORY' | 'NO_BACKEND' | 'OPEN_FAILED' | 'NO_METHOD' |
  'SCRIPT_ERROR' | 'BAD_VALUE' | 'TIMEOUT' | 'MEMORY_LIMIT' | 'INTERRUPTED' | 'VM_DIED' |
  'PROTOCOL' | 'BUSY' | 'UNSTOPPABLE';

export type Death = 'NONE' | 'EXIT' | 'SIGNAL' | 'OUT_OF_MEMORY' | 'MEMORY_LIMIT' | 'TIMEOUT' |
  'INTERRUPT' | 'PROTOCOL' | 'UNKNOWN' | 'OPERATOR';

/** As fk_error of fk_vm.h. `cause` is what a host method threw, if that ended the call. */
export class FkvmError extends Error {
  readonly status: Status;
  readonly code: number;
  readonly traceback?: string;
  readonly method?: string;
  readonly vmAlive: boolean;
  readonly exitStatus: number;
  readonly death: Death;
}

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

export type Level = 'print' | 'debug' | 'info' | 'warning' | 'critical' | 'stdout' | 'stderr';

/** The fields of fk_vm_options. Times are milliseconds, sizes bytes; Infinity is no limit. */
export interface Options {
  backend?: string;
  script?: string;
  directory?: string;
  command?: string[];
  environment?: { [name: string]: string } | string[];
  preload?: { [name: string]: string } | string[];
  memoryLimit?: number;
  openTimeout?: number;
  callTimeout?: number;
  closeTimeout?: number;
  hostTimeout?: number;
  maxMessage?: number;
  maxOutput?: number;
  maxNesting?: number;
  maxValues?: number;
  maxHostCalls?: number;
  sandbox?: 'game' | 'trusted' | 'strict';
  flags?: ('no_template' | 'follow_links' | 'raw_strings')[];
  interruptSignal?: number;
  /** Global variables that the script finds when it loads. */
  globals?: { [name: string]: unknown };

  /** What scripts may call, by name. '*' takes every other name, as its first parameter. A call by
   *  callAsync() waits for a promise. */
  methods?: { [name: string]: (...params: any[]) => unknown };
  /** A line that is printed, or a whole record of the other levels, newlines in it and all. Without
   *  the one at its end. Left out: standard output of this process. */
  output?: (text: string, level: Level) => void;
  /** Called once, soon after the VM was found dead: by a call, or while it was idle. */
  died?: (error: FkvmError) => void;
  /** Floats of whole value arrive as Float, not as number. */
  exactFloats?: boolean;
}

export interface MethodStats {
  calls: number;
  totalNs: number;
  maxNs: number;
}

/** As fk_stats of fk_vm.h. */
export interface Stats {
  backend: string;
  pid: number;
  alive: boolean;
  fromTemplate: boolean;
  sandbox: number;
  sandboxReached: string;
  memory: number;
  memoryPeak: number;
  rss: number;
  calls: number;
  errors: number;
  requests: number;
  notifications: number;
  failedNotifications: number;
  messagesDropped: number;
  bytesIn: number;
  bytesOut: number;
  outputCut: number;
  vmNs: number;
  hostNs: number;
  hostNsMax: number;
  wantsPoll: boolean;
  runtime: string;
  limitedBy: string;
  methods: { [name: string]: MethodStats };
}

export class Vm {
  private constructor();
  readonly isOpen: boolean;

  /** Calls a function of the script, on this thread. */
  call<Result = any>(method: string, ...params: unknown[]): Result;
  notify(method: string, ...params: unknown[]): void;
  /** Does what is waiting. The event loop does it already. */
  poll(): void;
  close(): void;

  /** The same on a worker thread. Those of one VM run one after the other. */
  callAsync<Result = any>(method: string, ...params: unknown[]): Promise<Result>;
  notifyAsync(method: string, ...params: unknown[]): Promise<void>;
  /** Interrupts a call that runs, and gives up those that wait. */
  closeAsync(): Promise<void>;

  /** Ends what runs. False: it ends only at the script's next use of a host method. */
  interrupt(): boolean;
  stats(): Stats;

  /** Whether the VM keeps this process alive. It does not, unless ref() was called. */
  ref(): this;
  unref(): this;

  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export function open(options?: Options): Vm;
export function openAsync(options?: Options): Promise<Vm>;

export interface Backend {
  name: string;
  available: boolean;
  source: string;
  about: string;
}
export function backends(): Backend[];

/** Of libfkvm. */
export const version: string;
