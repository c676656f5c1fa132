// SPDX-License-Identifier: MIT
// A child's answer to a call, as a status and a failure for the host.
#pragma once

#include "fk_backend.h"
#include "wire/rpc.h"

#include <string>

namespace fkvm {

struct AnsweredError {
    explicit AnsweredError(const RpcMessage &answer);

    fk_status status;
    std::string message, traceback;
    int32_t code;

    fk_failure failure() const noexcept {
        return {sizeof(fk_failure),
                message.c_str(),
                traceback.empty() ? nullptr : traceback.c_str(),
                code,
                0,
                false,
                FK_DEATH_NONE};
    }
};

} // namespace fkvm
