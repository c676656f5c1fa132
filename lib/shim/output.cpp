// SPDX-License-Identifier: MIT
// Output: streams line by line, records whole.
#include "output.h"

#include <cstdio>
#include <cstring>
#include <utility>

namespace fkvm {
namespace {

#if defined(_WIN32)
void flockfile(std::FILE *file) noexcept { ::_lock_file(file); }
void funlockfile(std::FILE *file) noexcept { ::_unlock_file(file); }
#endif

constexpr size_t longest_line = 1 << 16;    // a longer one leaves in pieces
constexpr size_t longest_record = 16 << 20; // the same, of one that came in pieces

bool is_record(fk_level level) { return level >= FK_LEVEL_DEBUG && level <= FK_LEVEL_CRITICAL; }

// The lines of a record stand below its first, so that none looks like another record.
void to_stdout(fk_level level, std::string_view text) noexcept {
    static const char *const prefixes[] = {
        "", "debug: ", "info: ", "warning: ", "critical: ", "", "stderr: "};
    const int indent = static_cast<int>(std::strlen(prefixes[level]));
    flockfile(stdout);
    std::fputs(prefixes[level], stdout);
    for (size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
        std::fwrite(text.data(), 1, end, stdout);
        std::fprintf(stdout, "\n%*s", indent, "");
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
    funlockfile(stdout);
}

} // namespace

void Output::take(fk_output_fn fn, void *user, uint32_t limit) noexcept {
    fn_ = fn;
    user_ = user;
    limit_ = left_ = limit == FK_NO_LIMIT ? UINT64_MAX : limit;
}

void Output::begin_call(bool polls) noexcept {
    constexpr uint64_t second = 1'000'000'000;
    polls_ = polls;
    if (polls && clock_.entered() - begun_ < second) return;
    begun_ = clock_.entered();
    left_ = limit_;
    pending_ = pending_ || cut_;
}

void Output::deliver(fk_level level, std::string_view text) noexcept {
    recorder_.add(Recorder::output(level), clock_.entered(), text, nullptr);
    if (!fn_) return to_stdout(level, text);
    try {
        fn_(user_, level, text.data(), text.size());
    } catch (...) { // there is nowhere to report it: output has no answer
    }
}

std::string_view Output::limited(std::string_view text) noexcept {
    if (text.size() <= left_) {
        left_ -= text.size();
        return text;
    }
    const std::string_view rest = text.substr(0, left_);
    cut_ += text.size() - left_;
    cut_total_.add(text.size() - left_);
    left_ = 0;
    return rest;
}

// What was held has its end. A callback may print, so it is no longer held then.
void Output::leave(fk_level level) noexcept {
    std::string full = std::exchange(unfinished_[level], {});
    deliver(level, full);
    full.clear();
    std::string &held = unfinished_[level];
    if (held.empty()) held.swap(full); // its room serves the next one
}

void Output::write_lines(fk_level level, std::string_view text) {
    std::string &held = unfinished_[level];
    while (!text.empty()) {
        const size_t end = text.find('\n');
        const std::string_view piece = text.substr(0, end);
        const bool whole = end != std::string_view::npos;
        if (whole && held.empty()) {
            deliver(level, piece);
        } else {
            held += piece;
            if (whole || held.size() >= longest_line) leave(level);
        }
        if (!whole) break;
        text.remove_prefix(end + 1);
    }
}

void Output::write_record(fk_level level, std::string_view text, bool ends) {
    std::string &held = unfinished_[level];
    if (text.empty() && held.empty()) return; // beyond max_output
    if (ends && text.ends_with('\n')) text.remove_suffix(1);
    if (ends && held.empty()) return deliver(level, text);
    held += text;
    if (ends || held.size() >= longest_record) leave(level);
}

void Output::write(fk_level level, std::string_view text) noexcept {
    if (static_cast<unsigned>(level) > FK_LEVEL_STDERR) level = FK_LEVEL_PRINT;
    pending_ = true;
    const bool ends = text.ends_with('\n');
    text = limited(text);
    try {
        is_record(level) ? write_record(level, text, ends) : write_lines(level, text);
    } catch (...) { // out of memory: better a lost line than a lost server
        cut_total_.add(text.size());
    }
}

void Output::end_call() noexcept {
    pending_ = false;
    for (size_t level = 0; level < unfinished_.size(); level++) {
        if (!unfinished_[level].empty()) leave(static_cast<fk_level>(level));
    }
    if (!cut_ || (polls_ && left_ == 0)) return; // once in a second is enough
    char text[160];
    const int n = std::snprintf(text, sizeof text,
                                "%llu bytes of output were cut: max_output is %llu bytes a call, "
                                "and a second between calls",
                                static_cast<unsigned long long>(cut_),
                                static_cast<unsigned long long>(limit_));
    cut_ = 0;
    deliver(FK_LEVEL_WARNING, {text, static_cast<size_t>(n)});
}

} // namespace fkvm
