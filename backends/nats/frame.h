// SPDX-License-Identifier: MIT
// What a server and a worker say to each other: one NATS message each, a head and then bytes. All
// numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace fkvm {

enum class FrameKind : uint8_t {
    // Numbered, of one VM. They arrive once each and in order, or the VM is lost.
    Bytes = 1, // of the conversation of docs/protocol.md, both ways
    Words,     // from the worker: what the child wrote to its standard error
               // None of them: the child has closed that stream.
    CloseInput,
    Wanted,  // from the worker: scripts that it lacks
    Scripts, // to it: these
    Started, // from the worker: there is a child
    Ended,   // from the worker, the last one: there is none, or none any more

    // Not numbered, of one VM.
    Open = 32, // to whichever worker has room
    Taken,     // its answer, and from whom
    Refused,   // or why not
    Again,     // what has this number, and all after it, did not come
    Credit,    // nothing but its head
    Interrupt,
    Kill,

    // Between a server and a worker.
    Beat =
        64, // each is alive, how far its VMs are; number: ticks for which the other was not heard
    Leaves, // has nothing to do with the other any more, and why: VMs between them are lost
};

constexpr bool is_numbered(FrameKind kind) noexcept { return kind < FrameKind::Open; }

struct FrameHead {
    static constexpr size_t size = 12;
    static constexpr uint8_t version = 1;

    FrameKind kind;
    uint32_t number; // of this message, from 1; of others see their kind
    uint32_t taken;  // numbered messages of the other side, that have been used up
};

// A whole message.
std::string write_frame(const FrameHead &head, std::string_view bytes = {});
// False: it is none, or of another version.
bool read_head(std::string_view message, FrameHead *head) noexcept;

void put_u32(char *to, uint32_t value) noexcept;
uint32_t get_u32(const char *from) noexcept;

// The state of one VM in a beat.
struct BeatEntry {
    static constexpr size_t size = 16;

    uint32_t vm, sent, taken; // numbers of messages
    uint32_t resident_kb;     // of its child
};
void add_entry(std::string *beat, const BeatEntry &entry);
std::map<uint32_t, BeatEntry> read_entries(std::string_view bytes); // by vm

} // namespace fkvm
