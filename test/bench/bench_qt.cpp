// SPDX-License-Identifier: MIT
// What a host method of FkVm costs over one of fk/vm.hpp: the same notification from Lua, round by
// round in turn, on the backend that FK_VM_BACKEND names. Prints nanoseconds of the fastest rounds
// and the median of the ratios.
//
// usage: bench_qt [ROUNDS]
#include "bench_qt.h"

#include <QCoreApplication>
#include <fk/vm.hpp>
#include <fkqt.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int operations = 100'000;

void receive(int conn, qsizetype bytes) {
    received.conn = conn;
    received.bytes += bytes;
}

struct Kind {
    const char *name;
    void (*bind)(FkVm &vm, Receiver &receiver);
};

const Kind kinds[] = {
    {"a slot", [](FkVm &vm, Receiver &receiver) { vm.bind("notify", &receiver, "notify"); }},
    {"a lambda of int, QString, QByteArray",
     [](FkVm &vm, Receiver &) {
         vm.bind("notify", [](int conn, const QString &command, const QByteArray &payload) {
             receive(conn, command.size() + payload.size());
         });
     }},
    {"a lambda of int, QByteArray, QByteArray",
     [](FkVm &vm, Receiver &) {
         vm.bind("notify", [](int conn, const QByteArray &command, const QByteArray &payload) {
             receive(conn, command.size() + payload.size());
         });
     }},
    {"a lambda of QVariantList",
     [](FkVm &vm, Receiver &) {
         vm.bind("notify", [](const QVariantList &params) {
             receive(params[0].toInt(),
                     params[1].toByteArray().size() + params[2].toByteArray().size());
             return QVariant();
         });
     }},
};

template <class Work>
double time_of(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / operations;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

void compare(const Kind &kind, fk::Vm &plain, int rounds) {
    Receiver receiver;
    FkVm vm;
    kind.bind(vm, receiver);
    if (!vm.open(FK_BENCH_SCRIPT)) std::abort();
    double fastest_plain = 1e18, fastest = 1e18;
    std::vector<double> ratios;
    for (int round = 0; round < rounds; round++) {
        const double a = time_of([&] { plain.call("tell", "notify", operations); });
        const double b = time_of([&] { vm.call("tell", {"notify", operations}); });
        fastest_plain = std::min(fastest_plain, a);
        fastest = std::min(fastest, b);
        ratios.push_back(b / a);
    }
    std::printf("%-42s %6.0f ns   fk/vm.hpp %6.0f ns   ratio %.2f\n", kind.name, fastest,
                fastest_plain, median(ratios));
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 15;
    fk::Vm plain;
    plain.bind("notify",
               [](int conn, std::string_view command, std::span<const std::byte> payload) {
                   receive(conn, static_cast<qsizetype>(command.size() + payload.size()));
               });
    plain.open({.script = FK_BENCH_SCRIPT});
    for (const Kind &kind : kinds) compare(kind, plain, rounds);
    return 0;
}
