// SPDX-License-Identifier: MIT
// What fk/vm.hpp costs over the C API: the same work through both, round by round in turn, on the
// backend that FK_VM_BACKEND names. Prints nanoseconds of the fastest rounds and the median of the
// ratios.
//
// usage: bench_cpp [ROUNDS]
#include <fk/vm.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

struct Received {
    int64_t conn = 0;
    size_t bytes = 0;
} received;

// ServerPlayer_doNotify by hand, with the checks that a server needs.
fk_status notify_c(void *, fk_request *request, const fk_value *params) {
    const fk_value *p = params->items;
    if (params->kind != FK_ARRAY || params->size != 3 || p[0].kind != FK_INT ||
        p[1].kind != FK_STRING || p[2].kind != FK_STRING ||
        p[0].integer != static_cast<int>(p[0].integer))
        return fk_fail(request, FK_CODE_INVALID_PARAMS, "invalid params");
    received.conn = p[0].integer;
    received.bytes += p[1].size + p[2].size;
    return FK_OK;
}

fk_status state_c(void *, fk_request *request, const fk_value *params) {
    if (params->kind != FK_ARRAY || params->size != 1 || params->items[0].kind != FK_INT)
        return fk_fail(request, FK_CODE_INVALID_PARAMS, "invalid params");
    const fk_value result = FK_INT(params->items[0].integer + 1);
    return fk_reply(request, &result);
}

void bind(fk::Vm &vm) {
    vm.bind("notify_x", [](int conn, std::string_view command, std::span<const std::byte> payload) {
        received.conn = conn;
        received.bytes += command.size() + payload.size();
    });
    vm.bind("state_x", [](int64_t n) { return n + 1; });
}

bool resume_c(fk_vm *vm) {
    const fk_value items[] = {FK_INT(7), FK_STR("delay_done")};
    const fk_value params = FK_ARRAY(items);
    fk_value *over = nullptr;
    if (fk_vm_call(vm, "ResumeRoom", &params, &over) != FK_OK || over->kind != FK_BOOL)
        std::abort();
    const bool result = over->integer != 0;
    fk_value_free(over);
    return result;
}

struct Work {
    const char *name;
    int operations;
    void (*c)(fk::Vm &, int), (*cpp)(fk::Vm &, int);
};

const Work works[] = {
    {"call: 2 params, bool", 20'000,
     [](fk::Vm &vm, int n) {
         while (n--) resume_c(vm.get());
     },
     [](fk::Vm &vm, int n) {
         while (n--) vm.call<bool>("ResumeRoom", 7, "delay_done");
     }},
    {"notification from Lua, 3 params", 100'000,
     [](fk::Vm &vm, int n) { vm.call("tell", "notify_c", n); },
     [](fk::Vm &vm, int n) { vm.call("tell", "notify_x", n); }},
    {"request from Lua, integer", 20'000, [](fk::Vm &vm, int n) { vm.call("ask", "state_c", n); },
     [](fk::Vm &vm, int n) { vm.call("ask", "state_x", n); }},
};

double time_of(void (*work)(fk::Vm &, int), fk::Vm &vm, int operations) {
    const auto start = std::chrono::steady_clock::now();
    work(vm, operations);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / operations;
}

void compare(fk::Vm &vm, const Work &work, int rounds) {
    std::vector<double> ratios;
    double c = 1e300, cpp = 1e300;
    for (int i = -1; i < rounds; i++) {
        const bool c_first = i % 2 == 0;
        double one[2];
        for (const bool second : {false, true})
            one[second != c_first] =
                time_of(second != c_first ? work.c : work.cpp, vm, work.operations);
        if (i < 0) continue; // warm up
        c = std::min(c, one[1]);
        cpp = std::min(cpp, one[0]);
        ratios.push_back(one[0] / one[1]);
    }
    std::nth_element(ratios.begin(), ratios.begin() + rounds / 2, ratios.end());
    std::printf("%-34s %10.1f %10.1f %8.3f\n", work.name, c, cpp,
                ratios[static_cast<size_t>(rounds) / 2]);
}

} // namespace

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 21;
    const fk_method methods[] = {
        {"notify_c", notify_c, nullptr, 0, {}}, {"state_c", state_c, nullptr, 0, {}}, {}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = FK_BENCH_SCRIPT;
    options.methods = methods;
    fk::Vm vm;
    bind(vm);
    vm.open(options);
    std::printf("backend %s, %d rounds\n%-34s %10s %10s %8s\n", vm.stats().backend, rounds, "",
                "C ns", "C++ ns", "C++/C");
    for (const Work &work : works) compare(vm, work, rounds);
    return received.bytes == 0;
}
