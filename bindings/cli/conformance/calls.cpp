// SPDX-License-Identifier: MIT
// Requests, notifications and errors, as far as no host method is called.
#include "json.h"
#include "rows.h"

namespace cli::protocol {

namespace {

// Whatever came before has been handled once this has been answered.
void expect_alive(Session &session) { expect_equal("7", session.result("echo", "[7]").value); }

void greets(Trial &trial) {
    const Session &session = trial.session();
    if (!session.answered_twice.empty()) throw Wrong("it answered what nobody had asked");
    const Hello &hello = trial.hello();
    trial.remark = (hello.name.empty() ? "a child" : hello.name) +
                   (hello.interrupt ? ", interrupt" : "") + (hello.limits ? ", limits" : "");
}

void answers(Trial &trial) {
    Session &session = trial.session();
    const Rpc rpc = session.call("echo", "[1]");
    if (rpc.kind == Rpc::Error && rpc.code == FK_CODE_METHOD_NOT_FOUND)
        throw NotTried("it offers no method 'echo'");
    expect_equal("1", rpc.kind == Rpc::Result ? rpc.value : FK_NIL);
}

void one_answer(Trial &trial) {
    Session &session = trial.session();
    for (int i = 0; i < 3; i++) expect_alive(session);
    if (!session.answered_twice.empty())
        throw Wrong("id " + std::to_string(session.answered_twice[0]) + " was answered twice");
}

void ids(Trial &trial) {
    const auto session = trial.fresh();
    for (const int64_t id : {int64_t{1}, int64_t{4294967297}, (int64_t{1} << 53) - 1, int64_t{2}}) {
        session->expect(id);
        session->write("{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[1],\"id\":" +
                       std::to_string(id) + "}\n");
        session->answer(id);
    }
}

void envelope(Trial &trial) {
    Session &session = trial.session();
    const auto id = [&] {
        const int64_t next = session.next_id();
        session.expect(next);
        return next;
    };
    const int64_t turned = id(), spaced = id(), extended = id();
    session.write("{\"id\":" + std::to_string(turned) +
                  ",\"params\":[1],\"method\":\"echo\",\"jsonrpc\":\"2.0\"}\n");
    session.answer(turned);
    session.write("  { \"jsonrpc\" : \"2.0\" , \"method\":\"echo\", \"params\" : [ 1 ] , \"id\" :" +
                  std::to_string(spaced) + " }\t\n");
    session.answer(spaced);
    session.write("{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[1],\"later\":{\"id\":[1]},"
                  "\"id\":" +
                  std::to_string(extended) + "}\n");
    session.answer(extended);
}

void params(Trial &trial) {
    Session &session = trial.session();
    const std::pair<const char *, const char *> cases[] = {{"[]", "[]"},
                                                           {"", "[]"},
                                                           {"[1,null,3]", "[1,null,3]"},
                                                           {"[null]", "[null]"},
                                                           {"[null,null]", "[null,null]"},
                                                           {"[1,null]", "[1,null]"},
                                                           {"[[],{}]", "[[],{}]"},
                                                           {"{\"a\":1}", "[{\"a\":1}]"},
                                                           {"{}", "[{}]"}};
    for (const auto &[sent, wanted] : cases) {
        const Rpc got = session.result("pack", sent);
        if (!equal(wanted, got.value))
            throw Wrong("params " + (*sent ? std::string(sent) : "absent") + " arrived as " +
                        shown(json_of(got.value)) + ", not " + wanted);
    }
    trial.remark = std::to_string(std::size(cases)) + " lists";
}

void unknown_method(Trial &trial) {
    Session &session = trial.session();
    for (const char *name : {"no_such_method", "$/later", "no.such method"}) {
        const Rpc rpc = session.call(name, "[1]");
        if (rpc.kind == Rpc::Result)
            throw Wrong("'" + std::string(name) + "' was answered with a result");
        if (rpc.code != FK_CODE_METHOD_NOT_FOUND)
            throw Wrong("the error has the code " + std::to_string(rpc.code) + ", not -32601");
    }
    expect_alive(session);
}

void failing_method(Trial &trial) {
    Session &session = trial.session();
    const Rpc rpc = session.error("fail", "[\"on purpose\"]");
    if (rpc.text.find("on purpose") == rpc.text.npos)
        throw Wrong("the error says '" + shown(rpc.text) + "', and not what the method said");
    if (rpc.code > -32000 || rpc.code < -32768 || rpc.code == -32600 || rpc.code == -32700)
        throw Wrong("the error has the code " + std::to_string(rpc.code));
    expect_alive(session);
}

// Neither an answer nor an end.
void expect_silence(Session &session, const char *method, const std::string &params) {
    const size_t answers = session.to_null.size(), broken = session.broken.size();
    session.notify(method, params);
    expect_alive(session);
    if (session.to_null.size() > answers)
        throw Wrong("a notification was answered: " + session.to_null.back());
    if (session.broken.size() > broken)
        throw Wrong("a notification was answered: " + session.broken.back());
}

void failing_notification(Trial &trial) {
    Session &session = trial.session();
    session.error("fail", "[\"is there\"]");
    expect_silence(session, "fail", "[\"on purpose\"]");
}

void unknown_notification(Trial &trial) {
    Session &session = trial.session();
    expect_silence(session, "no_such_method", "[1]");
    expect_silence(session, "$/later", "{\"a\":1}");
    expect_silence(session, "no_such_method", "");
}

void error_to_null(Trial &trial) {
    Session &session = trial.session();
    session.write("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"method is no "
                  "name\"},\"id\":null}\n");
    const size_t answers = session.to_null.size();
    expect_alive(session);
    if (session.to_null.size() > answers)
        throw Wrong("it answered an answer: " + session.to_null.back());
}

// As the server writes notifications and the next call: all at once.
void order(Trial &trial) {
    Session &session = trial.session();
    session.result("take_notes", "[]");
    std::string lines;
    for (const char *note : {"1", "\"b\"", "[3]", "4.0"})
        lines +=
            std::string("{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[") + note + "]}\n";
    const int64_t id = session.next_id();
    session.expect(id);
    session.write(lines + "{\"jsonrpc\":\"2.0\",\"method\":\"take_notes\",\"params\":[],\"id\":" +
                  std::to_string(id) + "}\n");
    const Rpc got = session.answer(id);
    if (got.kind != Rpc::Result || !equal("[1,\"b\",[3],4.0]", got.value))
        throw Wrong("notifications [1,\"b\",[3],4.0] and a call came as " +
                    shown(json_of(got.value)));
}

void big_lines(Trial &trial) {
    Session &session = trial.session();
    for (const size_t size : {size_t{70'000}, size_t{8'000'000}}) {
        std::string text = "\"\xe5\xbc\xa0";
        text.append(size, 'x');
        text += "\xf0\x9f\x83\x8f\"";
        expect_equal(text, session.result("echo", "[" + text + "]").value);
    }
    trial.remark = "8 MB in both directions";
}

void longest_message(Trial &trial) {
    const auto session = trial.fresh({{"FK_VM_MAX_MESSAGE", "100000"}});
    if (session->result("fill", "[1000]").value.size != 1000)
        throw Wrong("fill(1000) is not a string of 1000 letters");
    const Rpc rpc = session->call("fill", "[200000]");
    if (rpc.kind == Rpc::Result)
        throw Wrong("FK_VM_MAX_MESSAGE was 100000, and it answered with a line of 200,000 bytes");
    expect_alive(*session);
}

void lists_methods(Trial &trial) {
    const Rpc rpc = trial.session().call("$/methods", "[]");
    if (rpc.kind == Rpc::Error && rpc.code == FK_CODE_METHOD_NOT_FOUND) {
        trial.remark = "it has none, shells complete nothing";
        return;
    }
    bool good = rpc.kind == Rpc::Result && rpc.value.kind == FK_ARRAY;
    for (uint32_t i = 0; good && i < rpc.value.size; i++)
        good = rpc.value.items[i].kind == FK_STRING;
    if (!good) throw Wrong("the answer is no array of names");
    trial.remark = std::to_string(rpc.value.size) + " names";
}

} // namespace

std::vector<Row> greeting_rows() {
    return {
        {"hello", "it says hello once it can be called", greets,
         "send the notification $/hello with [{\"protocol\":1,\"name\":\"..\"}] when the script "
         "is loaded, and flush standard output after each message"},
        {"answer", "a request is answered, with its id", answers,
         "answer each request with one line {\"jsonrpc\":\"2.0\",\"result\":..,\"id\":ID}, ID "
         "as it came, and flush it"}};
}

std::vector<Row> call_rows() {
    return {
        {"one-answer", "each request has one answer", one_answer, "answer each request once"},
        {"ids", "ids up to 2^53 - 1 come back", ids,
         "give the id back as the integer that it was, in any order of ids"},
        {"envelope", "members in any order, spaces, and unknown members are read", envelope,
         "read messages by a JSON reader, and ignore members that are not known"},
        {"params", "params arrive as they were sent", params,
         "an array is the list of parameters, null among them counts; an object is one parameter; "
         "absent is none"},
        {"unknown-method", "an unknown method is the error -32601", unknown_method,
         "answer with the error code -32601, and go on"},
        {"failing-method", "a method that fails is an error with its message", failing_method,
         "catch what methods raise; answer with the code -32000 and the message"},
        {"failing-notification", "a notification that fails is not answered", failing_notification,
         "answer only what has an id; write the error to standard error"},
        {"unknown-notification", "an unknown notification is ignored", unknown_notification,
         "answer only what has an id, and go on"},
        {"error-to-null", "an error with the id null is survived", error_to_null,
         "ignore it, or write it to standard error: it tells of a line of yours that the server "
         "could not use"},
        {"order", "notifications and calls run in the order of their lines", order,
         "handle one line after the other, each to its end"},
        {"big-lines", "lines of megabytes pass", big_lines,
         "read up to the end of the line, in as many pieces as it takes"},
        {"longest-message", "what is longer than FK_VM_MAX_MESSAGE is an error", longest_message,
         "compare the line with $FK_VM_MAX_MESSAGE before you write it; answer with the error "
         "-32003 in its place. The server kills a child for such a line"},
        {"methods", "$/methods is a list of names, or unknown", lists_methods,
         "answer with an array of the names that can be called, or with the error -32601"}};
}

} // namespace cli::protocol
