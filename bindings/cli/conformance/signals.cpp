// SPDX-License-Identifier: MIT
// SIGINT, early, late, and more than once; and limits that a child keeps by itself.
#include "rows.h"

#include <algorithm>

namespace cli::protocol {

namespace {

using namespace std::chrono_literals;

void expect_alive(Session &session, const char *when) {
    try {
        expect_equal("\"alive\"", session.result("echo", "[\"alive\"]").value);
    } catch (const Wrong &wrong) {
        throw Wrong(std::string(when) + ": " + wrong.what());
    }
}

// The server asks again where nothing has happened. messages: how many the wish is about.
Rpc interrupted_answer(Session &session, int64_t id, uint32_t messages) {
    const Deadline until = session.deadline();
    while (now() < until) {
        session.child().interrupt(messages);
        if (std::optional<Rpc> rpc = session.answer_within(id, 1s)) return std::move(*rpc);
    }
    throw Wrong("its method went on in spite of SIGINT");
}

// Starts `loop`, and returns when it has called the host method 'looping'. 0: as a notification.
int64_t start_loop(Session &session, bool notification, int signals_before = 0) {
    bool looping = false;
    session.set_host([&looping, &session, signals_before](const Rpc &call) {
        looping |= call.method == "looping";
        for (int i = 0; i < signals_before; i++) session.interrupt();
        return "\"result\":null";
    });
    const int64_t id = notification ? 0 : session.request("loop", "[]");
    if (notification) session.notify("loop", "[]");
    const std::optional<Rpc> early =
        session.serve_until([&] { return looping; }, "'loop' calls 'looping'", id);
    session.set_host({});
    if (early && early->kind == Rpc::Error && early->code == FK_CODE_METHOD_NOT_FOUND)
        throw NotTried("it offers no method 'loop'");
    if (!early) session.child().wait_until_busy();
    if (early) throw Wrong("'loop' was answered before it had called the host method 'looping'");
    return id;
}

// That a notification runs it cannot be seen otherwise.
void need_loop(Trial &trial) { start_loop(*trial.fresh(), false); }

void expect_error(const Rpc &rpc) {
    if (rpc.kind == Rpc::Result) throw Wrong("the method was answered with a result");
}

void idle(Trial &trial) {
    trial.need_interrupt();
    Session &session = trial.session();
    session.result("echo", "[1]");
    for (int i = 0; i < 3; i++) {
        session.interrupt();
        session.child().settle();
        expect_alive(session, "after SIGINT between calls");
    }
}

void running(Trial &trial) {
    trial.need_interrupt();
    Session &session = trial.session();
    const int64_t id = start_loop(session, false);
    expect_error(interrupted_answer(session, id, session.written()));
    expect_alive(session, "after the interrupted call");
}

void again(Trial &trial) {
    trial.need_interrupt();
    Session &session = trial.session();
    const int64_t id = start_loop(session, false);
    for (int i = 0; i < 20; i++) session.interrupt();
    expect_error(interrupted_answer(session, id, session.written()));
    for (int i = 0; i < 5; i++) session.interrupt();
    session.child().settle();
    expect_alive(session, "after more SIGINT");
}

void notification(Trial &trial) {
    trial.need_interrupt();
    need_loop(trial);
    Session &session = trial.session();
    const size_t to_null = session.to_null.size();
    start_loop(session, true);
    const uint32_t messages = session.written();
    interrupted_answer(session, session.request("echo", "[1]"), messages);
    session.child().settle();
    expect_alive(session, "after the interrupted notification");
    if (session.to_null.size() > to_null)
        throw Wrong("the notification was answered: " + session.to_null.back());
}

// The wish comes while the child waits for a host method: the answer is still to be read.
void in_host_method(Trial &trial) {
    trial.need_interrupt();
    Session &session = trial.session();
    const int64_t id = start_loop(session, false, 3);
    expect_error(interrupted_answer(session, id, session.written()));
    session.child().settle();
    expect_alive(session, "after SIGINT in a host method");
    const auto &twice = session.answered_twice;
    if (std::find(twice.begin(), twice.end(), id) != twice.end())
        throw Wrong("the call was answered twice");
}

void own_limits(Trial &trial) {
    if (!trial.hello().limits)
        throw NotTried("its hello has no \"limits\":true: nothing ends its notifications");
    need_loop(trial);
    const auto session = trial.fresh({{"FK_VM_CALL_TIMEOUT", "300"}});
    start_loop(*session, true);
    try {
        session->result("echo", "[1]");
    } catch (const Wrong &wrong) {
        throw Wrong(std::string("a notification that loops, at a limit of 300 ms: ") +
                    wrong.what());
    }
}

} // namespace

std::vector<Row> interrupt_rows() {
    return {
        {"sigint-idle", "SIGINT between calls changes nothing", idle,
         "handle SIGINT: where no method runs, ignore it, and remember nothing of it"},
        {"sigint-running", "SIGINT ends the running call with an error", running,
         "let the handler of SIGINT raise an error in the running method, answer with that, and "
         "live on; or leave \"interrupt\" out of your hello"},
        {"sigint-again", "more of them change nothing", again,
         "raise once a call: ignore SIGINT from the first one until the answer is written"},
        {"sigint-notification", "SIGINT ends a running notification", notification,
         "as for a call, without an answer"},
        {"sigint-in-host-method", "SIGINT while it waits for a host method", in_host_method,
         "read the answer of the host method nevertheless, and answer your call once"},
        {"own-limits", "a notification ends at FK_VM_CALL_TIMEOUT", own_limits,
         "keep the limit yourself, by a timer; or leave \"limits\" out of your hello"}};
}

} // namespace cli::protocol
