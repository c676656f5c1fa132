// SPDX-License-Identifier: MIT
// Which names a table of a few can hold: answered without Lua, for nearly all that it does not
// hold.
#pragma once

#include <cstdint>
#include <string_view>

namespace fkvm {

class NameFilter {
  public:
    void add(std::string_view name) noexcept { bits_ |= bit(name); }
    bool may_have(std::string_view name) const noexcept { return bits_ & bit(name); }

  private:
    static uint64_t bit(std::string_view name) noexcept {
        const size_t first = name.empty() ? 0 : static_cast<unsigned char>(name[0]);
        return uint64_t{1} << ((first * 7 + name.size()) % 64);
    }

    uint64_t bits_ = 0;
};

} // namespace fkvm
