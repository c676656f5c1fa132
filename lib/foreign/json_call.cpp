// SPDX-License-Identifier: MIT
// Calls with JSON: parse, call, write.
#include "fk_foreign.h"
#include "handed_out.h"
#include "shim/json_text.h"
#include "shim/vm.h"

#include <memory>

using namespace fkvm;

namespace {

struct FreeValue {
    void operator()(fk_value *value) const noexcept { fk_value_free(value); }
};

// NULL for none.
bool parse_params(const char *function, const char *text, Arena &arena, fk_value *value) {
    *value = fk_value{};
    if (!text) return true;
    if (!parse_json(std::string(function) + ": params", text, arena, value)) return false;
    if (value->kind == FK_ARRAY || value->kind == FK_OBJECT || value->kind == FK_NULL) return true;
    failf(FK_INVALID, "%s: params is neither an array nor an object: put the parameters into [ ]",
          function);
    return false;
}

// What cannot be read harms no VM.
fk_status refused(const fk_vm *vm, const char *method) {
    if (vm) note_call(method, !vm->dead.load(std::memory_order_relaxed));
    return last_status();
}

fk_status hand_out(fk_status status, fk_value *value, char **text) {
    const std::unique_ptr<fk_value, FreeValue> owned(value);
    if (status == FK_OK && text) *text = json_text(*value);
    return status;
}

} // namespace

extern "C" {

fk_status fk_vm_call_json(fk_vm *vm, const char *method, const char *params, char **answer) {
    return answered(answer, [&] {
        BriefArena arena;
        fk_value value;
        if (!parse_params("fk_vm_call_json", params, *arena, &value)) return refused(vm, method);
        fk_value *result = nullptr;
        const fk_status status = fk_vm_call(vm, method, &value, answer ? &result : nullptr);
        return hand_out(status, result, answer);
    });
}

fk_status fk_vm_notify_json(fk_vm *vm, const char *method, const char *params, char **error) {
    return answered(error, [&] {
        BriefArena arena;
        fk_value value;
        if (!parse_params("fk_vm_notify_json", params, *arena, &value)) return refused(vm, method);
        return fk_vm_notify(vm, method, &value);
    });
}

fk_status fk_vm_poll_json(fk_vm *vm, char **error) {
    return answered(error, [&] { return fk_vm_poll(vm); });
}

fk_status fk_vm_close_json(fk_vm *vm, char **error) {
    return answered(error, [&] { return fk_vm_close(vm); });
}

fk_status fk_backend_list_json(char **answer) {
    return answered(answer, [&] {
        fk_value *list = nullptr;
        const fk_status status = fk_backend_list(&list);
        return hand_out(status, list, answer);
    });
}

} // extern "C"
