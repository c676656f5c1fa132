// SPDX-License-Identifier: MIT
// What reading and checking one message costs, in nanoseconds a byte, for texts that a stranger has
// made to be slow: names that collide under std::hash, objects just too large for comparing pairs,
// wrappers in wrappers, escapes. Prints one JSON object.
//
// usage: bench_reader [MEGABYTES]
#include "wire/json.h"
#include "wire/value.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using fkvm::Arena;

size_t wanted = 8 << 20;

std::string repeated(const std::string &text, size_t times) {
    std::string all;
    for (; times > 0; times--) all += text;
    return all;
}

// Eight printable characters whose std::hash of libstdc++ ends in 21 zero bits.
std::string colliding_name() {
    static uint64_t number;
    constexpr uint64_t mul = 0xc6a4a7935bd1e995ull;
    uint64_t inverse = mul;
    for (int i = 0; i < 6; i++) inverse *= 2 - mul * inverse;
    const auto unmix = [](uint64_t v) { return v ^ v >> 47; };
    for (;;) {
        uint64_t h = unmix(unmix(++number << 21) * inverse) * inverse;
        h = unmix((h ^ (0xc70f6907ull ^ 8 * mul)) * inverse) * inverse;
        std::string name(reinterpret_cast<const char *>(&h), sizeof h);
        const auto plain = [](char c) { return c > ' ' && c < 127 && c != '"' && c != '\\'; };
        if (std::all_of(name.begin(), name.end(), plain)) return name;
    }
}

template <class Name>
std::string object(size_t count, Name name) {
    std::string text = "{";
    for (size_t i = 0; i < count; i++) text += (i ? ",\"" : "\"") + name(i) + "\":1";
    return text + "}";
}

std::string in_array(const std::string &item) {
    return "[" + repeated(item + ",", wanted / item.size()) + "0]";
}

std::string wrapped(const std::string &inside) {
    const int levels = FK_MAX_DEPTH - 4;
    return repeated("{\"$object\":{\"$a\":", levels) + inside + repeated("}}", levels);
}

void measure(const char *what, const std::string &text, bool last = false) {
    double best = 1e9;
    for (int round = 0; round < 3; round++) {
        Arena arena;
        fk_value value;
        fkvm::JsonError error;
        const auto begin = std::chrono::steady_clock::now();
        const bool good =
            fkvm::read_json(text, arena, {FK_MAX_DEPTH, UINT32_MAX}, &value, &error) &&
            fkvm::check_value(value, "value", nullptr);
        const std::chrono::duration<double, std::nano> time =
            std::chrono::steady_clock::now() - begin;
        if (!good) std::fprintf(stderr, "%s is refused: %s\n", what, error.what), std::exit(1);
        best = std::min(best, time.count() / static_cast<double>(text.size()));
    }
    std::printf("\"%s\":%.2f%s", what, best, last ? "}\n" : ",\n ");
}

} // namespace

int main(int argc, char **argv) {
    if (argc > 1) wanted = static_cast<size_t>(std::atol(argv[1])) << 20;
    const auto numbered = [](size_t i) { return std::to_string(i); };
    const auto chosen = [](size_t) { return colliding_name(); };
    std::printf("{");
    measure("integers", in_array("1234567"));
    measure("one string", "\"" + std::string(wanted, 'x') + "\"");
    measure("escapes", "\"" + repeated("\\n", wanted / 2) + "\"");
    measure("names of one object", object(wanted / 10, numbered));
    measure("names that collide", object(100'000, chosen));
    measure("objects of 12 names", in_array(object(12, numbered)));
    measure("objects of 13 names", in_array(object(13, numbered)));
    measure("objects of 33 names", in_array(object(33, numbered)));
    measure("empty objects", in_array("{}"));
    measure("wrapped objects", in_array("{\"$object\":{\"$a\":1}}"));
    measure("a string in wrappers", wrapped("\"" + std::string(wanted, 'x') + "\""));
    measure("brackets in wrappers", wrapped(in_array("{}")));
    measure("wrappers in wrappers", wrapped(in_array("{\"$object\":{\"$\":0}}")), true);
}
