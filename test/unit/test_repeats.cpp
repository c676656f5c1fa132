// SPDX-License-Identifier: MIT
// Notifications that travel together: the lines that come out say exactly what went in, in the same
// order.
#include "unit.h"

#include "wire/repeats.h"
#include "wire/rpc.h"

#include <random>
#include <vector>

namespace {

using fkvm::RpcMessage;

struct Wire {
    fkvm::Buffer out;
    fkvm::Repeats repeats;

    void say(std::string_view method, const std::vector<fk_value> &items) {
        const fk_value params = FK_ITEMS(items.data(), items.size());
        assert_true(repeats.append(out, method, &params));
    }
};

void texts(void **) {
    Wire wire;
    for (const int64_t id : {3, 4, 5}) wire.say("notify", {FK_INT(id), FK_STR("a\0b")});
    wire.say("notify", {FK_INT(5), FK_STR("c")});
    for (const int64_t id : {INT64_MIN, int64_t{7}}) wire.say("kick", {FK_INT(id)});
    wire.say("kick", {});
    wire.say("kick", {FK_STR("7")});
    wire.say("kick", {FK_STR("7")});
    assert_true(wire.repeats.append(wire.out, "kick", nullptr));
    for (const int64_t bytes : {1, 2}) wire.say("$/memory", {FK_INT(bytes), FK_INT(9)});
    expect_text(wire.out.view(),
                R"({"jsonrpc":"2.0","method":"notify","params":["a"],"each":[3,4,5]}
{"jsonrpc":"2.0","method":"notify","params":[5,"c"]}
{"jsonrpc":"2.0","method":"kick","params":[],"each":[{"$int":"-9223372036854775808"},7]}
{"jsonrpc":"2.0","method":"kick","params":[]}
{"jsonrpc":"2.0","method":"kick","params":["7"]}
{"jsonrpc":"2.0","method":"kick","params":["7"]}
{"jsonrpc":"2.0","method":"kick"}
{"jsonrpc":"2.0","method":"$/memory","params":[1,9]}
{"jsonrpc":"2.0","method":"$/memory","params":[2,9]}
)");
}

// Whatever comes between ends what may be merged, also where lengths happen to fit again.
void between(void **) {
    Wire wire;
    wire.say("m", {FK_INT(1), FK_STR("x")});
    assert_true(fkvm::write_rpc_result(wire.out, 1, FK_NIL));
    wire.say("m", {FK_INT(2), FK_STR("x")});
    wire.repeats.forget();
    wire.out.clear();
    wire.say("m", {FK_INT(3), FK_STR("x")});
    expect_text(wire.out.view(), "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[3,\"x\"]}\n");
    const std::string old(wire.out.view());
    wire.repeats.forget();
    wire.out.clear();
    wire.out.append(std::string(old.size(), ' '));
    wire.say("m", {FK_INT(4), FK_STR("x")});
    expect_text(wire.out.view().substr(old.size()),
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[4,\"x\"]}\n");
}

// What a reader makes of the lines: one text for each notification.
std::vector<std::string> heard(std::string_view lines) {
    std::vector<std::string> result;
    while (!lines.empty()) {
        const size_t end = lines.find('\n');
        fkvm::Arena arena;
        const RpcMessage message = fkvm::read_rpc(lines.substr(0, end), arena, {});
        lines.remove_prefix(end + 1);
        assert_int_equal(message.kind, RpcMessage::Notification);
        std::vector<fk_value> items;
        if (message.each.kind == FK_ARRAY) items.push_back(FK_NIL);
        if (message.params.size)
            items.insert(items.end(), message.params.items,
                         message.params.items + message.params.size);
        for (uint32_t i = 0; i < (message.each.kind == FK_ARRAY ? message.each.size : 1); i++) {
            if (message.each.kind == FK_ARRAY) items[0] = message.each.items[i];
            result.push_back(std::string(message.method) +
                             text_of_json(FK_ITEMS(items.data(), items.size())));
        }
    }
    return result;
}

void any_sequence(void **) {
    std::mt19937 random(20260101);
    const auto pick = [&](size_t n) { return random() % n; };
    static const fk_value few[] = {FK_NIL,
                                   FK_BOOL(true),
                                   FK_INT(1),
                                   FK_INT(INT64_MAX),
                                   FK_DOUBLE(1.0),
                                   FK_DOUBLE(-0.0),
                                   FK_DOUBLE(0.0),
                                   FK_STR(""),
                                   FK_STR("x"),
                                   FK_STR("\"\n"),
                                   FK_BYTES("\xff\0", 2),
                                   FK_BYTES("\0", 1)};
    static const fk_value list = FK_ARRAY(few);
    const std::string long_text(100 << 10, 'y');
    size_t sent = 0, lines = 0;
    for (int round = 0; round < 300; round++) {
        Wire wire;
        std::vector<std::string> said, got;
        const auto flush = [&] {
            for (std::string &text : heard(wire.out.view())) got.push_back(std::move(text));
            for (const char c : wire.out.view()) lines += c == '\n';
            wire.repeats.forget();
            wire.out.clear();
        };
        std::vector<fk_value> items;
        std::string method = "m";
        for (int i = 0; i < 100; i++) {
            if (pick(4) == 0) { // another message, often with little changed
                if (pick(2)) method = pick(2) ? "m" : "method";
                if (pick(2)) items.resize(pick(10), FK_INT(1));
                if (!items.empty())
                    items[pick(items.size())] = pick(40) ? few[pick(std::size(few))]
                                                : pick(2)
                                                    ? list
                                                    : FK_BYTES(long_text.data(), long_text.size());
            }
            if (!items.empty() && pick(8)) items[0] = FK_INT(static_cast<int64_t>(pick(12)) - 2);
            wire.say(method, items);
            said.push_back(method + text_of_json(FK_ITEMS(items.data(), items.size())));
            if (pick(30) == 0) flush();
        }
        flush();
        assert_true(said == got);
        sent += said.size();
    }
    assert_true(lines < sent * 3 / 4); // it does merge
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(between),
                                cmocka_unit_test(any_sequence)};
    return cmocka_run_group_tests_name("repeats", tests, nullptr, nullptr);
}
