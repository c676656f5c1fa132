// SPDX-License-Identifier: MIT
// States and endings as words, for logs and shells.
#include <fk/room/pool.hpp>

namespace fk::room {

namespace {

template <class Enum, size_t N>
std::string_view word(Enum value, const char *const (&words)[N]) {
    const auto index = static_cast<size_t>(value);
    return index < N ? words[index] : "unknown";
}

} // namespace

std::string_view name_of(PlayerState state) {
    return word(state, {"invalid", "online", "trust", "run", "leave", "robot", "offline"});
}

std::string_view name_of(Ending ending) { return word(ending, {"over", "closed", "server error"}); }

std::string_view name_of(ThreadState state) {
    return word(state, {"starting", "running", "draining", "dead", "closed"});
}

std::string_view name_of(PoolState state) {
    return word(state, {"running", "restarting", "given up", "closed"});
}

} // namespace fk::room
