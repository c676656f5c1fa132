// SPDX-License-Identifier: MIT
// What a server keeps of messages until its clients have read them: the last ones of a VM, each in
// memory of its own.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace cli {

class KeptMessages {
  public:
    void keep(std::string_view message) {
        auto &place = last_[next_++ % last_.size()];
        place = std::make_unique<char[]>(message.size() + 1);
        message.copy(place.get(), message.size());
    }

  private:
    std::array<std::unique_ptr<char[]>, 256> last_; // as many as fkvm-states keeps
    size_t next_ = 0;
};

} // namespace cli
