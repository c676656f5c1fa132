// SPDX-License-Identifier: MIT
// The beginning of a conversation, up to the child's hello.
#include "json.h"
#include "session.h"

namespace cli::protocol {

namespace {

bool is_true(const fk_value *value) { return value && value->kind == FK_BOOL && value->integer; }

} // namespace

bool Session::greeting(const Rpc &rpc, Hello *hello) {
    if (rpc.kind != Rpc::Notification) return false;
    if (rpc.method == "$/starting") strict_names_ = true;
    if (rpc.method == "$/failed") {
        const fk_value *why =
            rpc.params.kind == FK_ARRAY && rpc.params.size > 1 ? &rpc.params.items[1] : nullptr;
        throw Wrong("its script did not load: " +
                    (why && why->kind == FK_STRING ? std::string(view_of(*why)) : "no reason"));
    }
    if (rpc.method != "$/hello" && (rpc.method != "hello" || strict_names_)) return false;
    strict_names_ = strict_names_ || rpc.method == "$/hello";
    const bool listed = rpc.params.kind == FK_ARRAY && rpc.params.size;
    const fk_value &about = listed ? rpc.params.items[0] : rpc.params;
    const fk_value *protocol = fk_value_member(&about, "protocol");
    if (protocol && (protocol->kind != FK_INT || protocol->integer != 1))
        throw Wrong("its hello says protocol " + json_of(*protocol) + ", this is 1");
    const fk_value *name = fk_value_member(&about, "name");
    *hello = {is_true(fk_value_member(&about, "interrupt")),
              is_true(fk_value_member(&about, "limits")), strict_names_,
              name && name->kind == FK_STRING ? std::string(view_of(*name)) : ""};
    return true;
}

Hello Session::greet() {
    Hello hello;
    const Deadline until = deadline();
    while (!greeted_) {
        const std::optional<Rpc> rpc = next(until);
        if (rpc && rpc->is_answer())
            take_answer(*rpc, 0);
        else if (rpc && greeting(*rpc, &hello))
            greeted_ = true;
        else if (rpc)
            take(*rpc);
        else if (child_.at_end())
            gone("before its hello");
        else if (now() >= until)
            throw Wrong("no hello within " + seconds(limit_) +
                        (broken.size() == broken_before_ ? "" : ": " + broken.back()));
    }
    return hello;
}

} // namespace cli::protocol
