// SPDX-License-Identifier: MIT
// Values in CBOR (RFC 8949), as FreeKill's scripts take settings, tasks and, in a child that runs the
// core's own lua/server/rpc/entry.lua, all objects.
#pragma once

#include <fk/freekill/answers.hpp>

namespace fk::freekill {
namespace detail {

inline void append_big_endian(std::string &out, uint64_t number, int bytes) {
    while (bytes-- > 0) out += static_cast<char>(number >> (8 * bytes));
}

inline void append_head(std::string &out, int major, uint64_t number) {
    const int bytes = number < 24        ? 0
                      : number < 0x100   ? 1
                      : number < 0x10000 ? 2
                      : number >> 32     ? 8
                                         : 4;
    const uint64_t low = bytes == 0   ? number
                         : bytes == 1 ? 24
                         : bytes == 2 ? 25
                         : bytes == 4 ? 26
                                      : 27;
    out += static_cast<char>(major << 5 | static_cast<int>(low));
    append_big_endian(out, number, bytes);
}

inline void append_integer(std::string &out, int64_t number) {
    if (number < 0)
        append_head(out, 1, ~static_cast<uint64_t>(number));
    else
        append_head(out, 0, static_cast<uint64_t>(number));
}

inline void append_text(std::string &out, const fk_value &value) {
    append_head(out, 3, value.size);
    out.append(value.string, value.size);
}

inline void append(std::string &out, const fk_value &value) {
    switch (value.kind) {
    case FK_BOOL:
        out += static_cast<char>(value.integer ? 0xf5 : 0xf4);
        break;
    case FK_INT:
        append_integer(out, value.integer);
        break;
    case FK_DOUBLE:
        out += static_cast<char>(0xfb);
        append_big_endian(out, value.bits, 8);
        break;
    case FK_STRING:
        append_text(out, value);
        break;
    case FK_ARRAY:
        append_head(out, 4, value.size);
        for (uint32_t i = 0; i < value.size; i++) append(out, value.items[i]);
        break;
    case FK_OBJECT:
        append_head(out, 5, value.size);
        for (uint32_t i = 0; i < value.size; i++) {
            append_text(out, value.members[i].name);
            append(out, value.members[i].value);
        }
        break;
    default:
        out += static_cast<char>(0xf6);
    }
}

} // namespace detail

// Strings become text strings, integers and lengths take their shortest form.
template <Outgoing T>
Cbor cbor(const T &value) {
    Scratch scratch;
    Cbor result;
    detail::append(result.bytes, to_value(value, scratch));
    return result;
}

} // namespace fk::freekill
