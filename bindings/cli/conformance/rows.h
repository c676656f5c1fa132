// SPDX-License-Identifier: MIT
// What fkvm conformance tries, row by row: a promise of docs/protocol.md, the test, and what to
// change in a child that does not hold it.
#pragma once

#include "session.h"

#include <memory>

namespace cli::protocol {

enum class Holding { Holds, Fails, NotTried };

// What the rows share: one conversation that goes on from row to row as long as nothing is wrong.
class Trial {
  public:
    Trial(Launch launch, std::string script, std::chrono::milliseconds limit)
        : launch_(std::move(launch)), script_(std::move(script)), limit_(limit) {}

    Session &session();
    // A conversation of its own. host answers also what the script calls while it loads.
    std::unique_ptr<Session> fresh(const std::map<std::string, std::string> &settings = {},
                                   Session::HostMethod host = {});
    void drop();

    const Hello &hello() const { return hello_; }
    void need_interrupt() const; // else NotTried

    const Launch &launch() const { return launch_; }
    const std::string &script() const { return script_; } // behind the command; empty: none
    std::chrono::milliseconds limit() const { return limit_; }

    // Of all conversations.
    const std::vector<std::string> &broken() const { return broken_; }

    std::string remark; // of the row that runs, if it holds

  private:
    Launch launch_;
    std::string script_;
    std::chrono::milliseconds limit_;
    std::vector<std::string> broken_; // before session_, which adds to it
    std::unique_ptr<Session> session_;
    Hello hello_;
};

struct Row {
    const char *name;
    const char *promise;
    void (*test)(Trial &trial);
    const char *advice;
};

struct Outcome {
    const Row *row;
    Holding holding;
    std::string what;
};

std::vector<Row> greeting_rows(); // without them nothing else can be tried
std::vector<Row> value_rows();
std::vector<Row> call_rows();
std::vector<Row> host_rows();
std::vector<Row> flood_rows();
std::vector<Row> interrupt_rows();
std::vector<Row> ending_rows();
std::vector<Row> library_rows();
std::vector<Row> library_limit_rows();

// JSON texts of values, as the server writes them, in groups.
struct ValueGroup {
    const char *name;
    std::vector<std::string> texts;
};
const std::vector<ValueGroup> &tricky_values();

Value read_value(const std::string &text); // of ours: it is one
// Throws Wrong unless text, as JSON, is a value equal to got.
void expect_equal(const std::string &text, const fk_value &got);
bool equal(const std::string &text, const fk_value &got);

} // namespace cli::protocol
