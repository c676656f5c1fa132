// SPDX-License-Identifier: MIT
// A table of text with aligned columns.
#include "table.h"

#include "term.h"

#include <algorithm>
#include <cstdint>

namespace cli {

Table::Table(std::string alignment, std::vector<std::string> titles)
    : alignment_(std::move(alignment)), titles_(std::move(titles)) {}

void Table::row(std::vector<std::string> cells) {
    cells.resize(alignment_.size());
    rows_.push_back(std::move(cells));
}

void Table::rule() { rows_.emplace_back(); }

std::vector<size_t> Table::widths() const {
    std::vector<size_t> widths(alignment_.size(), 0);
    const auto widen = [&](const std::vector<std::string> &cells) {
        for (size_t i = 0; i < cells.size(); i++)
            widths[i] = std::max(widths[i], display_width(cells[i]));
    };
    widen(titles_);
    for (const auto &row : rows_) widen(row);
    return widths;
}

std::string Table::line(const std::vector<std::string> &cells,
                        const std::vector<size_t> &widths) const {
    std::string line = "  ";
    for (size_t i = 0; i < cells.size(); i++) {
        if (i) line += "  ";
        line += padded(cells[i], widths[i], alignment_[i] == 'r');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::vector<std::string> Table::lines() const {
    const std::vector<size_t> columns = widths();
    std::vector<std::string> lines{line(titles_, columns)};
    for (const auto &row : rows_)
        if (!row.empty()) lines.push_back(line(row, columns));
    return lines;
}

void Table::print(FILE *file) const {
    const std::vector<size_t> columns = widths();
    size_t total = 2 * (columns.empty() ? 0 : columns.size() - 1);
    for (const size_t width : columns) total += width;
    const size_t edge = is_terminal(file) ? terminal_width(file) : SIZE_MAX;
    const auto write = [&](const std::string &text) {
        fprintf(file, "%s\n", clipped(text, edge).c_str());
    };
    std::string rule;
    for (size_t i = 0; i < total; i++) rule += "─";
    if (!titles_.empty()) {
        write(styled(file, Style::Bold, line(titles_, columns)));
        write("  " + styled(file, Style::Dim, rule));
    }
    for (const auto &row : rows_)
        write(row.empty() ? "  " + styled(file, Style::Dim, rule) : line(row, columns));
}

} // namespace cli
