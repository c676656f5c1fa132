// SPDX-License-Identifier: MIT
// JSON-RPC lines: each kind of message, and each way to break the rules of docs/protocol.md.
#include "unit.h"

#include "wire/rpc.h"

namespace {

using fkvm::RpcMessage;

struct Line {
    fkvm::Arena arena;
    RpcMessage message;
    explicit Line(std::string_view text) : message(fkvm::read_rpc(text, arena, {})) {}
    const RpcMessage *operator->() const { return &message; }
};

void expect_kind(std::string_view text, RpcMessage::Kind kind) {
    const Line line(text);
    if (line->kind != kind)
        fail_msg("kind %d, not %d: %.*s (%s)", line->kind, kind, static_cast<int>(text.size()),
                 text.data(), line->problem ? line->problem : "no problem");
}

void expect_broken(std::string_view text, std::string_view part, bool parse_error = false) {
    expect_kind(text, RpcMessage::Broken);
    const Line line(text);
    if (std::string_view(line->problem).find(part) == std::string_view::npos ||
        line->parse_error != parse_error)
        fail_msg("%.*s: %s", static_cast<int>(text.size()), text.data(), line->problem);
}

void each_kind(void **) {
    const Line request(R"({"jsonrpc":"2.0","method":"m","params":[1,null],"id":7})");
    assert_int_equal(request->kind, RpcMessage::Request);
    assert_int_equal(request->id, 7);
    expect_text(request->method, "m");
    expect_text(text_of_json(request->params), "[1,null]");

    const Line notification(
        "{\"id\":null,\"params\":{\"a\":1},\"jsonrpc\":\"2.0\",\"result\":1}\r");
    assert_int_equal(notification->kind, RpcMessage::Broken); // a result with id null

    const Line bare("{\"method\":\"m\",\"jsonrpc\":\"2.0\"}\r");
    assert_int_equal(bare->kind, RpcMessage::Notification);
    assert_int_equal(bare->params.kind, FK_NULL);
    assert_int_equal(bare->id, 0);

    const Line result(R"({"jsonrpc":"2.0","result":null,"id":9007199254740991})");
    assert_int_equal(result->kind, RpcMessage::Result);
    assert_true(result->id == INT64_C(9007199254740991));

    const Line error(
        R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"why","data":{"traceback":"t"}},"id":1})");
    assert_int_equal(error->kind, RpcMessage::Error);
    assert_int_equal(error->code, -32000);
    expect_text(error->text, "why");
    expect_text(text_of_json(error->value), R"({"traceback":"t"})");

    const Line unread(R"({"jsonrpc":"2.0","error":{"code":-32700,"message":""},"id":null})");
    assert_int_equal(unread->kind, RpcMessage::Error);
    assert_int_equal(unread->id, 0);

    const Line each(
        R"({"jsonrpc":"2.0","method":"m","params":[1],"each":[3,4,5],"unknown":{"a":[]}})");
    assert_int_equal(each->kind, RpcMessage::Notification);
    expect_text(text_of_json(each->each), "[3,4,5]");
}

void no_message(void **) {
    for (const auto *text :
         {"", "hello", "{", "{}", "[]", "null", "7", "\"jsonrpc\"",
          R"([{"jsonrpc":"2.0","method":"m"}])", R"({"jsonrpc":"1.0","method":"m"})",
          R"({"jsonrpc":2.0,"method":"m"})", R"({"method":"m","id":1})", R"({"a":jsonrpc)",
          "{ text", R"({"method":7})", R"({"id":-1})"})
        expect_kind(text, RpcMessage::NotRpc);
}

void broken_rules(void **) {
    expect_broken(R"({"jsonrpc":"2.0"})", "neither a method nor an answer");
    expect_broken(R"({"jsonrpc":"2.0","id":1})", "neither a method nor an answer");
    expect_broken(R"({"jsonrpc":"2.0","method":7})", "method is no name");
    expect_broken(R"({"jsonrpc":"2.0","method":""})", "method is no name");
    expect_broken(R"({"method":null,"jsonrpc":"2.0"})", "method is no name");
    for (const auto *params :
         {"null", "1", "\"a\"", "true", "{\"$bytes\":\"AA==\"}", "{\"$int\":\"1\"}"})
        expect_broken(std::string(R"({"jsonrpc":"2.0","method":"m","params":)") + params + "}",
                      "params is neither");
    for (const auto *id : {"0", "-1", "1.0", "1.5", "\"1\"", "true", "[]", "9007199254740992",
                           "{\"$int\":\"9007199254740992\"}"})
        expect_broken(std::string(R"({"jsonrpc":"2.0","method":"m","id":)") + id + "}",
                      "id is no integer");
    expect_broken(R"({"jsonrpc":"2.0","method":"m","id":null})", "id null");
    expect_broken(R"({"jsonrpc":"2.0","result":1})", "without an id");
    expect_broken(R"({"jsonrpc":"2.0","result":1,"id":null})", "id null");
    expect_broken(R"({"jsonrpc":"2.0","error":{"code":1,"message":""}})", "without an id");
    expect_broken(R"({"jsonrpc":"2.0","result":1,"error":{"code":1,"message":"m"},"id":1})",
                  "both a result and an error");
    expect_broken(R"({"jsonrpc":"2.0","method":"m","result":1,"id":1})", "a method and an answer");
    for (const auto *error : {"null", "1", "[]", "{}", R"({"code":1})", R"({"message":"m"})",
                              R"({"code":1.0,"message":"m"})", R"({"code":"1","message":"m"})",
                              R"({"code":1,"message":null})"})
        expect_broken(std::string(R"({"jsonrpc":"2.0","error":)") + error + ",\"id\":1}",
                      "no code or no message");
    expect_broken(R"({"jsonrpc":"2.0","method":"m","each":1})", "each is no array");
    expect_broken(R"({"jsonrpc":"2.0","method":"m","each":[1],"id":1})",
                  "each stands in a request");
    expect_broken(R"({"jsonrpc":"2.0","method":"m","each":[1],"params":{"a":1}})",
                  "beside an object");
}

void the_first_problem_counts(void **) {
    const char *const wrong[][2] = {{R"("method":7)", "method is no name"},
                                    {R"("params":5)", "params is neither"},
                                    {R"("id":"x")", "id is no integer"},
                                    {R"("each":1)", "each is no array"},
                                    {R"("error":{})", "no code or no message"}};
    for (const auto &first : wrong)
        for (const auto &second : wrong)
            if (&first != &second)
                expect_broken(std::string(R"({"jsonrpc":"2.0",)") + first[0] + "," + second[0] +
                                  "}",
                              first[1]);
    // What cannot be read at all comes before what is said wrongly.
    expect_broken(R"({"jsonrpc":"2.0","method":7,"params":[})", "no value", true);
}

void damaged(void **) {
    expect_broken(R"({"jsonrpc":"2.0","method":"m","method":"n"})", "stands twice", true);
    expect_broken(R"({"jsonrpc":"2.0","jsonrpc":"2.0","method":"n"})", "stands twice", true);
    expect_broken(R"({"jsonrpc":"2.0","method":"m"} x)", "more text", true);
    expect_broken(R"({"jsonrpc":"2.0","method":"m","params":[1,]})", "no value", true);
    expect_broken("{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}", "UTF-8", true);
    expect_broken(R"({"jsonrpc":"2.0","method":"m","params":[{"a":1,"a":2}]})", "stands twice",
                  true);
    const std::string whole =
        R"({"jsonrpc":"2.0","method":"m","params":[{"$bytes":"AA=="}],"id":1})";
    for (size_t n = 0; n < whole.size(); n++)
        expect_kind(whole.substr(0, n), n < 10 ? RpcMessage::NotRpc : RpcMessage::Broken);
}

// An envelope and an array of parameters are not counted; a value among them may nest to the limit.
void depth(void **) {
    const auto nested = [](int n) {
        return std::string(static_cast<size_t>(n), '[') + std::string(static_cast<size_t>(n), ']');
    };
    const auto call = [&](int n) {
        return R"({"jsonrpc":"2.0","method":"m","params":)" + nested(n) + "}";
    };
    expect_kind(call(FK_MAX_DEPTH + 1), RpcMessage::Notification);
    expect_broken(call(FK_MAX_DEPTH + 2), "too deep", true);
    const auto answer = [&](int n) {
        return R"({"jsonrpc":"2.0","id":1,"result":)" + nested(n) + "}";
    };
    expect_kind(answer(FK_MAX_DEPTH), RpcMessage::Result);
    expect_broken(answer(FK_MAX_DEPTH + 1), "too deep", true);
}

void written_lines(void **) {
    fkvm::Buffer out;
    const fk_value one = FK_INT(1), params = FK_ITEMS(&one, 1), none = FK_NIL;
    assert_true(fkvm::write_rpc_request(out, "m", &params, 7));
    assert_true(fkvm::write_rpc_notification(out, "a\"b\n", nullptr));
    assert_true(fkvm::write_rpc_notification(out, "m", &none));
    assert_true(fkvm::write_rpc_result(out, 7, one));
    assert_true(fkvm::write_rpc_error(out, 0, -32700, "why", nullptr));
    assert_true(fkvm::write_rpc_error(out, 3, -32000, "why", &one));
    expect_text(out.view(), R"({"jsonrpc":"2.0","method":"m","params":[1],"id":7}
{"jsonrpc":"2.0","method":"a\"b\n"}
{"jsonrpc":"2.0","method":"m"}
{"jsonrpc":"2.0","result":1,"id":7}
{"jsonrpc":"2.0","error":{"code":-32700,"message":"why"},"id":null}
{"jsonrpc":"2.0","error":{"code":-32000,"message":"why","data":1},"id":3}
)");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(each_kind),
                                cmocka_unit_test(no_message),
                                cmocka_unit_test(broken_rules),
                                cmocka_unit_test(damaged),
                                cmocka_unit_test(the_first_problem_counts),
                                cmocka_unit_test(depth),
                                cmocka_unit_test(written_lines)};
    return cmocka_run_group_tests_name("rpc", tests, nullptr, nullptr);
}
