// SPDX-License-Identifier: MIT
// Messages of a replay in words.
#include "words.h"

#include "difference.h"

#include "json.h"

namespace cli {

namespace {

std::string words_of_error(std::string_view status, std::string_view text) {
    return "the error " + (status.empty() ? "" : std::string(status) + ": ") + std::string(text);
}

} // namespace

std::string_view status_of(const Message &error) {
    const fk_value *status = fk_value_member(&error.rpc.value, "status");
    return status && status->kind == FK_STRING ? view_of(*status) : std::string_view();
}

std::string words_of(const char *kind, std::string_view method, const fk_value &params) {
    return std::string("the ") + kind + " " + std::string(method) +
           (params.kind == FK_NULL ? "" : " " + shortened(params));
}

std::string words_of(const Message &message) {
    switch (message.rpc.kind) {
    case Rpc::Request:
        return words_of("call", message.rpc.method, message.rpc.params);
    case Rpc::Notification:
        return words_of("notification", message.rpc.method, message.rpc.params);
    case Rpc::Result:
        return "the result " + shortened(message.rpc.value);
    default:
        return words_of_error(status_of(message), message.rpc.text);
    }
}

std::string words_of(const Ending &ending) {
    if (ending.status != FK_OK)
        return words_of_error(fk_status_name(ending.status), ending.message);
    return "the result " + (ending.result ? shortened(*ending.result) : "null");
}

} // namespace cli
