// SPDX-License-Identifier: MIT
// Time, memory and files of this process and of a child, from the kernel.
#include "clocks.h"

#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <string>
#include <unistd.h>

namespace cli {

namespace {

int64_t read_clock(clockid_t clock) {
    timespec time{};
    if (clock_gettime(clock, &time) != 0) return 0;
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string proc_file(int64_t pid, const char *name) {
    return "/proc/" + (pid ? std::to_string(pid) : std::string("self")) + "/" + name;
}

Spent read_clocks(int64_t pid) { return {monotonic_ns(), own_cpu_ns(), cpu_ns_of(pid)}; }

} // namespace

int64_t monotonic_ns() { return read_clock(CLOCK_MONOTONIC); }

int64_t own_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

int64_t cpu_ns_of(int64_t pid) {
    clockid_t clock;
    if (pid == 0 || clock_getcpuclockid(static_cast<pid_t>(pid), &clock) != 0) return 0;
    return read_clock(clock);
}

Spent &Spent::operator+=(const Spent &more) {
    wall += more.wall;
    own += more.own;
    child += more.child;
    return *this;
}

Stopwatch::Stopwatch(int64_t pid) : pid_(pid), start_(read_clocks(pid)) {}

Spent Stopwatch::since() const {
    const Spent now = read_clocks(pid_);
    const int64_t child = now.child > start_.child ? now.child - start_.child : 0;
    return {now.wall - start_.wall, now.own - start_.own, child};
}

uint64_t resident_bytes(int64_t pid) {
    unsigned long pages = 0;
    if (FILE *file = fopen(proc_file(pid, "statm").c_str(), "re")) {
        if (fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
        fclose(file);
    }
    return uint64_t{pages} * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

Memory memory_of(int64_t pid) {
    Memory memory;
    FILE *file = fopen(proc_file(pid, "smaps_rollup").c_str(), "re");
    if (!file) return {resident_bytes(pid), 0, 0};
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char name[32];
        unsigned long kilobytes;
        if (sscanf(line, "%31[^:]: %lu kB", name, &kilobytes) != 2) continue;
        const uint64_t size = uint64_t{kilobytes} * 1024;
        if (strcmp(name, "Rss") == 0) memory.resident = size;
        if (strcmp(name, "Pss") == 0) memory.proportional = size;
        if (strncmp(name, "Private_", 8) == 0 && strcmp(name, "Private_Hugetlb") != 0)
            memory.private_ += size;
    }
    fclose(file);
    return memory;
}

uint64_t page_faults_of(int64_t pid) {
    FILE *file = fopen(proc_file(pid, "stat").c_str(), "re");
    if (!file) return 0;
    char line[1024] = "";
    const char *fields = fgets(line, sizeof line, file) ? strrchr(line, ')') : nullptr;
    fclose(file);
    unsigned long faults = 0;
    // After the name: state, parent, group, session, terminal, its group, flags, faults.
    if (!fields || sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %lu", &faults) != 1) return 0;
    return faults;
}

size_t open_files() {
    std::error_code ignored;
    const auto files = std::filesystem::directory_iterator("/proc/self/fd", ignored);
    return ignored ? 0 : static_cast<size_t>(std::distance(begin(files), end(files)));
}

} // namespace cli
