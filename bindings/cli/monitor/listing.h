// SPDX-License-Identifier: MIT
// The VMs of several servers as rows: sorted, filtered, and as the cells of a table.
#pragma once

#include "monitor/snapshot.h"
#include "table.h"

#include <string>
#include <vector>

namespace cli {

struct ListedVm {
    size_t server; // which of the sockets
    const VmSeen *vm;
    const VmRates *rates;
    std::vector<std::string> cells;
};

struct ListOrder {
    size_t column = 0; // of the shown ones
    bool is_reversed = false;
};

class Listing {
  public:
    // with_server: a column tells which socket a VM belongs to.
    explicit Listing(bool with_server);

    const std::vector<std::string> &titles() const { return titles_; }
    Table table(const ListOrder &order) const; // its titles show the order

    // Of the servers, which have to live as long. filter: only rows in which a cell has it.
    std::vector<ListedVm> rows(const std::vector<const ServerSeen *> &servers,
                               const ListOrder &order, const std::string &filter) const;

  private:
    struct Column;
    static const Column all[];

    std::vector<const Column *> columns_;
    std::vector<std::string> titles_;
};

// "3 VMs: 1 working, 2 idle, 0 dead", and the deaths so far.
std::string sum_of(const std::vector<const ServerSeen *> &servers);

} // namespace cli
