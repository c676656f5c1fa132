// SPDX-License-Identifier: MIT
// Host methods and output of a VM that was opened with JSON.
#include "json_host.h"

#include "shim/error.h"
#include "shim/json_text.h"
#include "wire/json.h"

#include <cstring>

namespace fkvm {
namespace {

JsonHost &host_of(void *user) noexcept { return *static_cast<JsonHost *>(user); }

} // namespace

fk_status call_json_host(void *user, fk_request *request, const fk_value *params) {
    Buffer text; // its own: calls nest
    if (!write_json(text, *params) || !text.append('\0'))
        return fk_fail(request, FK_CODE_INTERNAL, "out of memory for the parameters");
    const JsonHost &host = host_of(user);
    host.host(host.user, request, fk_request_method(request), text.data(), text.size() - 1);
    return FK_OK;
}

void write_json_output(void *user, fk_level level, const char *text, size_t size) {
    const JsonHost &host = host_of(user);
    const std::string terminated(text, size);
    host.output(host.user, level, terminated.c_str(), size);
}

void drop_json_host(void *user) { delete &host_of(user); }

} // namespace fkvm

extern "C" fk_status fk_reply_json(fk_request *request, const char *result) {
    using namespace fkvm;
    if (!request) return fail(FK_INVALID, "fk_reply_json: request is NULL");
    if (!result) return fk_reply(request, nullptr);
    return caught([&] {
        BriefArena arena;
        fk_value value;
        if (parse_json("fk_reply_json", result, *arena, &value)) return fk_reply(request, &value);
        const fk_status status = last_status();
        const std::string why = fk_error_last()->message;
        fk_fail(request, FK_CODE_BAD_VALUE, why.c_str());
        return fail(status, why);
    });
}
