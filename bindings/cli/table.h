// SPDX-License-Identifier: MIT
// A table of text with aligned columns.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace cli {

class Table {
  public:
    // alignment: one letter a column, 'l' or 'r'. titles may be empty.
    Table(std::string alignment, std::vector<std::string> titles = {});

    void row(std::vector<std::string> cells);

    // A line between the rows.
    void rule();

    // The titles and the rows, two spaces before each, without rules; for who draws them elsewhere.
    std::vector<std::string> lines() const;

    // Writes it with two spaces between columns; the last column is cut at a terminal's edge.
    void print(FILE *file) const;

  private:
    std::vector<size_t> widths() const;
    std::string line(const std::vector<std::string> &cells,
                     const std::vector<size_t> &widths) const;

    std::string alignment_;
    std::vector<std::string> titles_;
    std::vector<std::vector<std::string>> rows_; // a row without cells is a rule
};

} // namespace cli
