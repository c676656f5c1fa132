// SPDX-License-Identifier: MIT
// A descriptor of this process alone: a forked copy of the server closes it. A child lives as long
// as one is open, and is not to live as long as some copy.
#pragma once

#include "base/fd.h"

#include <utility>

namespace fkvm {

class PrivateFd {
  public:
    PrivateFd() noexcept;
    PrivateFd(PrivateFd &&other) noexcept : PrivateFd() { *this = std::move(other); }
    PrivateFd &operator=(PrivateFd &&other) noexcept; // what this was goes with other
    PrivateFd &operator=(Fd fd) noexcept;             // what this was is closed
    ~PrivateFd();

    int get() const noexcept { return fd_.get(); }
    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    // While one lives nobody forks: for what makes a descriptor and puts it into its place.
    class Making {
      public:
        Making() noexcept;
        ~Making();
        Making(const Making &) = delete;
        Making &operator=(const Making &) = delete;
        static void put(PrivateFd &place, Fd fd) noexcept { place.fd_ = std::move(fd); }
    };

  private:
    static const int registered;
    static void close_in_copy() noexcept;

    Fd fd_;
    PrivateFd *next_, *previous_ = nullptr;
};

} // namespace fkvm
