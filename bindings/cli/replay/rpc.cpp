// SPDX-License-Identifier: MIT
// A message in its parts, with the rules of docs/protocol.md.
#include "rpc.h"

#include "json.h"

#include <stdexcept>

namespace cli {

namespace {

const int64_t largest_id = (int64_t{1} << 53) - 1;

// Throws what is wrong.
class Reader {
  public:
    explicit Reader(Rpc &rpc) : rpc_(rpc) {}

    void read() {
        const fk_value *version = member("jsonrpc");
        if (!version || version->kind != FK_STRING || view_of(*version) != "2.0")
            throw std::runtime_error("no \"jsonrpc\":\"2.0\"");
        const fk_value *method = member("method"), *result = member("result"),
                       *error = member("error");
        if (method && (result || error))
            throw std::runtime_error("a message with a method and an answer");
        if (result && error) throw std::runtime_error("both a result and an error");
        id();
        if (method)
            call(*method);
        else if (result)
            answer(*result);
        else if (error)
            failure(*error);
        else
            throw std::runtime_error("neither a method nor an answer");
    }

  private:
    const fk_value *member(const char *name) const {
        return fk_value_member(rpc_.whole.get(), name);
    }

    void id() {
        const fk_value *id = member("id");
        if (!id || id->kind == FK_NULL) return;
        if (id->kind != FK_INT || id->integer < 1 || id->integer > largest_id)
            throw std::runtime_error("id is no integer from 1 to 2^53 - 1");
        rpc_.id = id->integer;
    }

    void call(const fk_value &method) {
        if (method.kind != FK_STRING || !method.size) throw std::runtime_error("method is no name");
        if (member("id") && !rpc_.id) throw std::runtime_error("a request with id null");
        rpc_.kind = rpc_.id ? Rpc::Request : Rpc::Notification;
        rpc_.method = view_of(method);
        const fk_value *params = member("params");
        if (!params) return;
        if (params->kind != FK_ARRAY && params->kind != FK_OBJECT)
            throw std::runtime_error("params is neither an array nor an object");
        rpc_.params = *params;
    }

    void answer(const fk_value &result) {
        if (!rpc_.id) throw std::runtime_error("a result without an id");
        rpc_.kind = Rpc::Result;
        rpc_.value = result;
    }

    void failure(const fk_value &error) {
        if (!member("id")) throw std::runtime_error("an error without an id");
        const fk_value *code = fk_value_member(&error, "code"),
                       *text = fk_value_member(&error, "message"),
                       *data = fk_value_member(&error, "data");
        if (!code || code->kind != FK_INT || !text || text->kind != FK_STRING)
            throw std::runtime_error("error has no code or no message");
        rpc_.kind = Rpc::Error;
        rpc_.code = code->integer;
        rpc_.text = view_of(*text);
        if (data) rpc_.value = *data;
    }

    Rpc &rpc_;
};

} // namespace

bool read_rpc(std::string_view text, Rpc &rpc, std::string &problem) {
    fk_value *whole = nullptr;
    if (fk_value_from_json(text.data(), text.size(), &whole) != FK_OK) {
        problem = fk_error_last()->message;
        return false;
    }
    rpc = {};
    rpc.whole.reset(whole);
    try {
        Reader(rpc).read();
        return true;
    } catch (const std::runtime_error &wrong) {
        problem = wrong.what();
        return false;
    }
}

} // namespace cli
