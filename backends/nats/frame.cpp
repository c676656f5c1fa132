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

std::string write_frame(const FrameHead &head, std::string_view bytes) {
    std::string message;
    message.reserve(FrameHead::size + bytes.size());
    message.resize(FrameHead::size);
    message[0] = static_cast<char>(head.kind);
    message[1] = static_cast<char>(FrameHead::version);
    put_u32(message.data() + 4, head.number);
    put_u32(message.data() + 8, head.taken);
    return message.append(bytes);
}

bool read_head(std::string_view message, FrameHead *head) noexcept {
    if (message.size() < FrameHead::size || message[1] != FrameHead::version) return false;
    head->kind = static_cast<FrameKind>(message[0]);
    head->number = get_u32(message.data() + 4);
    head->taken = get_u32(message.data() + 8);
    return true;
}

void add_entry(std::string *beat, const BeatEntry &entry) {
    char bytes[BeatEntry::size];
    put_u32(bytes, entry.vm);
    put_u32(bytes + 4, entry.sent);
    put_u32(bytes + 8, entry.taken);
    put_u32(bytes + 12, entry.resident_kb);
    beat->append(bytes, sizeof bytes);
}

std::map<uint32_t, BeatEntry> read_entries(std::string_view bytes) {
    std::map<uint32_t, BeatEntry> entries;
    for (; bytes.size() >= BeatEntry::size; bytes.remove_prefix(BeatEntry::size)) {
        const char *at = bytes.data();
        const BeatEntry entry{get_u32(at), get_u32(at + 4), get_u32(at + 8), get_u32(at + 12)};
        entries.emplace(entry.vm, entry);
    }
    return entries;
}

} // namespace fkvm
