// SPDX-License-Identifier: MIT
// A report in rows.
#include "rows.h"

#include <sstream>

namespace cli {

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    std::stringstream all(text);
    for (std::string line; std::getline(all, line);) lines.push_back(line);
    return lines;
}

void print_row(const char *name, const std::string &text, Style style) {
    const size_t margin = 12;
    const std::vector<std::string> lines = lines_of(text);
    for (size_t i = 0; i < lines.size(); i++)
        printf("%s%s\n", padded(i ? "" : styled(stdout, Style::Bold, name), margin).c_str(),
               styled(stdout, style, harmless(lines[i])).c_str());
}

} // namespace cli
