// SPDX-License-Identifier: MIT
// fkvm worker: becomes fkvm-worker, which comes with the backend nats.
#include "commands.h"
#include "messages.h"
#include "share.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <vector>

namespace cli {

int worker(const WorkerArguments &arguments) {
    const std::string program = worker_program();
    if (program.empty()) {
        complain("fkvm-worker, which comes with the backend nats, is missing: install it, or build "
                 "fkvm where libnats is");
        return Failed;
    }
    std::vector<std::string> words = {"fkvm-worker"};
    const auto add = [&](const char *option, const std::string &value) {
        if (value.empty()) return;
        words.emplace_back(option);
        words.push_back(value);
    };
    add("--nats", arguments.nats);
    add("--capacity", arguments.capacity ? std::to_string(arguments.capacity) : "");
    add("--scripts", arguments.scripts);
    add("--prefix", arguments.prefix);
    add("--name", arguments.name);
    add("--credentials", arguments.credentials);
    add("--metrics", arguments.metrics);
    add("--status", arguments.status);
    if (arguments.allow_commands) words.emplace_back("--allow-commands");
    if (arguments.quiet) words.emplace_back("--quiet");
    std::vector<char *> argv;
    for (std::string &word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    complain("'" + program + "' cannot be run: " + std::strerror(errno));
    return Failed;
}

} // namespace cli
