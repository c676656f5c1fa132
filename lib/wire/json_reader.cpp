// SPDX-License-Identifier: MIT
// JSON text to values: structure and numbers. Strings are in json_string.cpp, tags in
// json_tags.cpp.
#include "json_parser.h"
#include "name_set.h"
#include "value.h"

#include <charconv>
#include <cstring>

namespace fkvm {
namespace {

// A list of unknown length: the first few on the stack, more in the arena, twice as many each time.
template <class T, size_t few>
class List {
  public:
    explicit List(Arena &arena) noexcept : arena_(arena) {}

    T *next() noexcept {
        if (size_ == room_ && !grow()) return nullptr;
        return &data_[size_++];
    }
    uint32_t size() const noexcept { return size_; }
    const T &operator[](size_t i) const noexcept { return data_[i]; }

    const T *finish() noexcept { // nullptr: out of memory
        if (data_ != local_) return data_;
        auto *kept = arena_.array<T>(size_);
        if (kept && size_) std::memcpy(static_cast<void *>(kept), data_, size_ * sizeof(T));
        return kept;
    }

  private:
    bool grow() noexcept {
        auto *larger = arena_.array<T>(size_t{room_} * 2);
        if (!larger) return false;
        std::memcpy(static_cast<void *>(larger), data_, size_ * sizeof(T));
        data_ = larger;
        room_ *= 2;
        return true;
    }

    Arena &arena_;
    T local_[few];
    T *data_ = local_;
    uint32_t size_ = 0, room_ = few;
};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

} // namespace

bool JsonParser::fail_at(const char *where, const char *what) noexcept {
    error_->offset = static_cast<size_t>(where - begin_);
    error_->what = what;
    return false;
}

bool JsonParser::out_of_memory() noexcept {
    error_->out_of_memory = true;
    return fail("out of memory");
}

bool JsonParser::value(uint32_t depth, fk_value *out) noexcept {
    if (p_ == end_) return fail("the text ends where a value should stand");
    if (nodes_left_-- == 0) return nodes_left_ = 0, fail("too many values in one message");
    switch (*p_) {
    case '{':
        return object(depth, Tags::Resolve, out);
    case '[':
        return array(depth, out);
    case '"': {
        std::string_view text;
        const char *const start = p_;
        if (!string(&text)) return false;
        if (text.size() > most_size) return fail_at(start, "a string of 4 GiB or more");
        *out = FK_BYTES(text.data(), text.size());
        return true;
    }
    case 't':
        return literal("true", FK_BOOL(true), out);
    case 'f':
        return literal("false", FK_BOOL(false), out);
    case 'n':
        return literal("null", FK_NIL, out);
    default:
        return number(out);
    }
}

bool JsonParser::literal(std::string_view word, fk_value result, fk_value *out) noexcept {
    if (!skip(word)) return fail("a word that is neither true, false nor null");
    *out = result;
    return true;
}

bool JsonParser::digits() noexcept {
    if (p_ == end_ || !is_digit(*p_)) return fail("a digit is missing");
    while (p_ != end_ && is_digit(*p_)) p_++;
    return true;
}

// Most numbers: up to nine digits, then the end of an item. False: look closer; p_ is where it was.
bool JsonParser::small_integer(fk_value *out) noexcept {
    if (*p_ < '1' || *p_ > '9') return false;
    int64_t i = 0;
    const char *p = p_;
    for (const char *const most = end_ - p_ > 9 ? p_ + 9 : end_; p != most && is_digit(*p); p++)
        i = i * 10 + (*p - '0');
    if (p == end_) return false;
    if (*p != ',' && *p != ']' && *p != '}') return false;
    p_ = p;
    *out = FK_INT(i);
    return true;
}

bool JsonParser::number(fk_value *out) noexcept {
    const char *const start = p_;
    if (small_integer(out)) return true;
    take('-');
    if (p_ == end_ || !is_digit(*p_)) return fail_at(start, "no value begins with this character");
    if (take('0')) {
        if (p_ != end_ && is_digit(*p_)) return fail_at(start, "a number with a leading zero");
    } else {
        digits();
    }
    bool integer = true;
    if (take('.')) {
        integer = false;
        if (!digits()) return false;
    }
    if (next_is('e') || next_is('E')) {
        integer = false;
        p_++;
        if (!take('+')) take('-');
        if (!digits()) return false;
    }
    if (integer) {
        int64_t i;
        if (std::from_chars(start, p_, i).ec != std::errc())
            return fail_at(start, "an integer of more than 64 bits");
        *out = FK_INT(i);
        return true;
    }
    double d;
    if (std::from_chars(start, p_, d).ec != std::errc())
        return fail_at(start, "a number out of range");
    *out = FK_DOUBLE(d);
    return true;
}

bool JsonParser::array(uint32_t depth, fk_value *out) noexcept {
    if (depth == 0) return fail("arrays and objects nest too deep");
    p_++;
    List<fk_value, 8> items(arena_);
    spaces();
    if (!take(']')) {
        do {
            spaces();
            fk_value item; // not into the list at once: it moves when it grows
            if (!value(depth - 1, &item)) return false;
            fk_value *slot = items.next();
            if (!slot) return out_of_memory();
            *slot = item;
            spaces();
        } while (take(','));
        if (!take(']')) return fail("a comma or ] is missing in an array");
    }
    const fk_value *kept = items.finish();
    if (!kept) return out_of_memory();
    *out = FK_ITEMS(kept, items.size());
    return true;
}

bool JsonParser::member(uint32_t depth, Tags tags, bool first, fk_member *out) noexcept {
    if (!next_is('"')) return fail("a name in quotes is missing in an object");
    const char *const start = p_;
    std::string_view name;
    if (!string(&name)) return false;
    if (!is_in_text(name) && name.find('\0') != name.npos)
        return fail_at(start, "\\u0000 in a name");
    out->name = FK_BYTES(name.data(), name.size());
    spaces();
    if (!take(':')) return fail("a colon is missing after a name");
    spaces();
    if (first && tags == Tags::Resolve && name == "$object" && next_is('{')) {
        const bool wrapper = wrappers_.alone(p_, end_);
        if (wrappers_.out_of_memory()) return out_of_memory();
        if (wrapper) return object(depth, Tags::Literal, &out->value);
    }
    return value(depth ? depth - 1 : 0, &out->value);
}

// True if the object that begins at p_ is one of the tags that hold a string: a scalar, which no
// depth refuses.
bool JsonParser::tagged_scalar() noexcept {
    const char *const start = p_++;
    spaces();
    bool is = skip("\"$int\"") || skip("\"$bytes\"") || skip("\"$float\"");
    spaces();
    is = is && take(':');
    spaces();
    is = is && next_is('"');
    p_ = start;
    return is;
}

// Where the name of a member stands. The object has been read: it is well-formed.
const char *JsonParser::name_at(const char *object, size_t index) const noexcept {
    size_t depth = 0;
    for (const char *p = object + 1;; p++) {
        if (*p == '"' && depth == 0 && index == 0) return p;
        if (*p == '"') {
            while (*++p != '"') p += *p == '\\';
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if (*p == '}' || *p == ']') {
            depth--;
        } else if (*p == ',' && depth == 0) {
            index--;
        }
    }
}

bool JsonParser::object(uint32_t depth, Tags tags, fk_value *out) noexcept {
    constexpr char too_deep[] = "arrays and objects nest too deep";
    if (depth == 0 && (tags == Tags::Literal || !tagged_scalar())) return fail(too_deep);
    const char *const start = p_++;
    List<fk_member, 6> members(arena_);
    spaces();
    if (!take('}')) {
        do {
            spaces();
            fk_member m;
            if (!member(depth, tags, members.size() == 0, &m)) return false;
            fk_member *slot = members.next();
            if (!slot) return out_of_memory();
            *slot = m;
            spaces();
        } while (depth && take(','));
        if (!take('}')) return fail(depth ? "a comma or } is missing in an object" : too_deep);
    }
    if (tags == Tags::Resolve && members.size() == 1 && text_of(members[0].name).starts_with('$'))
        return resolve_tag(start, members[0], out);
    const fk_member *kept = members.finish();
    if (!kept) return out_of_memory();
    const Duplicate twice = find_duplicate(kept, members.size(), arena_);
    if (twice.out_of_memory) return out_of_memory();
    if (twice.index != members.size())
        return fail_at(name_at(start, twice.index), "a name stands twice in an object");
    *out = FK_MEMBERS(kept, members.size());
    return true;
}

bool read_json(std::string_view text, Arena &arena, const JsonLimits &limits, fk_value *value,
               JsonError *error) noexcept {
    JsonParser parser(text, arena, limits, error);
    parser.spaces();
    if (!parser.value(limits.depth, value)) return false;
    parser.spaces();
    return parser.at_end() || parser.fail("more text after the value");
}

} // namespace fkvm
