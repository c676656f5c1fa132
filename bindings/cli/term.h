// SPDX-License-Identifier: MIT
// The terminal: whether there is one, its colours and width, and how wide a text is on it.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace cli {

bool is_terminal(FILE *file);

// Columns of the terminal behind file; 80 where there is none.
size_t terminal_width(FILE *file);

// Its lines; 24 where there is none.
size_t terminal_height(FILE *file);

enum class Style { Plain, Bold, Dim, Reversed, Red, Green, Yellow, Cyan };

// text in that style, if file is a terminal that shows colours and NO_COLOR is not set.
std::string styled(FILE *file, Style style, std::string_view text);

// Columns that text takes: wide characters count as two, combining ones and colour codes as none.
size_t display_width(std::string_view text);

// text with spaces up to width columns, before it (right) or after it.
std::string padded(std::string_view text, size_t width, bool right = false);

// As much of text as fits into width columns; a cut is shown by an ellipsis.
std::string clipped(std::string_view text, size_t width);

// text with what would steer a terminal, or hide or reorder text on it, made visible.
std::string harmless(std::string_view text);

} // namespace cli
