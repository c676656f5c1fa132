// SPDX-License-Identifier: MIT
// Much at once: notifications that the server reads late, and output larger than a pipe.
#include "json.h"
#include "rows.h"

namespace cli::protocol {

namespace {

void many_notifications(Trial &trial) {
    constexpr int count = 5000; // more than a pipe holds
    Session &session = trial.session();
    session.result("notify_host", "[\"news\",1]"); // that it is there
    session.heard.clear();
    const int64_t id = session.request("notify_host", "[\"news\"," + std::to_string(count) + "]");
    session.child().wait_until_stuck();
    const Rpc got = session.answer(id);
    if (got.kind != Rpc::Result) throw Wrong("it answered: " + shown(got.text));
    for (int i = 0; i < count; i++) {
        const std::string wanted = "news[" + std::to_string(i + 1) + "]";
        const auto at = static_cast<size_t>(i);
        if (at >= session.heard.size())
            throw Wrong(std::to_string(session.heard.size()) + " of " + std::to_string(count) +
                        " notifications had come before the result");
        if (session.heard[at] != wanted)
            throw Wrong(wanted + " was lost: " + session.heard[at] + " came in its place");
    }
    session.heard.clear();
    trial.remark = std::to_string(count) + " of them, read late";
}

// Of a text on standard error no more than the end is kept here.
void long_output(Trial &trial) {
    constexpr size_t size = 300'000;
    Session &session = trial.session();
    const std::string text = std::string(size, 'o') + " to the end \xe5\xbc\xa0";
    const std::string end = text.substr(size - 20);
    const size_t before = session.output.size();
    session.result("print_line", "[" + json_of(text) + "]");
    std::string got;
    for (size_t i = before; i < session.output.size(); i++) got += session.output[i];
    if (got.find(text) != got.npos || session.child().last_words().find(end) != got.npos) return;
    throw Wrong("the end of a line of " + std::to_string(text.size()) +
                " bytes did not come before the result");
}

} // namespace

std::vector<Row> flood_rows() {
    return {{"many-notifications", "notifications wait while nobody reads, and none is lost",
             many_notifications,
             "write to standard output until all is written: it blocks while the server does "
             "something else"},
            {"much-output", "a long line of output comes whole", long_output,
             "write all of it, in as many pieces as it takes"}};
}

} // namespace cli::protocol
