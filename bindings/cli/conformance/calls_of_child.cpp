// SPDX-License-Identifier: MIT
// What the child calls: host methods, calls inside of them, notifications, output.
#include "json.h"
#include "rows.h"

#include <algorithm>

namespace cli::protocol {

namespace {

std::string joined(const std::vector<std::string> &texts) {
    std::string all;
    for (const std::string &text : texts) all += (all.empty() ? "" : " ") + text;
    return all.empty() ? "nothing" : shown(all);
}

void expect_heard(const Session &session, const std::vector<std::string> &wanted) {
    if (session.heard != wanted)
        throw Wrong("it called " + joined(session.heard) + ", not " + joined(wanted));
}

// A session whose host methods are those of the row, until it ends.
class Answering {
  public:
    Answering(Trial &trial, Session::HostMethod host) : session_(trial.session()) {
        session_.heard.clear();
        session_.set_host(std::move(host));
    }
    ~Answering() { session_.set_host({}); }
    Session *operator->() { return &session_; }
    Session &operator*() { return session_; }

  private:
    Session &session_;
};

void before_hello(Trial &trial) {
    const auto session = trial.fresh({}, [](const Rpc &) { return "\"result\":[1,\"opened\"]"; });
    if (!std::count(session->heard.begin(), session->heard.end(), "opening[\"test\"]"))
        throw NotTried("its test methods did not call the host method 'opening' with \"test\" "
                       "while they loaded");
    const Rpc got = session->result("take_notes", "[]");
    if (equal("[]", got.value))
        throw NotTried("its test methods did not note the answer of 'opening'");
    if (!equal("[[1,\"opened\"]]", got.value))
        throw Wrong("the answer [1,\"opened\"] was noted as " + shown(json_of(got.value)));
}

void calls_host(Trial &trial) {
    Answering session(trial, [](const Rpc &) { return "\"result\":{\"answer\":[1,2.0]}"; });
    const Rpc got = session->result("call_host", "[\"ask\",1,\"x\",null,{}]");
    expect_heard(*session, {"ask[1,\"x\",null,{}]"});
    if (!equal("{\"answer\":[1,2.0]}", got.value))
        throw Wrong("the answer {\"answer\":[1,2.0]} arrived as " + shown(json_of(got.value)));
}

void values_through_host(Trial &trial) {
    std::string current, problem;
    Answering session(trial, [&](const Rpc &call) {
        const bool one = call.params.kind == FK_ARRAY && call.params.size == 1;
        if (!one || !equal(current, call.params.items[0]))
            problem = ", it called " + shown(json_of(call.params));
        return "\"result\":" + current;
    });
    size_t count = 0;
    for (const ValueGroup &group : tricky_values())
        for (const std::string &text : group.texts) {
            current = text;
            count++;
            const Rpc got = session->call("call_host", "[\"same\"," + text + "]");
            if (got.kind == Rpc::Error && got.code == FK_CODE_METHOD_NOT_FOUND)
                throw NotTried("it offers no method 'call_host'");
            if (got.kind == Rpc::Error) problem = ", it answered: " + shown(got.text);
            if (problem.empty() && !equal(text, got.value))
                problem = ", it got " + shown(json_of(got.value));
            if (!problem.empty()) throw Wrong("with " + shown(text) + problem);
        }
    trial.remark = std::to_string(count) + " values";
}

void host_error(Trial &trial) {
    Answering session(trial, [](const Rpc &) {
        return "\"error\":{\"code\":-32050,\"message\":\"no such card\",\"data\":[1]}";
    });
    const Rpc rpc = session->error("call_host", "[\"ask\"]");
    if (rpc.text.find("no such card") == rpc.text.npos)
        throw Wrong("the error says '" + shown(rpc.text) + "', and not what the host method said");
    expect_equal("\"alive\"", session->result("echo", "[\"alive\"]").value);
}

void nested_call(Trial &trial) {
    Answering session(trial, [&](const Rpc &) {
        Session &inner = trial.session();
        inner.notify("note", "[\"inside\"]");
        expect_equal("\"inner\"", inner.result("echo", "[\"inner\"]").value);
        return "\"result\":\"outer\"";
    });
    session->result("take_notes", "[]");
    expect_equal("\"outer\"", session->result("call_host", "[\"ask\"]").value);
    expect_equal("[\"inside\"]", session->result("take_notes", "[]").value);
}

void nested_depth(Trial &trial) {
    constexpr int depth = 32; // max_nesting
    int level = 0;
    Answering session(trial, [&](const Rpc &) {
        const int here = ++level;
        if (here < depth)
            expect_equal(std::to_string(here + 1),
                         trial.session().result("call_host", "[\"deeper\"]").value);
        return "\"result\":" + std::to_string(here);
    });
    try {
        expect_equal("1", session->result("call_host", "[\"deeper\"]").value);
    } catch (const Wrong &wrong) {
        throw Wrong("at level " + std::to_string(level) + ": " + wrong.what());
    }
    trial.remark = std::to_string(depth) + " levels";
}

// Each side numbers its own requests: the child's id may be the server's, too.
void same_ids(Trial &trial) {
    Answering session(trial, [&](const Rpc &call) {
        Session &inner = trial.session();
        inner.expect(call.id);
        inner.write("{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"same\"],\"id\":" +
                    std::to_string(call.id) + "}\n");
        const Rpc got = inner.answer(call.id);
        if (got.kind != Rpc::Result || !equal("\"same\"", got.value))
            throw Wrong("a request with the id of its own was answered with " +
                        shown(json_of(got.value)));
        return "\"result\":\"mine\"";
    });
    int64_t id = 0;
    while (id < 1000) id = session->next_id(); // none of the child's
    expect_equal("\"mine\"", session->result("call_host", "[\"ask\"]").value);
}

void error_while_waiting(Trial &trial) {
    Answering session(trial, [&](const Rpc &) {
        trial.session().write("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":"
                              "\"damaged\"},\"id\":null}\n");
        return "\"result\":5";
    });
    expect_equal("5", session->result("call_host", "[\"ask\"]").value);
}

void notifies(Trial &trial) {
    Answering session(trial, {});
    session->result("notify_host", "[\"news\",3]");
    expect_heard(*session, {"news[1]", "news[2]", "news[3]"});
    if (session->used_each) throw Wrong("it used \"each\", which FK_VM_FEATURES had not announced");
}

// Between calls nothing else makes it flush.
void idle_calls(Trial &trial) {
    Answering session(trial, {});
    session->result("notify_host", "[\"news\",0]"); // that both are there
    session->result("call_host", "[\"ask\",1]");
    session->heard.clear();
    session->notify("notify_host", "[\"news\",1]");
    session->serve_until([&] { return session->heard.size() == 1; },
                         "a notification that a notification had made");
    session->notify("call_host", "[\"ask\",2]");
    session->serve_until([&] { return session->heard.size() == 2; },
                         "a call that a notification had made");
    expect_heard(*session, {"news[1]", "ask[2]"});
    expect_equal("1", session->result("echo", "[1]").value);
}

void prints(Trial &trial) {
    Answering session(trial, {});
    const std::string text = "a line \xe5\xbc\xa0";
    const size_t before = session->output.size();
    session->result("print_line", json_of("[" + text + "]").insert(0, "[") + "]");
    std::string got;
    for (size_t i = before; i < session->output.size(); i++) got += session->output[i];
    const bool words = session->child().last_words().find(text) != std::string::npos;
    if (!session->heard.empty())
        throw Wrong("the line came as a call of the host method " + session->heard[0]);
    if (!words && got.find("[" + text + "]") == got.npos)
        throw Wrong("the line did not come before the answer; there was: " +
                    (got.empty() ? "nothing" : shown(got)));
    trial.remark = words ? "to standard error" : "";
}

} // namespace

std::vector<Row> host_rows() {
    return {
        {"before-hello", "host methods can be called while the script loads", before_hello,
         "wait for the answer to a request of yours before your hello, too"},
        {"call-host", "it calls a host method and gets the answer", calls_host,
         "send a request with an id of your own, an integer from 1, and read lines until the one "
         "with its result"},
        {"values-through-host", "values pass a host method and come back", values_through_host,
         "convert params and results of requests of your own as those of the server's"},
        {"host-error", "an error of a host method fails the method that called it", host_error,
         "raise the error of the answer where the host method was called"},
        {"nested-call", "it serves calls while it waits for a host method", nested_call,
         "handle every request and notification that comes before your answer"},
        {"nested-depth", "calls and host methods nest", nested_depth,
         "allow 32 levels (max_nesting): a call inside a host method inside a call"},
        {"same-ids", "a request is told from an answer by its method, not its id", same_ids,
         "look for \"method\" first: what has one is a request, whatever its id is"},
        {"error-while-waiting", "an error with the id null answers no host method",
         error_while_waiting, "take as the answer only what has the id of your request"},
        {"notify-host", "its notifications come in order, before the result", notifies,
         "write notifications at once and in order, one a line; \"each\" only if "
         "$FK_VM_FEATURES names it"},
        {"idle-calls", "what a notification calls leaves at once", idle_calls,
         "flush standard output whenever you wait for input"},
        {"output", "what a method prints arrives before its result", prints,
         "send [text, \"print\"] by the notification $/output (\"print\" is a host method after "
         "$/hello), or write it to standard error"}};
}

} // namespace cli::protocol
