// SPDX-License-Identifier: MIT
// Answers of host methods that come after the callback has returned.
#include "shim/later.h"

#include "fk_foreign.h"
#include "shim/error.h"
#include "shim/request.h"

#include <cstring>
#include <new>

struct fk_later {
    std::shared_ptr<fkvm::LaterAnswer> answer;
};

using namespace fkvm;

namespace {

// The status of a value that was made for it; later is gone whatever comes of it.
fk_status give(fk_later *later, const char *function, fk_status made, fk_value *result) noexcept {
    const std::unique_ptr<fk_later> owned(later);
    if (made != FK_OK) {
        const std::string_view why = fk_error_last()->message;
        const int32_t code = made == FK_NO_MEMORY ? FK_CODE_INTERNAL : FK_CODE_BAD_VALUE;
        owned->answer->give(nullptr, code, why.data());
        return made;
    }
    if (owned->answer->give(result, 0, nullptr)) return succeed();
    return failf(FK_INTERRUPTED, "%s: nobody waits for the answer any more", function);
}

} // namespace

extern "C" {

fk_later *fk_request_later(fk_request *request) {
    if (!request || request->notification || request->later) return nullptr;
    try {
        auto later = std::make_unique<fk_later>();
        later->answer = std::make_shared<LaterAnswer>();
        request->later = later->answer;
        return later.release();
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

fk_status fk_later_reply(fk_later *later, const fk_value *result) {
    if (!later) return fail(FK_INVALID, "fk_later_reply: later is NULL");
    static const fk_value null{};
    fk_value *copy = nullptr;
    const fk_status made = fk_value_copy(result ? result : &null, &copy);
    return give(later, "fk_later_reply", made, copy);
}

fk_status fk_later_reply_json(fk_later *later, const char *result) {
    if (!later) return fail(FK_INVALID, "fk_later_reply_json: later is NULL");
    if (!result) return fk_later_reply(later, nullptr);
    fk_value *value = nullptr;
    const fk_status made = fk_value_from_json(result, std::strlen(result), &value);
    return give(later, "fk_later_reply_json", made, value);
}

fk_status fk_later_fail(fk_later *later, int32_t code, const char *message) {
    if (!later) return fail(FK_INVALID, "fk_later_fail: later is NULL");
    const std::unique_ptr<fk_later> owned(later);
    if (owned->answer->give(nullptr, code ? code : FK_CODE_INTERNAL, message)) return succeed();
    return fail(FK_INTERRUPTED, "fk_later_fail: nobody waits for the answer any more");
}

} // extern "C"
