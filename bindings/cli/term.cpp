// SPDX-License-Identifier: MIT
// The terminal, by ioctl and the C library's width of characters.
#include "term.h"

#include "model/shown.h"

#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

namespace {

const char *code_of(Style style) {
    switch (style) {
    case Style::Bold:
        return "1";
    case Style::Dim:
        return "2";
    case Style::Reversed:
        return "7";
    case Style::Red:
        return "31";
    case Style::Green:
        return "32";
    case Style::Yellow:
        return "33";
    case Style::Cyan:
        return "36";
    default:
        return nullptr;
    }
}

bool shows_colours(FILE *file) {
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return is_terminal(file) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

struct Glyph {
    size_t bytes, columns;
};

// The glyph at the start of text (not empty): a colour code, a character, or a byte that is none.
Glyph next_glyph(std::string_view text) {
    if (text.starts_with("\x1b[")) {
        const size_t end = text.find('m');
        return {end == text.npos ? text.size() : end + 1, 0};
    }
    wchar_t wide = 0;
    mbstate_t state{};
    const size_t bytes = mbrtowc(&wide, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size()) return {1, 1};
    const int columns = wcwidth(wide);
    return {bytes, columns < 0 ? 0 : static_cast<size_t>(columns)};
}

} // namespace

bool is_terminal(FILE *file) { return isatty(fileno(file)) == 1; }

size_t terminal_width(FILE *file) {
    winsize size{};
    if (ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

size_t terminal_height(FILE *file) {
    winsize size{};
    if (ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return 24;
    return size.ws_row;
}

std::string styled(FILE *file, Style style, std::string_view text) {
    const char *code = code_of(style);
    if (!code || !shows_colours(file)) return std::string(text);
    return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

size_t display_width(std::string_view text) {
    size_t width = 0;
    while (!text.empty()) {
        const Glyph glyph = next_glyph(text);
        width += glyph.columns;
        text.remove_prefix(glyph.bytes);
    }
    return width;
}

std::string padded(std::string_view text, size_t width, bool right) {
    const size_t taken = display_width(text);
    const std::string spaces(width > taken ? width - taken : 0, ' ');
    return right ? spaces + std::string(text) : std::string(text) + spaces;
}

std::string clipped(std::string_view text, size_t width) {
    if (display_width(text) <= width) return std::string(text);
    size_t bytes = 0, columns = 0;
    while (bytes < text.size()) {
        const Glyph glyph = next_glyph(text.substr(bytes));
        if (columns + glyph.columns + 1 > width) break;
        columns += glyph.columns;
        bytes += glyph.bytes;
    }
    const bool coloured = text.find('\x1b') != text.npos;
    return std::string(text.substr(0, bytes)) + (width ? "…" : "") + (coloured ? "\x1b[0m" : "");
}

std::string harmless(std::string_view text) { return fkvm::harmless(text); }

} // namespace cli
