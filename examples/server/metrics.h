// SPDX-License-Identifier: MIT
// GET /metrics, for Prometheus: what the library tells of its VMs, and the server of its clients
// and rooms.
#pragma once

#include "http.h"

namespace server {

// own: the server's families of metrics; plain: in the format before OpenMetrics.
HttpServer::Handler metrics_handler(std::function<std::string(bool plain)> own);

// A family of one metric without labels. type: counter or gauge.
std::string metric(const char *name, const char *type, const char *help, uint64_t value,
                   bool plain);

} // namespace server
