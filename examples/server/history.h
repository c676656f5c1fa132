// SPDX-License-Identifier: MIT
// The memory of the server and its VMs over time: the last minutes second by second, and all since
// the start in as many points, each of ever more time.
#pragma once

#include <fk/fields.hpp>

#include <cstdint>
#include <deque>
#include <vector>

namespace server {

struct Point {
    double seconds = 0;                             // since the start
    uint64_t scripts = 0, children = 0, server = 0; // bytes: of Lua; resident
    uint64_t vms = 0, rooms = 0;
};

class History {
  public:
    static constexpr size_t most = 600; // points of each; an even number

    void add(const Point &point);

    std::vector<Point> latest() const { return {latest_.begin(), latest_.end()}; }
    const std::vector<Point> &all() const { return all_; }

  private:
    std::deque<Point> latest_;
    std::vector<Point> all_;
    size_t each_ = 1, last_ = 0; // added points that become one of all_; so many are in its last
};

} // namespace server

template <>
struct fk::Convert<server::Point> {
    static fk_value to(const server::Point &in, fk::Scratch &scratch);
};
