// SPDX-License-Identifier: MIT
// Which "$object" is a wrapper: one that stands alone in the object around it. Found by looking
// ahead, once for all that nest in one another, so that no byte is looked at again for each.
#pragma once

#include "base/arena.h"
#include "fk_value.h"

namespace fkvm {

class Wrappers {
  public:
    // What is remembered lies in arena.
    explicit Wrappers(Arena &arena) noexcept : arena_(arena) {}

    // True if what follows the object that begins at `object`, the value of a first member, is the
    // end of the object around it. To be asked from front to back in one text, which ends at `end`
    // and nests no deeper than FK_MAX_DEPTH + 1 where it is good; false for any that is not.
    bool alone(const char *object, const char *end) noexcept;

    bool out_of_memory() const noexcept { return out_of_memory_; } // then `alone` said nothing
    size_t looked_at() const noexcept { return looked_at_; }       // bytes

  private:
    struct Found {
        uintptr_t object;
        bool alone;
    };
    // Brackets open at a time: a wrapper and what it holds count as one level of depth.
    static constexpr size_t deepest = 2 * (FK_MAX_DEPTH + 4);
    static constexpr size_t none = SIZE_MAX;

    void look_ahead(const char *object, const char *end) noexcept;
    size_t add(const char *object) noexcept;

    Arena &arena_;
    Found *found_ = nullptr; // those of the latest look, from front to back
    size_t count_ = 0, room_ = 0, next_ = 0;
    size_t looked_at_ = 0;
    const char *looked_until_ = nullptr;
    bool out_of_memory_ = false;
};

} // namespace fkvm
