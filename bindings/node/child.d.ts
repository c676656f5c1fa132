// SPDX-License-Identifier: MIT
// Types of a VM in JavaScript (docs/node.md, "A VM in JavaScript").

/** The server answered a call with an error. */
export class CallError extends Error {
  readonly code: number;
}

/** The server ended this piece of work: a time limit, or fk_vm_interrupt(). */
export class InterruptedError extends Error {}

export interface Settings {
  /** Runs when the server closes the VM; its output is heard. */
  close?: () => unknown;
  /** Floats of whole value arrive as Float, not as number. */
  exactFloats?: boolean;
}

/** What the server may call, by name. Functions may be async. */
export function serve(functions: { [name: string]: (...params: any[]) => unknown },
                      settings?: Settings): void;

/** Calls a host method of the server. */
export function call<Result = any>(method: string, ...params: unknown[]): Promise<Result>;
export function notify(method: string, ...params: unknown[]): void;

/** Aborted when the work at hand is interrupted; undefined outside of a served function. */
export function signal(): AbortSignal | undefined;

/** A Lua float for the server, also where a number would be an integer. */
export { Float } from './index.js';
