// SPDX-License-Identifier: MIT
// A message of a trace as far as a picture needs it: read without its values, which a trace of a
// gigabyte has too many of.
#pragma once

#include "replay/rpc.h"

namespace cli {

struct Glance {
    Rpc::Kind kind = Rpc::Notification;
    int64_t id = 0;
    std::string_view method;
    std::string_view body; // params, result, or the error's message
};

class Glancer {
  public:
    // False: no message. What glance has is valid until the next read.
    bool read(std::string_view text, Glance &glance);

  private:
    bool read_whole(std::string_view text, Glance &glance);

    Rpc rpc_;
    std::string body_;
};

} // namespace cli
