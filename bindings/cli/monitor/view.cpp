// SPDX-License-Identifier: MIT
#include "monitor/view.h"

#include "term.h"

#include <algorithm>
#include <utility>

namespace cli {

namespace {

const char keys[] = "up/down select  s sort  r reverse  / filter  i interrupt  c close  q quit";
constexpr int page = 10;

} // namespace

void TopView::look() {
    for (StatusSocket &socket : sockets_) socket.look();
}

std::vector<const ServerSeen *> TopView::servers() const {
    std::vector<const ServerSeen *> servers;
    for (const StatusSocket &socket : sockets_) servers.push_back(&socket.seen());
    return servers;
}

std::vector<std::string> TopView::picture(size_t width, size_t height) {
    rows_ = listing_.rows(servers(), order_, filter_);
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const ListedVm &row) {
        return Vm(row.server, row.vm->number) == selected_;
    });
    if (found != rows_.end()) selected_row_ = size_t(found - rows_.begin());
    selected_row_ = rows_.empty() ? 0 : std::min(selected_row_, rows_.size() - 1);
    if (!rows_.empty()) selected_ = {rows_[selected_row_].server, rows_[selected_row_].vm->number};

    Table table = listing_.table(order_);
    for (const ListedVm &row : rows_) table.row(row.cells);
    const std::vector<std::string> lines = table.lines();
    std::vector<std::string> picture = head(width);
    picture.push_back(styled(stdout, Style::Bold, clipped(lines[0], width)));
    const size_t fit = height > picture.size() + 1 ? height - picture.size() - 1 : 0;
    const size_t first = first_row(fit);
    for (size_t i = first; i < rows_.size() && i < first + fit; i++)
        picture.push_back(shown(lines[i + 1], rows_[i], width));
    while (picture.size() + 1 < height) picture.emplace_back();
    picture.push_back(foot(width));
    return picture;
}

std::vector<std::string> TopView::head(size_t width) const {
    std::vector<std::string> lines{clipped("fkvm top  " + sum_of(servers()), width)};
    for (const ServerSeen *server : servers())
        if (!server->problem.empty())
            lines.push_back(styled(
                stdout, Style::Red,
                clipped(harmless(server->socket) + ": " + harmless(server->problem), width)));
    return lines;
}

std::string TopView::foot(size_t width) const {
    const auto styled_line = [&](Style style, const std::string &text) {
        return styled(stdout, style, clipped(text, width));
    };
    if (mode_ == Mode::Filters)
        return styled_line(Style::Bold, "filter: " + harmless(filter_) + "_");
    if (mode_ == Mode::AsksToClose)
        return styled_line(Style::Bold, "close VM " + std::to_string(selected_.second) +
                                            "? What runs in it ends, and its rooms are lost (y/n)");
    if (!said_.empty()) return styled_line(Style::Bold, harmless(said_));
    return styled_line(Style::Dim,
                       filter_.empty() ? keys : "filter: " + harmless(filter_) + "  " + keys);
}

std::string TopView::shown(const std::string &line, const ListedVm &row, size_t width) const {
    if (Vm(row.server, row.vm->number) == selected_)
        return styled(stdout, Style::Reversed,
                      padded(clipped("> " + line.substr(2), width), width));
    const Style style = row.vm->state == "dead"      ? Style::Red
                        : row.vm->state == "working" ? Style::Green
                                                     : Style::Plain;
    return styled(stdout, style, clipped(line, width));
}

// So that the selected one is among those that fit.
size_t TopView::first_row(size_t fit) {
    if (selected_row_ < top_row_) top_row_ = selected_row_;
    if (fit && selected_row_ >= top_row_ + fit) top_row_ = selected_row_ - fit + 1;
    if (rows_.size() <= fit) top_row_ = 0;
    return top_row_;
}

bool TopView::press(char byte) {
    if (!escape_.empty() || byte == '\x1b') { // ESC [ A, ESC O A, ESC [ 5 ~
        if (byte == '\x1b' && escape_.empty() && mode_ == Mode::Filters) {
            filter_.swap(filter_before_);
            mode_ = Mode::Browses;
        }
        escape_ += byte;
        const bool is_whole = escape_.size() > 2
                                  ? (byte >= '@' && byte <= '~')
                                  : escape_.size() == 2 && byte != '[' && byte != 'O';
        if (!is_whole) return true;
        const std::string key = std::exchange(escape_, {}).substr(1);
        if (key == "[A" || key == "OA")
            move(-1);
        else if (key == "[B" || key == "OB")
            move(1);
        else if (key == "[5~")
            move(-page);
        else if (key == "[6~")
            move(page);
        else if (key.size() == 1)
            return press(key[0]); // after a lone ESC
        return true;
    }
    if (mode_ == Mode::Filters)
        filter(byte);
    else if (mode_ == Mode::AsksToClose)
        answer(byte);
    else
        browse(byte);
    return !is_over_;
}

void TopView::browse(char key) {
    said_.clear();
    switch (key) {
    case 'q':
        is_over_ = true;
        break;
    case 's':
    case '>':
        sort_by_next(1);
        break;
    case 'S':
    case '<':
        sort_by_next(-1);
        break;
    case 'r':
        order_.is_reversed = !order_.is_reversed;
        break;
    case 'j':
        move(1);
        break;
    case 'k':
        move(-1);
        break;
    case '/':
        filter_before_ = std::exchange(filter_, {});
        mode_ = Mode::Filters;
        break;
    case 'i':
        order("interrupt");
        break;
    case 'c':
        if (!rows_.empty()) mode_ = Mode::AsksToClose;
        break;
    default:
        break;
    }
}

void TopView::filter(char byte) {
    if (byte == '\r' || byte == '\n')
        mode_ = Mode::Browses;
    else if (byte == '\x7f' || byte == '\b') {
        while (!filter_.empty() && (filter_.back() & 0xc0) == 0x80) filter_.pop_back();
        if (!filter_.empty()) filter_.pop_back();
    } else
        filter_ += byte;
}

void TopView::answer(char key) {
    mode_ = Mode::Browses;
    if (key == 'y' || key == 'Y') order("close");
}

void TopView::move(int rows) {
    if (rows_.empty()) return;
    const auto last = static_cast<long>(rows_.size()) - 1;
    selected_row_ = size_t(std::clamp(static_cast<long>(selected_row_) + rows, 0L, last));
    selected_ = {rows_[selected_row_].server, rows_[selected_row_].vm->number};
}

void TopView::order(const std::string &what) {
    if (rows_.empty()) return;
    said_ = sockets_[selected_.first].order(what, selected_.second);
    look();
}

void TopView::sort_by_next(int step) {
    const size_t columns = listing_.titles().size();
    order_.column = (order_.column + columns + size_t(step)) % columns;
}

} // namespace cli
