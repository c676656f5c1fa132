// SPDX-License-Identifier: MIT
// The metrics, in the format that was asked for.
#include "metrics.h"

#include <fk_vm.h>

#include <new>

namespace server {

namespace {

std::string library_metrics(bool plain) {
    char *text = nullptr;
    size_t size = 0;
    if (fk_metrics(plain ? FK_METRICS_PLAIN : 0, &text, &size) != FK_OK) throw std::bad_alloc();
    std::string metrics(text, size);
    fk_text_free(text);
    return metrics;
}

} // namespace

HttpServer::Handler metrics_handler(std::function<std::string(bool plain)> own) {
    return [own = std::move(own)](const HttpRequest &request,
                                  const std::shared_ptr<HttpAnswer> &answer) {
        if (request.method != "GET") return answer->send({405, "GET\n"});
        if (request.path != "/metrics") return answer->send({404, "GET /metrics\n"});
        const bool plain =
            request.header("accept").find("application/openmetrics-text") == std::string::npos;
        answer->send({200, own(plain) + library_metrics(plain),
                      plain ? "text/plain; version=0.0.4; charset=utf-8"
                            : "application/openmetrics-text; version=1.0.0; charset=utf-8"});
    };
}

std::string metric(const char *name, const char *type, const char *help, uint64_t value,
                   bool plain) {
    const bool is_counter = std::string_view(type) == "counter";
    const std::string sample = name + std::string(is_counter ? "_total" : "");
    const std::string family = plain ? sample : name;
    return "# HELP " + family + " " + help + "\n# TYPE " + family + " " + type + "\n" + sample +
           " " + std::to_string(value) + "\n";
}

} // namespace server
