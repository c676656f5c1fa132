// SPDX-License-Identifier: MIT
// Structured logs: an event, and what it happened to.
//     log_event(Level::Info, "room_closed", {{"room", 7}, {"reason", "over"}});
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace server {

enum class Level { Debug, Info, Warning, Error };
enum class LogFormat { Text, Json };

struct Field {
    Field(std::string_view field, std::string_view text) : name(field), value(text), quoted(true) {}
    Field(std::string_view field, const char *text) : Field(field, std::string_view(text)) {}
    Field(std::string_view field, bool yes) : name(field), value(yes ? "true" : "false") {}
    Field(std::string_view field, std::integral auto number)
        : name(field), value(std::to_string(number)) {}

    std::string_view name;
    std::string value;
    bool quoted = false;
};
using Fields = std::initializer_list<Field>;

// Where log_event() writes from now on: file, or standard error if it is empty. Files are renamed
// to file.1 and so on at 16 MiB, five of them are kept. A writer that cannot follow loses the
// oldest records instead of holding up the server. Throws std::runtime_error if file cannot be
// opened.
void start_log(const std::string &file, LogFormat format, Level least);

// For as long as somebody types on the terminal that records go to: each takes the place of the
// line that stands there, and redraw is called after it, on another thread. {}: nobody types now.
void log_over_line(std::function<void()> redraw);

// A record that is kept in memory, for whoever looks at the server.
struct Kept {
    uint64_t number;      // from 1
    int64_t milliseconds; // since 1970
    Level level;
    std::string text; // one line, harmless on a terminal, cut at 2,000 bytes
};

// From now on the newest so many records are kept, those from Info on; 0: none.
void keep_log(size_t records);
// Those after that number, oldest first, the newest so many of them. From any thread.
std::vector<Kept> kept_log(uint64_t after, size_t most);

// Writes what is waiting.
void stop_log();

// From any thread. Before start_log() and after stop_log() nothing is written.
void log_event(Level level, std::string_view event, Fields fields = {});

} // namespace server
