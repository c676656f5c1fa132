// SPDX-License-Identifier: MIT
// How a child ends, and what of the whole conversation broke the rules.
#include "json.h"
#include "rows.h"

namespace cli::protocol {

namespace {

void expect_end(Session &session, const char *after) {
    if (!session.child().ended(session.deadline()))
        throw Wrong(std::string("it still runs after ") + after);
}

void bye(Trial &trial) {
    const auto session = trial.fresh();
    const Rpc rpc = session->call("bye", "");
    if (rpc.kind == Rpc::Error) throw Wrong("bye was answered with an error: " + shown(rpc.text));
    expect_end(*session, "its answer to bye");
    if (!session->child().exited_well()) throw Wrong("it " + session->child().fate());
}

void end_of_input(Trial &trial) {
    const auto session = trial.fresh();
    session->child().close_input();
    expect_end(*session, "the end of its standard input");
    if (!session->child().exited_well()) throw Wrong("it " + session->child().fate());
}

void end_in_host_method(Trial &trial) {
    const auto session = trial.fresh();
    bool asked = false;
    session->set_host([&](const Rpc &) {
        asked = true;
        session->child().close_input();
        return std::string();
    });
    const int64_t id = session->request("call_host", "[\"ask\"]");
    try {
        const std::optional<Rpc> early =
            session->serve_until([&] { return asked; }, "'call_host' calls", id);
        if (early && early->kind == Rpc::Error && early->code == FK_CODE_METHOD_NOT_FOUND)
            throw NotTried("it offers no method 'call_host'");
    } catch (const Wrong &) {
        if (!asked) throw; // else the answer that could not be written
    }
    expect_end(*session, "the end of its standard input while it waited for a host method");
}

void keeps_rules(Trial &trial) {
    const auto &broken = trial.broken();
    if (!broken.empty())
        throw Wrong("in all of the above " + std::to_string(broken.size()) +
                    (broken.size() == 1 ? " line was" : " lines were") +
                    " no good, the first: " + broken[0]);
}

} // namespace

std::vector<Row> ending_rows() {
    return {
        {"bye", "it answers bye and exits with 0", bye,
         "answer the request bye with \"Goodbye\", flush, and exit with 0"},
        {"end-of-input", "it exits with 0 when its standard input ends", end_of_input,
         "exit with 0 at the end of file"},
        {"end-in-host-method", "it ends when its input does while it waits", end_in_host_method,
         "exit at the end of file also where you wait for the answer of a host method"},
        {"rules", "what it sends can be read, all of it", keeps_rules,
         "write lines of strict JSON by the table of items in docs/protocol.md; a notification has "
         "no id at all"}};
}

} // namespace cli::protocol
