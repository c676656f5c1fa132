// SPDX-License-Identifier: MIT
// The flight recorder: the text and the value of a message are packed into its slot until that is
// full.
#include "recorder.h"

#include "base/pages.h"
#include "wire/json.h"

#include <algorithm>
#include <cstring>

namespace fkvm {
namespace {

constexpr size_t room = 116, longest_method = 40, longest_string = 24;
constexpr char one_byte = 0x10; // beside a type: a small integer follows

const char *const kinds[] = {"call",        "notify",      "result",     "error",  "host call",
                             "host notify", "host result", "host error", "print",  "debug",
                             "info",        "warning",     "critical",   "stdout", "stderr"};

bool is_result(uint8_t kind) noexcept {
    return kind == Recorder::Result || kind == Recorder::HostResult;
}
bool has_params(uint8_t kind) noexcept {
    return kind == Recorder::Call || kind == Recorder::Notify || kind == Recorder::HostCall ||
           kind == Recorder::HostNotify;
}

} // namespace

struct Recorder::Slot {
    uint64_t ns;
    uint8_t kind, text_size;
    bool cut;
    char bytes[room + 1]; // the text, then the packed value
};

namespace {

// A type; then one or eight bytes of a number, a size and the first bytes of a string, or a count
// and the first items.
struct Packer {
    char *at, *const end;
    bool cut = false;

    bool fits(size_t size) noexcept {
        const bool enough = size <= static_cast<size_t>(end - at);
        cut |= !enough;
        return enough;
    }
    bool string(const char *text, size_t size) noexcept {
        const size_t kept = std::min(size, longest_string);
        if (!fits(1 + kept)) return false;
        cut |= kept < size;
        *at++ = static_cast<char>(kept);
        if (kept == longest_string)
            std::memcpy(at, text, longest_string); // of a size that the compiler knows
        else if (kept)
            std::memcpy(at, text, kept);
        at += kept;
        return true;
    }
    bool value(const fk_value &v) noexcept {
        if (!fits(2)) return false;
        char *const begin = at;
        *at++ = static_cast<char>(v.kind);
        if (v.kind == FK_STRING  ? string(v.string, v.size)
            : v.kind > FK_STRING ? items(v)
                                 : scalar(v))
            return true;
        at = begin;
        return false;
    }

  private:
    bool scalar(const fk_value &v) noexcept {
        if (v.kind == FK_NULL) return true;
        if (v.kind <= FK_INT && v.integer == static_cast<int8_t>(v.integer)) {
            at[-1] |= one_byte;
            *at++ = static_cast<char>(v.integer);
            return true;
        }
        if (!fits(sizeof v.bits)) return false;
        std::memcpy(at, &v.bits, sizeof v.bits);
        at += sizeof v.bits;
        return true;
    }
    bool items(const fk_value &v) noexcept {
        char &count = *at++;
        uint32_t kept = 0;
        for (; kept < v.size; kept++) {
            char *const begin = at;
            if (v.kind == FK_ARRAY ? value(v.items[kept]) : member(v.members[kept])) continue;
            at = begin;
            break;
        }
        count = static_cast<char>(kept);
        return true;
    }
    bool member(const fk_member &m) noexcept {
        cut |= m.name.size > longest_string; // two names that were cut could be the same
        return m.name.size <= longest_string && string(m.name.string, m.name.size) &&
               value(m.value);
    }
};

// Less the piece of a character at the end of a text that was cut.
std::string_view whole(std::string_view text) noexcept {
    size_t begin = text.size();
    while (begin && text.size() - begin < 3 && (text[begin - 1] & 0xc0) == 0x80) begin--;
    if (!begin) return text;
    const auto lead = static_cast<unsigned char>(text[begin - 1]);
    const size_t needed = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return needed > text.size() - begin + 1 ? text.substr(0, begin - 1) : text;
}

struct Unpacker {
    const char *at;
    Arena &arena;
    bool cut;

    fk_value string() noexcept {
        const auto size = byte();
        std::string_view text(at, size);
        at += size;
        if (cut && size == longest_string) text = whole(text);
        return FK_BYTES(text.data(), text.size());
    }
    fk_value value() noexcept {
        fk_value v{};
        const char head = *at++;
        v.kind = static_cast<uint32_t>(head & ~one_byte);
        if (v.kind == FK_NULL) return v;
        if (head & one_byte) {
            v.integer = static_cast<int>(byte() ^ 0x80) - 0x80; // a signed byte
            return v;
        }
        if (v.kind == FK_STRING) return string();
        if (v.kind > FK_STRING) return items(v.kind);
        std::memcpy(&v.bits, at, sizeof v.bits);
        at += sizeof v.bits;
        return v;
    }

  private:
    size_t byte() noexcept { return static_cast<unsigned char>(*at++); }
    fk_value items(uint32_t type) noexcept {
        const auto count = byte();
        auto *members = arena.array<fk_member>(type == FK_OBJECT ? count : 0);
        auto *items = arena.array<fk_value>(type == FK_ARRAY ? count : 0);
        for (size_t i = 0; i < count; i++) {
            fk_value name = type == FK_OBJECT ? string() : FK_NIL, item = value();
            if (type == FK_OBJECT && members) members[i] = {name, item};
            if (type == FK_ARRAY && items) items[i] = item;
        }
        if (type == FK_OBJECT) return FK_MEMBERS(members, members ? count : 0);
        return FK_ITEMS(items, items ? count : 0);
    }
};

} // namespace

Recorder::~Recorder() {
    if (ring_) free_pages(ring_, sizeof(Slot) * slots);
}

bool Recorder::reserve() noexcept {
    static_assert(sizeof(Slot) == 128);
    if (off_) return false;
    ring_ = static_cast<Slot *>(allocate_pages(sizeof(Slot) * slots));
    off_ = !ring_;
    if (ring_) keep_pages_small(ring_, sizeof(Slot) * slots);
    return ring_;
}

void Recorder::add(Kind kind, uint64_t ns, std::string_view text, const fk_value *value) noexcept {
    if (!ring_ && !reserve()) return;
    Slot &slot = ring_[next_];
    if (++next_ == slots) next_ = 0;
    total_++;
    const size_t size = std::min(text.size(), value ? longest_method : room);
    slot.ns = ns;
    slot.kind = kind;
    slot.text_size = static_cast<uint8_t>(size);
    if (size) std::memcpy(slot.bytes, text.data(), size);
    Packer packer{slot.bytes + size, slot.bytes + room};
    if (!value || !packer.value(*value)) *packer.at = FK_NULL;
    slot.cut = packer.cut || size < text.size();
}

std::string Recorder::lines(uint64_t start) const {
    std::string text;
    Arena arena;
    Buffer out;
    const uint64_t kept = std::min<uint64_t>(total_, slots);
    for (uint64_t n = total_ - kept; ring_ && n < total_; n++) {
        const Slot &slot = ring_[n % slots];
        const ArenaScope scope(arena);
        std::string_view said(slot.bytes, slot.text_size);
        if (slot.cut) said = whole(said);
        const fk_value words = FK_BYTES(said.data(), said.size());
        const fk_value value = Unpacker{slot.bytes + slot.text_size, arena, slot.cut}.value();
        const bool params = has_params(slot.kind), result = is_result(slot.kind),
                   output = slot.kind >= Output;
        fk_member members[] = {{FK_STR("n"), FK_INT(n + 1)},
                               {FK_STR("ns"), FK_INT(slot.ns > start ? slot.ns - start : 0)},
                               {FK_STR("kind"), FK_STR(kinds[slot.kind])},
                               {FK_STR("cut"), FK_BOOL(slot.cut)},
                               {params   ? FK_STR("method")
                                : output ? FK_STR("text")
                                         : FK_STR("message"),
                                words},
                               {FK_STR("params"), value}};
        if (result) members[4] = {FK_STR("result"), value};
        out.clear();
        if (!write_json(out, FK_MEMBERS(members, params ? 6 : 5))) break;
        text.append(out.view()).append("\n");
    }
    return text;
}

} // namespace fkvm
