// SPDX-License-Identifier: MIT
// Structured logs through spdlog.
#include "log.h"

#include "message.h"
#include "model/shown.h"
#include "term.h"

#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <mutex>
#include <stdexcept>

namespace server {

namespace {

constexpr size_t waiting = 2048; // records
constexpr size_t file_size = 16 << 20, files = 5;

std::shared_ptr<spdlog::details::thread_pool> writer;
std::shared_ptr<spdlog::async_logger> logger;
LogFormat chosen = LogFormat::Text;

spdlog::level::level_enum level_of(Level level) {
    constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                    spdlog::level::warn, spdlog::level::err};
    return levels[static_cast<int>(level)];
}

std::mutex terminal;
std::function<void()> redraw_line;

class Terminal final : public spdlog::sinks::ansicolor_stderr_sink_mt {
    void log(const spdlog::details::log_msg &message) override {
        const std::lock_guard lock(terminal);
        if (redraw_line) fputs("\r\x1b[K", stderr);
        spdlog::sinks::ansicolor_stderr_sink_mt::log(message);
        if (redraw_line) redraw_line();
    }
};

spdlog::sink_ptr sink_of(const std::string &file) {
    if (file.empty()) return std::make_shared<Terminal>();
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, file_size, files);
}

// What a script prints in one go may be megabytes.
constexpr size_t longest_text = 16 << 10;

std::string shortened(const std::string &text, size_t longest) {
    if (text.size() <= longest) return text;
    size_t end = longest;
    while (end > longest - 4 && (text[end] & 0xc0) == 0x80) end--;
    return text.substr(0, end) + "... (" + std::to_string(text.size() - end) + " bytes more)";
}

// JSON allows such characters in a string, and knows them by their UTF-16 too.
std::string escaped(std::string_view json) {
    std::string safe;
    const auto unit = [&](unsigned code) {
        std::array<char, 16> shown{};
        snprintf(shown.data(), shown.size(), "\\u%04x", code);
        safe += shown.data();
    };
    while (!json.empty()) {
        const fkvm::Character one = fkvm::next_character(json);
        const auto code = static_cast<unsigned>(one.code);
        if (!fkvm::is_deceptive(one.code))
            safe += json.substr(0, one.bytes);
        else if (code < 0x10000)
            unit(code);
        else
            unit(0xd800 + ((code - 0x10000) >> 10)), unit(0xdc00 + (code & 0x3ff));
        json.remove_prefix(one.bytes);
    }
    return safe;
}

std::string quoted(const std::string &value) {
    return escaped(json(text(shortened(value, longest_text))));
}

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= longest_text &&
           text.find_first_of(" \"=\\") == text.npos && fkvm::harmless(text, "") == text;
}

std::string record(std::string_view event, Fields fields, LogFormat format) {
    const bool in_json = format == LogFormat::Json;
    std::string line = in_json ? "\"event\":" + json(text(event)) : std::string(event);
    for (const Field &field : fields) {
        line += in_json ? "," + json(text(field.name)) + ":" : " " + std::string(field.name) + "=";
        const bool plain = !field.quoted || (!in_json && is_word(field.value));
        line += plain ? field.value : quoted(field.value);
    }
    return line;
}

// The newest records, in memory.
class Memory {
  public:
    void keep(size_t records) {
        const std::lock_guard lock(mutex_);
        most_ = records;
        shrink();
    }

    void add(Level level, std::string_view event, Fields fields) {
        if (most_ == 0 || level < Level::Info) return;
        const std::string text = shortened(record(event, fields, LogFormat::Text), 2000);
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const std::lock_guard lock(mutex_);
        kept_.push_back({++last_,
                         std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), level,
                         text});
        shrink();
    }

    std::vector<Kept> after(uint64_t number, size_t most) const {
        const std::lock_guard lock(mutex_);
        const size_t newer = last_ - std::min(last_, number);
        const auto count = static_cast<std::ptrdiff_t>(std::min({newer, most, kept_.size()}));
        return {kept_.end() - count, kept_.end()};
    }

  private:
    void shrink() {
        while (kept_.size() > most_) kept_.pop_front();
    }

    mutable std::mutex mutex_;
    std::atomic<size_t> most_ = 0;
    uint64_t last_ = 0;
    std::deque<Kept> kept_;
} memory;

} // namespace

void start_log(const std::string &file, LogFormat format, Level least) try {
    chosen = format;
    writer = std::make_shared<spdlog::details::thread_pool>(waiting, 1);
    logger = std::make_shared<spdlog::async_logger>("fk-server", sink_of(file), writer,
                                                    spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(level_of(least));
    logger->flush_on(spdlog::level::info);
    logger->set_pattern(format == LogFormat::Json
                            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                            : "%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
} catch (const spdlog::spdlog_ex &problem) {
    throw std::runtime_error("the log " + file + " cannot be written: " + problem.what());
}

void keep_log(size_t records) { memory.keep(records); }

std::vector<Kept> kept_log(uint64_t after, size_t most) { return memory.after(after, most); }

void log_over_line(std::function<void()> redraw) {
    const std::lock_guard lock(terminal);
    redraw_line = cli::is_terminal(stderr) ? std::move(redraw) : nullptr;
}

void stop_log() {
    logger.reset();
    writer.reset();
}

void log_event(Level level, std::string_view event, Fields fields) {
    memory.add(level, event, fields);
    const auto to = logger;
    if (to && to->should_log(level_of(level)))
        to->log(level_of(level), record(event, fields, chosen));
}

} // namespace server
