// SPDX-License-Identifier: MIT
// The memory of the server and its VMs over time.
#include "history.h"

#include <algorithm>

namespace server {

namespace {

// The most of both, so that no peak is lost.
Point merged(const Point &one, const Point &later) {
    return {later.seconds,
            std::max(one.scripts, later.scripts),
            std::max(one.children, later.children),
            std::max(one.server, later.server),
            std::max(one.vms, later.vms),
            std::max(one.rooms, later.rooms)};
}

} // namespace

void History::add(const Point &point) {
    latest_.push_back(point);
    if (latest_.size() > most) latest_.pop_front();
    if (last_ > 0 && last_ < each_) {
        all_.back() = merged(all_.back(), point);
        last_++;
        return;
    }
    if (all_.size() == most) {
        for (size_t i = 0; i < most / 2; i++) all_[i] = merged(all_[2 * i], all_[2 * i + 1]);
        all_.resize(most / 2);
        each_ *= 2;
    }
    all_.push_back(point);
    last_ = 1;
}

} // namespace server

fk_value fk::Convert<server::Point>::to(const server::Point &in, fk::Scratch &scratch) {
    fk_value *const items = scratch.items(6);
    items[0] = FK_DOUBLE(in.seconds);
    size_t i = 1;
    for (const uint64_t figure : {in.scripts, in.children, in.server, in.vms, in.rooms})
        items[i++] = FK_INT(figure);
    return FK_ITEMS(items, 6);
}
