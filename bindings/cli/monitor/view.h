// SPDX-License-Identifier: MIT
// What fkvm top shows on a terminal, and what its keys do.
#pragma once

#include "monitor/listing.h"
#include "monitor/status_socket.h"

#include <string>
#include <vector>

namespace cli {

class TopView {
  public:
    explicit TopView(std::vector<StatusSocket> &sockets)
        : sockets_(sockets), listing_(sockets.size() > 1) {}

    void look(); // asks all sockets
    std::vector<std::string> picture(size_t width, size_t height);

    // False: it is time to go.
    bool press(char byte);

  private:
    enum class Mode { Browses, Filters, AsksToClose };
    using Vm = std::pair<size_t, uint64_t>; // socket and number

    void browse(char key);
    void filter(char byte);
    void answer(char key);
    void move(int rows);
    void order(const std::string &what);
    void sort_by_next(int step);
    std::vector<const ServerSeen *> servers() const;
    std::vector<std::string> head(size_t width) const;
    std::string foot(size_t width) const;
    std::string shown(const std::string &line, const ListedVm &row, size_t width) const;
    size_t first_row(size_t fit);

    std::vector<StatusSocket> &sockets_;
    const Listing listing_;
    ListOrder order_;
    std::string filter_, filter_before_, said_;
    Mode mode_ = Mode::Browses;
    Vm selected_{0, 0};
    size_t selected_row_ = 0, top_row_ = 0;
    std::vector<ListedVm> rows_; // as shown last
    std::string escape_;         // of a key that sends several bytes
    bool is_over_ = false;
};

} // namespace cli
