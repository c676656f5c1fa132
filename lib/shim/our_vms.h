// SPDX-License-Identifier: MIT
// The VMs of this process, for its status socket.
#pragma once

#include "monitor/source.h"

#include <string_view>

namespace fkvm {

// text without the character that the end of a buffer has cut.
std::string_view without_half(std::string_view text) noexcept;

class OurVms final : public MonitorSource {
  public:
    MonitorReport look() override;
    Outcome interrupt(uint64_t number) override;
    Outcome close(uint64_t number) override;
};

} // namespace fkvm
