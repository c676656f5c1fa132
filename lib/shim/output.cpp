// SPDX-License-Identifier: MIT
// Output, line by line.
#include "output.h"

#include <cstdio>
#include <utility>

namespace fkvm {
namespace {

#if defined(_WIN32)
void flockfile(std::FILE *file) noexcept { ::_lock_file(file); }
void funlockfile(std::FILE *file) noexcept { ::_unlock_file(file); }
#endif

constexpr size_t longest_line = 1 << 16; // a longer one leaves in pieces

void to_stdout(fk_level level, std::string_view text) noexcept {
    static const char *const prefixes[] = {
        "", "debug: ", "info: ", "warning: ", "critical: ", "", "stderr: "};
    flockfile(stdout);
    std::fputs(prefixes[level], stdout);
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

void Output::line(fk_level level, std::string_view text) noexcept {
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

void Output::write(fk_level level, std::string_view text) noexcept {
    if (static_cast<unsigned>(level) > FK_LEVEL_STDERR) level = FK_LEVEL_PRINT;
    pending_ = true;
    text = limited(text);
    std::string &held = unfinished_[level];
    try {
        while (!text.empty()) {
            const size_t end = text.find('\n');
            const std::string_view piece = text.substr(0, end);
            const bool whole = end != std::string_view::npos;
            if (whole && held.empty()) {
                line(level, piece);
            } else {
                held += piece;
                if (whole || held.size() >= longest_line) {
                    std::string full = std::exchange(held, {}); // a callback may print
                    line(level, full);
                    full.clear();
                    if (held.empty()) held.swap(full); // its room serves the next line
                }
            }
            if (!whole) break;
            text.remove_prefix(end + 1);
        }
    } catch (...) { // out of memory: better a lost line than a lost server
        cut_total_.add(text.size());
    }
}

void Output::end_call() noexcept {
    pending_ = false;
    for (size_t level = 0; level < unfinished_.size(); level++) {
        if (unfinished_[level].empty()) continue;
        const std::string rest = std::exchange(unfinished_[level], {});
        line(static_cast<fk_level>(level), rest);
    }
    if (!cut_ || (polls_ && left_ == 0)) return; // once in a second is enough
    char text[160];
    const int n = std::snprintf(text, sizeof text,
                                "%llu bytes of output were cut: max_output is %llu bytes a call, "
                                "and a second between calls",
                                static_cast<unsigned long long>(cut_),
                                static_cast<unsigned long long>(limit_));
    cut_ = 0;
    line(FK_LEVEL_WARNING, {text, static_cast<size_t>(n)});
}

} // namespace fkvm
