// SPDX-License-Identifier: MIT
#include "frame.h"

namespace fkvm {

void put_u32(char *to, uint32_t value) noexcept {
    for (int i = 0; i < 4; i++) to[i] = static_cast<char>(value >> (8 * i));
}

uint32_t get_u32(const char *from) noexcept {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value |= static_cast<uint32_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    return value;
}

std::array<char, FrameHead::size> write_head(const FrameHead &head) noexcept {
    std::array<char, FrameHead::size> bytes{};
    bytes[0] = static_cast<char>(head.kind);
    bytes[1] = static_cast<char>(FrameHead::version);
    put_u32(bytes.data() + 4, head.number);
    put_u32(bytes.data() + 8, head.taken);
    return bytes;
}

bool read_head(std::string_view message, FrameHead *head) noexcept {
    if (message.size() < FrameHead::size || message[1] != FrameHead::version) return false;
    head->kind = static_cast<FrameKind>(message[0]);
    head->number = get_u32(message.data() + 4);
    head->taken = get_u32(message.data() + 8);
    return true;
}

void write_entry(char *to, const BeatEntry &entry) noexcept {
    put_u32(to, entry.vm);
    put_u32(to + 4, entry.sent);
    put_u32(to + 8, entry.taken);
    put_u32(to + 12, entry.resident_kb);
}

BeatEntry read_entry(const char *from) noexcept {
    return {get_u32(from), get_u32(from + 4), get_u32(from + 8), get_u32(from + 12)};
}

} // namespace fkvm
