// SPDX-License-Identifier: MIT
#include "status.h"

#include "log.h"

#include <fk_vm.h>

#include <stdexcept>

namespace server {

StatusSocket::StatusSocket(const std::string &path) : is_open_(!path.empty()) {
    if (!is_open_) return;
    if (fk_monitor_listen(path.c_str()) != FK_OK)
        throw std::runtime_error(std::string("--status: ") + fk_error_last()->message);
    log_event(Level::Info, "status", {{"on", path}});
}

StatusSocket::~StatusSocket() {
    if (is_open_) fk_monitor_close();
}

} // namespace server
