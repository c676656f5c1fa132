// SPDX-License-Identifier: MIT
// What the page for operators reads, as JSON on one line.
#pragma once

#include "figures.h"
#include "history.h"
#include "log.h"

namespace server {

Point point_of(const Moment &moment);
std::string state_of(const Moment &moment);
std::string history_of(const History &history);

// last: the number of the last of them, if there are any.
std::string records_of(const std::vector<Kept> &records, uint64_t &last);

} // namespace server
