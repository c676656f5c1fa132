// SPDX-License-Identifier: MIT
// Windows has no sockets that tell which user is at the other end.
#include "server.h"

namespace fkvm {

class MonitorServer::Thread {};

MonitorServer::MonitorServer() = default;
MonitorServer::~MonitorServer() = default;

std::string MonitorServer::open(const std::string &, MonitorSource &) {
    return "there are no status sockets on Windows: use fk_metrics()";
}
void MonitorServer::close() noexcept {}
const std::string &MonitorServer::path() const noexcept {
    static const std::string none;
    return none;
}
void MonitorServer::leave() noexcept {}
void MonitorServer::forget() noexcept {}

} // namespace fkvm
