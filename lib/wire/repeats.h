// SPDX-License-Identifier: MIT
// The same notification to several, one after the other, travels once: "each" of docs/protocol.md.
// Here is what the writer of a message knows of the one before it.
#pragma once

#include "base/buffer.h"
#include "fk_value.h"

#include <cstddef>
#include <string_view>

namespace fkvm {

class Repeats {
  public:
    // Appends a notification to out, or its first parameter, an integer, to the line at out's end,
    // if that is a notification which differs in nothing else. False: out of memory; out is as
    // before.
    bool append(Buffer &out, std::string_view method, const fk_value *params) noexcept;

    void forget() noexcept { end_ = 0; } // lines have left

  private:
    static constexpr uint32_t most_params = 8; // of what is remembered

    bool same(std::string_view method, const fk_value &params) const noexcept;
    void remember(std::string_view method, const fk_value &params) noexcept;
    bool extend(Buffer &out, int64_t first) noexcept;

    size_t end_ = 0; // of the line in the buffer; 0: nothing is remembered
    size_t
        first_ = 0,
        rest_ =
            0; // where its first parameter stands, and what follows that; equal: in a list of `each`
    Buffer bytes_; // the method and the strings among the parameters, one after the other
    size_t method_size_ = 0;
    uint32_t count_ = 0;
    fk_value params_[most_params]; // but the first; strings without their pointer
};

} // namespace fkvm
