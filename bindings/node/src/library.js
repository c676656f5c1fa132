// SPDX-License-Identifier: MIT
// libfkvm by koffi: the functions of fk_vm.h and fk_foreign.h that this package calls.
import koffi from 'koffi';

const name = process.env.FK_VM_LIBRARY || 'libfkvm.so.1';

function load() {
  try {
    return koffi.load(name);
  } catch (error) {
    throw new Error(`fkvm: cannot load ${name} (${error.message}): install libfkvm, or set ` +
                    'FK_VM_LIBRARY to the path of libfkvm.so.1', { cause: error });
  }
}

const leastStack = 1 << 20; // of a worker thread; koffi's default is an eighth of that
try {
  koffi.config({ async_stack_size: 2 << 20, sync_stack_size: 4 << 20 });
} catch { // koffi is in use already
}
export const hasAsync = koffi.config().async_stack_size >= leastStack;

const lib = load();
const hostType = koffi.proto(
  'void FkvmHost(uintptr_t user, uintptr_t request, str method, str params, size_t size)');
const outputType = koffi.proto(
  'void FkvmOutput(uintptr_t user, int level, void *text, size_t size)');

const freeText = lib.func('void fk_text_free(void *)');

// Texts come back through an array of one address.
export const native = {
  open: lib.func('int fk_vm_open_json(str options, FkvmHost *host, FkvmOutput *output, ' +
                 'uintptr_t user, _Out_ uint64_t *vm, _Out_ uint64_t *error)'),
  call: lib.func('int fk_vm_call_json(uint64_t, str method, str params, _Out_ uint64_t *answer)'),
  notify: lib.func('int fk_vm_notify_json(uint64_t, str method, str params, ' +
                   '_Out_ uint64_t *error)'),
  poll: lib.func('int fk_vm_poll_json(uint64_t, _Out_ uint64_t *error)'),
  close: lib.func('int fk_vm_close_json(uint64_t, _Out_ uint64_t *error)'),
  stats: lib.func('int fk_vm_stats_json(uint64_t, _Out_ uint64_t *answer)'),
  backends: lib.func('int fk_backend_list_json(_Out_ uint64_t *answer)'),
  interrupt: lib.func('int fk_vm_interrupt(uint64_t)'),
  fd: lib.func('int fk_vm_fd(uint64_t)'),
  reply: lib.func('int fk_reply_json(uintptr_t request, str result)'),
  fail: lib.func('int fk_fail(uintptr_t request, int32_t code, str message)'),
  later: lib.func('uintptr_t fk_request_later(uintptr_t request)'),
  laterReply: lib.func('int fk_later_reply_json(uintptr_t later, str result)'),
  laterFail: lib.func('int fk_later_fail(uintptr_t later, int32_t code, str message)'),
  isNotification: lib.func('bool fk_request_is_notification(uintptr_t request)'),
  version: lib.func('str fk_version()'),
};

export const status = { ok: 0, busy: 13, unstoppable: 14 };

// The text at an address that the library handed out, which frees it; null if there is none.
export function takeText(out) {
  const address = out[0];
  if (!address) return null;
  out[0] = 0n;
  const text = koffi.decode.string(address);
  freeText(address);
  return text;
}

export function textAt(address, size) {
  return size ? koffi.decode.string(address, size) : '';
}

export const registerHost = (callback) => koffi.register(callback, koffi.pointer(hostType));
export const registerOutput = (callback) => koffi.register(callback, koffi.pointer(outputType));
export const watchDescriptor = (fd, callback) => koffi.node.poll(fd, { readable: true }, callback);
