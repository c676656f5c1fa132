// SPDX-License-Identifier: MIT
// fkvm-worker, which `fkvm worker` runs: lends VMs of this machine over NATS.
#include "metrics.h"
#include "monitor/server.h"
#include "worker.h"

#include "base/environment.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <getopt.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace fkvm;

namespace {

constexpr char usage[] = R"(Lends VMs of this machine to servers whose backend is nats.
usage: fkvm worker [OPTIONS]

  --nats URL          the NATS server; default $FK_VM_NATS, else nats://127.0.0.1:4222
  --capacity N        VMs at once at most; default 100
  --scripts DIR       where sets of scripts are kept; default $XDG_CACHE_HOME/fkvm/scripts
  --prefix NAME       of all subjects, the same as that of the servers; default fkvm
  --name NAME         of this machine, in messages; default its host name
  --credentials FILE  of NATS; others by FK_VM_NATS_... (docs/nats.md)
  --metrics ADDRESS   figures for Prometheus at GET /metrics: a port of this machine, or ADDRESS:PORT
  --status PATH       a socket for `fkvm top PATH`
  --allow-commands    servers may have any program started here, not only fkvm-host
  --quiet             prints nothing but errors

SIGTERM: takes no new VMs, and ends when the last one has. SIGINT, or SIGTERM again: ends at once.
Exit codes: 0 it was told to end, 1 it could not work, 2 the command line is wrong.

examples:
  fkvm worker --nats nats://10.0.0.1:4222 --capacity 200
  FK_VM_BACKEND=nats FK_VM_NATS=nats://10.0.0.1:4222 fkvm run examples/cardgame/main.lua
)";

Worker *running;

void on_signal(int number) {
    static volatile std::sig_atomic_t told;
    if (number == SIGINT || told) return running->stop();
    told = 1;
    running->drain();
}

std::string host_name() {
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
}

std::string cache_folder() {
    if (const char *cache = environment("XDG_CACHE_HOME"))
        return std::string(cache) + "/fkvm/scripts";
    const char *home = environment("HOME");
    return std::string(home ? home : "/var/cache") + (home ? "/.cache" : "") + "/fkvm/scripts";
}

// Six descriptors a VM.
void raise_descriptors() {
    rlimit limit;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int wrong(const std::string &problem) {
    std::fprintf(stderr, "fkvm worker: %s. Try --help\n", problem.c_str());
    return 2;
}

// -1: go on; else the exit code.
int read_options(int argc, char **argv, WorkerOptions *options, bool *quiet) {
    enum {
        Nats = 256,
        Capacity,
        Scripts,
        Prefix,
        Name,
        Credentials,
        Metrics,
        Status,
        Commands,
        Quiet,
        Help
    };
    static const option all[] = {{"nats", required_argument, nullptr, Nats},
                                 {"capacity", required_argument, nullptr, Capacity},
                                 {"scripts", required_argument, nullptr, Scripts},
                                 {"prefix", required_argument, nullptr, Prefix},
                                 {"name", required_argument, nullptr, Name},
                                 {"credentials", required_argument, nullptr, Credentials},
                                 {"metrics", required_argument, nullptr, Metrics},
                                 {"status", required_argument, nullptr, Status},
                                 {"allow-commands", no_argument, nullptr, Commands},
                                 {"quiet", no_argument, nullptr, Quiet},
                                 {"help", no_argument, nullptr, Help},
                                 {nullptr, 0, nullptr, 0}};
    for (int chosen; (chosen = ::getopt_long(argc, argv, "", all, nullptr)) != -1;) {
        char *end;
        switch (chosen) {
        case Nats:
            options->nats.url = optarg;
            break;
        case Capacity:
            options->capacity = std::strtoul(optarg, &end, 10);
            if (*end || !options->capacity || options->capacity > 100'000)
                return wrong(std::string("--capacity ") + optarg +
                             " is no number from 1 to 100000");
            break;
        case Scripts:
            options->scripts = optarg;
            break;
        case Prefix:
            options->nats.prefix = optarg;
            break;
        case Name:
            options->machine = optarg;
            break;
        case Credentials:
            options->nats.credentials = optarg;
            break;
        case Metrics:
            options->metrics = optarg;
            break;
        case Status:
            options->status = optarg;
            break;
        case Commands:
            options->commands = true;
            break;
        case Quiet:
            *quiet = true;
            break;
        case Help:
            std::fputs(usage, stdout);
            return 0;
        default:
            return 2; // getopt has said why
        }
    }
    return optind < argc ? wrong(std::string("what is '") + argv[optind] + "' for?") : -1;
}

// In an installed tree, and in the build tree.
void find_host() {
    if (environment("FK_VM_HOST")) return;
    char self[4096];
    const ssize_t n = ::readlink("/proc/self/exe", self, sizeof self - 1);
    const std::string here(self, n > 0 ? static_cast<size_t>(n) : 0);
    const std::string folder = here.substr(0, here.rfind('/') + 1);
    for (const char *place : {"fkvm-host", "../../process/child/fkvm-host"})
        if (::access((folder + place).c_str(), X_OK) == 0)
            return static_cast<void>(::setenv("FK_VM_HOST", (folder + place).c_str(), 1));
}

} // namespace

int main(int argc, char **argv) {
    WorkerOptions options;
    options.nats = settings_from_environment();
    options.machine = host_name();
    options.scripts = cache_folder();
    bool quiet = false;
    if (const int code = read_options(argc, argv, &options, &quiet); code >= 0) return code;
    raise_descriptors();
    find_host();
    Worker worker(options);
    const auto say = [](const std::string &event) { std::fprintf(stderr, "%s\n", event.c_str()); };
    if (!quiet) worker.on_event = say;
    running = &worker;
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int number : {SIGTERM, SIGINT}) ::sigaction(number, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    if (const std::string problem = worker.start(); !problem.empty()) {
        std::fprintf(stderr, "fkvm worker: %s\n", problem.c_str());
        return 1;
    }
    if (!quiet)
        say("lends " + std::to_string(options.capacity) + " VMs of " + options.machine + " at " +
            options.nats.shown_url() + ", prefix " + options.nats.prefix);
    MetricsServer metrics([&] { return worker.metrics(); });
    if (!options.metrics.empty()) {
        if (const std::string problem = metrics.start(options.metrics); !problem.empty())
            return wrong(problem);
        if (!quiet) say("metrics on " + metrics.place());
    }
    MonitorServer status;
    if (!options.status.empty())
        if (const std::string problem = status.open(options.status, worker); !problem.empty())
            return wrong(problem);
    worker.run();
    return 0;
}
