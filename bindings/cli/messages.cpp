// SPDX-License-Identifier: MIT
// What goes to standard error.
#include "messages.h"

#include "term.h"

#include <cerrno>
#include <cstring>
#include <exception>

namespace cli {

namespace {

struct Look {
    const char *name;
    Style style;
};

Look look_of(fk_level level) {
    switch (level) {
    case FK_LEVEL_DEBUG:
        return {"debug: ", Style::Dim};
    case FK_LEVEL_INFO:
        return {"info: ", Style::Dim};
    case FK_LEVEL_WARNING:
        return {"warning: ", Style::Yellow};
    case FK_LEVEL_CRITICAL:
        return {"critical: ", Style::Red};
    case FK_LEVEL_STDERR:
        return {"stderr: ", Style::Yellow};
    default:
        return {"", Style::Plain};
    }
}

} // namespace

void complain(std::string_view message) {
    fprintf(stderr, "%s %.*s\n", styled(stderr, Style::Red, "fkvm:").c_str(),
            static_cast<int>(message.size()), message.data());
}

bool output_was_written() {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return true;
    complain(std::string("standard output could not be written: ") + strerror(errno ? errno : EIO));
    return false;
}

std::string last_failure() {
    const fk_error *error = fk_error_last();
    return std::string(error->message) + " (" + fk_status_name(error->status) + ")";
}

void complain_last(std::string_view what) {
    const fk_error *error = fk_error_last();
    std::string text = std::string(what) + ": " + last_failure();
    if (error->traceback && *error->traceback) text += std::string("\n") + error->traceback;
    complain(text);
}

bool Messages::shows(fk_level level) const {
    if (loudness_ == Loudness::Quiet) return false;
    const bool chatter = level == FK_LEVEL_DEBUG || level == FK_LEVEL_INFO;
    return loudness_ == Loudness::Verbose || !chatter;
}

// The lines of a record stand below its first, so that none looks like another record.
void Messages::show(fk_level level, std::string_view text) const {
    if (around) around(true);
    const Look look = look_of(level);
    std::string shown = styled(stderr, look.style, look.name);
    for (size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1))
        shown += harmless(text.substr(0, end)) + '\n' + std::string(strlen(look.name), ' ');
    fprintf(stderr, "%s%s\n", shown.c_str(), harmless(text).c_str());
    if (around) around(false);
}

void Messages::receive(void *self, fk_level level, const char *text, size_t size) noexcept {
    auto &messages = *static_cast<Messages *>(self);
    if (level < 0 || level > FK_LEVEL_STDERR) return;
    messages.counts_[level]++;
    try {
        if (messages.shows(level)) messages.show(level, {text, size});
    } catch (const std::exception &) {
        // A line that cannot be shown is still counted.
    }
}

} // namespace cli
