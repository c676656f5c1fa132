// SPDX-License-Identifier: MIT
// Quotas as the command line has them: NAME=ROOM or NAME=ROOM,VM.
#pragma once

#include <fk/room/quotas.hpp>

#include <string>

namespace server {

// "", or a sentence that says what is wrong with text.
std::string set_quota(fk::room::Quotas &quotas, const std::string &text);

std::string quota_help();

} // namespace server
