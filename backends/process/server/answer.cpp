// SPDX-License-Identifier: MIT
#include "answer.h"

#include "member.h"

namespace fkvm {
namespace {

fk_status status_of(int64_t code) {
    switch (code) {
    case FK_CODE_METHOD_NOT_FOUND:
        return FK_NO_METHOD;
    case FK_CODE_TIMEOUT:
        return FK_TIMEOUT;
    case FK_CODE_MEMORY_LIMIT:
        return FK_MEMORY_LIMIT;
    case FK_CODE_BAD_VALUE:
        return FK_BAD_VALUE;
    default:
        return FK_SCRIPT_ERROR;
    }
}

// fkvm-host says which status its own call had; the code alone cannot tell all of them.
fk_status status_of(const RpcMessage &answer) {
    const fk_value *name = member(answer.value, "status");
    const fk_status status =
        name && name->kind == FK_STRING ? status_named(text_of(*name), FK_OK) : FK_OK;
    if (status == FK_NO_MEMORY) return FK_MEMORY_LIMIT; // the child's, not the server's
    return status == FK_OK ? status_of(answer.code) : status;
}

std::string traceback_of(const RpcMessage &answer) {
    const fk_value *text = member(answer.value, "traceback");
    return text && text->kind == FK_STRING ? std::string(text_of(*text)) : std::string();
}

} // namespace

AnsweredError::AnsweredError(const RpcMessage &answer)
    : status(status_of(answer)), message(answer.text), traceback(traceback_of(answer)),
      code(static_cast<int32_t>(answer.code)) {}

} // namespace fkvm
