// SPDX-License-Identifier: MIT
// The parts of the strict reader, for json_reader.cpp (one value) and rpc_read.cpp (an envelope).
#pragma once

#include "json.h"
#include "json_wrappers.h"

namespace fkvm {

class JsonParser {
  public:
    JsonParser(std::string_view text, Arena &arena, const JsonLimits &limits,
               JsonError *error) noexcept
        : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), arena_(arena),
          nodes_left_(limits.nodes), raw_strings_(limits.strings == Strings::Raw), wrappers_(arena),
          error_(error) {}

    // One value whose containers nest at most `depth` deep.
    bool value(uint32_t depth, fk_value *out) noexcept;
    // A string, `p` at its opening quote.
    bool string(std::string_view *out) noexcept;

    void spaces() noexcept {
        while (p_ != end_ && (*p_ == ' ' || *p_ == '\t' || *p_ == '\r' || *p_ == '\n')) p_++;
    }
    // Skips a text that is there exactly.
    bool skip(std::string_view text) noexcept {
        const bool there = std::string_view(p_, static_cast<size_t>(end_ - p_)).starts_with(text);
        if (there) p_ += text.size();
        return there;
    }
    bool at_end() const noexcept { return p_ == end_; }
    bool next_is(char c) const noexcept { return p_ != end_ && *p_ == c; }
    bool take(char c) noexcept { return next_is(c) ? p_++, true : false; }
    size_t offset() const noexcept { return static_cast<size_t>(p_ - begin_); }

    bool fail(const char *what) noexcept { return fail_at(p_, what); }
    bool fail(size_t offset, const char *what) noexcept { return fail_at(begin_ + offset, what); }
    bool out_of_memory() noexcept;

  private:
    enum class Tags { Resolve, Literal };

    bool fail_at(const char *where, const char *what) noexcept;
    bool literal(std::string_view word, fk_value result, fk_value *out) noexcept;
    bool number(fk_value *out) noexcept;
    bool small_integer(fk_value *out) noexcept;
    bool digits() noexcept;
    bool array(uint32_t depth, fk_value *out) noexcept;
    bool object(uint32_t depth, Tags tags, fk_value *out) noexcept;
    bool member(uint32_t depth, Tags tags, bool first, fk_member *out) noexcept;
    // Not unescaped into the arena.
    bool is_in_text(std::string_view part) const noexcept {
        return part.data() >= begin_ && part.data() <= end_;
    }
    bool tagged_scalar() noexcept;
    const char *name_at(const char *object, size_t index) const noexcept;
    bool resolve_tag(const char *where, const fk_member &only, fk_value *out) noexcept;
    bool tagged_bytes(const char *where, const fk_value &text, fk_value *out) noexcept;
    bool tagged_int(const char *where, const fk_value &text, fk_value *out) noexcept;
    bool tagged_float(const char *where, const fk_value &text, fk_value *out) noexcept;

    bool unescape(const char *start, std::string_view *out) noexcept;
    bool escape(char **to) noexcept;
    bool code_point(char **to) noexcept;
    bool hex4(uint32_t *unit) noexcept;

    const char *begin_, *p_, *end_;
    Arena &arena_;
    uint32_t nodes_left_;
    bool raw_strings_;
    Wrappers wrappers_;
    JsonError *error_;
};

} // namespace fkvm
