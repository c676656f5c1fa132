// SPDX-License-Identifier: MIT
// Sections of the benchmark as tables and as JSON.
#include "report.h"

#include "format.h"
#include "json.h"
#include "table.h"
#include "term.h"

#include <algorithm>
#include <cmath>

namespace cli {

namespace {

// Three significant digits, but no more than the unit can bear.
std::string significant(double number, int decimals) {
    for (double part = std::fabs(number); part >= 10 && decimals > 0; part /= 10) decimals--;
    return fixed(number, decimals);
}

std::string shown(double number, Unit unit) {
    if (std::isnan(number)) return "-";
    switch (unit) {
    case Unit::Count:
        return grouped(static_cast<uint64_t>(std::llround(number)));
    case Unit::Bytes:
        return number < 0 ? "-" + bytes(static_cast<uint64_t>(-number))
                          : bytes(static_cast<uint64_t>(number));
    case Unit::Microseconds:
        return significant(number, 3) + " us";
    case Unit::Milliseconds:
        return significant(number, 2) + " ms";
    case Unit::Ratio:
        return fixed(number, 2);
    case Unit::PerSecond:
        return rate(number) + "/s";
    }
    return "?";
}

std::string verdict(FILE *file, const Row &row, Unit unit) {
    if (!row.target) return "";
    const std::string most = "<= " + shown(row.target->most, unit);
    return row.met() ? styled(file, Style::Green, most + "  met")
                     : styled(file, Style::Red, most + "  missed");
}

} // namespace

void Section::print(FILE *file) const {
    const bool judged = std::any_of(rows.begin(), rows.end(),
                                    [](const Row &row) { return row.target.has_value(); });
    std::string alignment = "l";
    std::vector<std::string> titles = {""};
    for (const Column &column : columns) {
        alignment += 'r';
        titles.push_back(column.title);
    }
    if (judged) {
        alignment += 'l';
        titles.push_back("target");
    }
    Table table(alignment, titles);
    for (const Row &row : rows) {
        std::vector<std::string> cells = {row.name};
        for (size_t i = 0; i < columns.size(); i++)
            cells.push_back(shown(row.values[i], columns[i].unit));
        if (judged)
            cells.push_back(row.target ? verdict(file, row, columns[row.target->column].unit) : "");
        table.row(cells);
    }
    fprintf(file, "\n%s\n", styled(file, Style::Bold, title).c_str());
    table.print(file);
    if (!note.empty()) fprintf(file, "  %s\n", styled(file, Style::Dim, note).c_str());
}

std::string Section::json() const {
    JsonArray all;
    for (const Row &row : rows) {
        JsonObject object;
        object.add("name", row.name);
        for (size_t i = 0; i < columns.size(); i++) object.add(columns[i].key, row.values[i]);
        if (row.target)
            object.raw("target", JsonObject()
                                     .add("of", columns[row.target->column].key)
                                     .add("most", row.target->most)
                                     .add("met", row.met())
                                     .text());
        all.raw(object.text());
    }
    JsonObject lines;
    for (const auto &[name, numbers] : series) {
        JsonArray points;
        for (const double number : numbers) points.raw(json_number(number));
        lines.raw(name, points.text());
    }
    return JsonObject()
        .add("title", title)
        .raw("rows", all.text())
        .raw("series", lines.text())
        .add("note", note)
        .text();
}

} // namespace cli
