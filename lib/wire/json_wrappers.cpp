// SPDX-License-Identifier: MIT
// The look ahead: brackets and names only, without judging the text, which the reader does.
#include "json_wrappers.h"

#include "json_scan.h"

#include <cstring>

namespace fkvm {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Behind the string whose opening quote is at p.
const char *string_end(const char *p, const char *end) noexcept {
    uint64_t high = 0;
    for (p = run_end(p + 1, end, &high); p != end && *p != '"'; p = run_end(p, end, &high))
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    return p == end ? end : p + 1;
}

bool closes_next(const char *p, const char *end) noexcept {
    while (p != end && is_space(*p)) p++;
    return p != end && *p == '}';
}

// How far the text has come on its way to an object below the first name of another.
class FirstName {
  public:
    void see(const char *p, const char *end) noexcept {
        if (is_space(*p)) return;
        if (*p == '"') // any way to write a name that begins with $
            at_ = at_ == Opened && end - p > 1 && (p[1] == '$' || p[1] == '\\') ? Named : Other;
        else
            at_ = *p == '{' ? Opened : *p == ':' && at_ == Named ? Colon : Other;
    }
    bool object_follows() const noexcept { return at_ == Colon; }

  private:
    enum { Other, Opened, Named, Colon } at_ = Other;
};

} // namespace

bool Wrappers::alone(const char *object, const char *end) noexcept {
    if (!looked_until_ || object >= looked_until_) look_ahead(object, end);
    const auto wanted = reinterpret_cast<uintptr_t>(object);
    while (next_ < count_ && found_[next_].object < wanted) next_++;
    return next_ < count_ && found_[next_].object == wanted && found_[next_].alone;
}

// Until the object's end. A text that is cut or nests too deep is refused by the reader: nothing
// that was found in it matters then.
void Wrappers::look_ahead(const char *object, const char *end) noexcept {
    size_t open[deepest], depth = 0;
    FirstName name;
    count_ = next_ = 0;
    looked_until_ = end;
    const char *p = object;
    while (p != end && depth < deepest) {
        if (*p == '{' || *p == '[') {
            const bool held = p == object || (*p == '{' && name.object_follows());
            open[depth++] = held ? add(p) : none;
        } else if (*p == '}' || *p == ']') {
            const size_t which = open[--depth];
            if (which < count_) found_[which].alone = closes_next(p + 1, end);
            if (depth == 0) {
                looked_until_ = p;
                break;
            }
        }
        name.see(p, end);
        p = *p == '"' ? string_end(p, end) : p + 1;
    }
    looked_at_ += static_cast<size_t>(p - object);
}

size_t Wrappers::add(const char *object) noexcept {
    if (count_ == room_) {
        const size_t room = room_ ? room_ * 2 : 64;
        auto *larger = arena_.array<Found>(room);
        if (!larger) return out_of_memory_ = true, none;
        if (count_) std::memcpy(larger, found_, count_ * sizeof *found_);
        found_ = larger;
        room_ = room;
    }
    found_[count_] = {reinterpret_cast<uintptr_t>(object), false};
    return count_++;
}

} // namespace fkvm
