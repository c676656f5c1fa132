// SPDX-License-Identifier: MIT
// The server's side of a conversation with a child, line by line. It writes lines as text, answers
// what the child calls, and keeps what broke the rules on the way.
#pragma once

#include "child.h"
#include "replay/rpc.h"

#include <functional>
#include <set>
#include <stdexcept>

namespace cli::protocol {

// The row does not hold; what() says what happened.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// The row cannot be tried; what() says why.
struct NotTried : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Text for a message, cut where it is long.
std::string shown(std::string_view text);

std::string seconds(std::chrono::milliseconds time); // "10 s"

struct Hello {
    bool interrupt = false, limits = false, strict_names = false;
    std::string name;
};

class Session {
  public:
    // A host method: its answer as a member of a message, e.g. "result":null. Of a notification it
    // is not used.
    using HostMethod = std::function<std::string(const Rpc &call)>;

    // What breaks the rules is added to broken, as sentences.
    Session(const Launch &launch, std::chrono::milliseconds limit, std::vector<std::string> &broken)
        : broken(broken), child_(launch), limit_(limit), broken_before_(broken.size()) {}

    Hello greet();

    // A request and its answer. params is JSON: an array, an object, or empty for none.
    Rpc call(std::string_view method, const std::string &params);
    // The same of a method that the test needs. Its result; an error is Wrong.
    Rpc result(std::string_view method, const std::string &params);
    Rpc error(std::string_view method, const std::string &params);
    void notify(std::string_view method, const std::string &params);

    // The parts of a call.
    int64_t request(std::string_view method, const std::string &params);
    void write(std::string_view line); // with its end
    Rpc answer(int64_t id);
    std::optional<Rpc> answer_within(int64_t id, std::chrono::milliseconds time);
    int64_t next_id() { return ++last_id_; }
    void expect(int64_t id) { open_.insert(id); } // of a request that write() has sent

    // Handles what comes until done, or until the answer to id, which it returns. Wrong: neither.
    std::optional<Rpc> serve_until(const std::function<bool()> &done, const std::string &what,
                                   int64_t id = 0);

    // Answers every host method; the default is null for all.
    void set_host(HostMethod host) { host_ = std::move(host); }
    // What the child has called, as "name[params]", in order; those with "each" once an item.
    std::vector<std::string> heard;
    std::vector<std::string> output; // lines that are no message, and what "$/output" held
    std::vector<std::string> &broken;
    std::vector<std::string> to_null;    // errors without a request: sentences
    std::vector<int64_t> answered_twice; // ids
    bool used_each = false;

    uint32_t written() const { return written_; } // messages
    void interrupt() { child_.interrupt(written_); }
    Child &child() { return child_; }
    Deadline deadline() const { return std::chrono::steady_clock::now() + limit_; }
    [[noreturn]] void gone(const std::string &during);

  private:
    std::optional<Rpc> step(Deadline until, int64_t id, const std::string &during);
    void probe();
    std::optional<Rpc> next(Deadline until); // none: nothing came
    void take(const Rpc &rpc);               // a request or a notification
    void note(const Rpc &rpc);
    bool take_answer(const Rpc &rpc, int64_t id);
    std::optional<Rpc> read(const std::string &line);
    bool greeting(const Rpc &rpc, Hello *hello);

    Child child_;
    std::chrono::milliseconds limit_;
    size_t broken_before_;
    HostMethod host_;
    int64_t last_id_ = 0;
    int64_t tells_from_ = 1; // a probe with a lower id says nothing of the request before it
    std::set<int64_t> open_, probes_, done_; // ids of ours
    uint32_t written_ = 0;                   // messages
    bool greeted_ = false, strict_names_ = false;
};

} // namespace cli::protocol
