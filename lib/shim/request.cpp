// SPDX-License-Identifier: MIT
// What a host method may do with its request.
#include "request.h"

#include "error.h"
#include "vm.h"
#include "wire/value.h"

using namespace fkvm;

namespace {

constexpr size_t longest_message = 1 << 16;

fk_status refuse(fk_request *request, int32_t code, std::string_view message) {
    request->answered = true;
    request->code = code;
    request->message.assign(message.substr(0, longest_message));
    return FK_OK;
}

} // namespace

extern "C" {

fk_status fk_reply(fk_request *request, const fk_value *result) {
    if (!request) return fail(FK_INVALID, "fk_reply: request is NULL");
    return caught([&] {
        request->answered = true;
        request->code = 0;
        request->result = fk_value{};
        if (!result) return succeed();
        if (result->kind <= FK_DOUBLE && result->kind != FK_BOOL) {
            request->result = *result;
            return succeed();
        }
        std::string problem;
        if (!check_value(*result, "result", &problem, request->vm->options.value_limits())) {
            refuse(request, FK_CODE_BAD_VALUE, "value cannot cross: " + problem);
            return fail(FK_BAD_VALUE, problem);
        }
        void *block = request->vm->answers.allocate(copy_size(*result));
        if (!block) {
            refuse(request, FK_CODE_INTERNAL, "out of memory for the answer");
            return fail(FK_NO_MEMORY, "fk_reply: out of memory for the answer");
        }
        request->result = *copy_value_to(*result, block);
        return succeed();
    });
}

fk_status fk_fail(fk_request *request, int32_t code, const char *message) {
    if (!request) return fail(FK_INVALID, "fk_fail: request is NULL");
    const bool ours = code == FK_CODE_METHOD_NOT_FOUND || code == FK_CODE_INVALID_PARAMS ||
                      code == FK_CODE_INTERNAL || (code >= -32099 && code <= -32000);
    return caught([&] {
        refuse(request, ours ? code : FK_CODE_INTERNAL, message ? message : "failed");
        if (ours) return succeed();
        return fail(FK_INVALID,
                    "fk_fail: the code " + std::to_string(code) +
                        " is none of FK_CODE_... and not in -32099..-32000; -32603 was sent");
    });
}

const char *fk_request_method(const fk_request *request) { return request ? request->method : ""; }
bool fk_request_is_notification(const fk_request *request) {
    return request && request->notification;
}
fk_vm *fk_request_vm(const fk_request *request) { return request ? request->vm : nullptr; }

} // extern "C"
