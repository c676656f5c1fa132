// SPDX-License-Identifier: MIT
// A trace (FK_VM_TRACE) as a file: which VMs it holds, and the messages of one of them, read as
// they are needed. A trace may be larger than memory, and end anywhere.
#pragma once

#include "rpc.h"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// One VM of a trace, from its $/open to its last message.
struct RecordedVm {
    int64_t pid, vm; // the server's process, and the VM's number there
    long offset;     // where it begins
    uint64_t line;   // likewise, from 1
    uint64_t messages = 0;
    Value opening;          // the params of its $/open; null: the trace is of before 0.1
    int64_t opening_id = 0; // until the answer has been seen
    bool from_template = false, closed = false;

    const fk_value *option(const char *name) const; // NULL: not known
    std::string script() const;
};

struct CloseFile {
    void operator()(FILE *file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

// Line by line, with where each stands.
class Lines {
  public:
    explicit Lines(const std::string &path); // throws std::runtime_error
    ~Lines() { free(buffer_); }
    Lines(const Lines &) = delete;

    bool next(std::string_view &line); // without its end; a line that has none is cut()
    void seek(long offset, uint64_t line);

    uint64_t number() const { return number_; } // of the line read last
    long offset() const { return offset_; }     // where it begins
    bool cut() const { return cut_; }

  private:
    File file_;
    char *buffer_ = nullptr;
    size_t room_ = 0;
    uint64_t number_ = 0;
    long offset_ = 0, end_ = 0;
    bool cut_ = false;
};

// What a trace holds, from reading it once.
struct Contents {
    std::vector<RecordedVm> vms; // in the order of their opening
    uint64_t strange_lines = 0;  // no messages, and passed over
    uint64_t first_strange = 0;
    bool cut = false; // the last line is unfinished
};
Contents read_contents(const std::string &path); // throws std::runtime_error

struct Message {
    uint64_t number, line; // among those of its VM, and in the file
    bool to_vm;
    Rpc rpc;

    bool is_answer() const { return rpc.is_answer(); }
};

// The messages of one VM. Those that were taken are gone; the others keep their order.
class Record {
  public:
    Record(const std::string &path, const RecordedVm &vm);

    // The first message from that number on; nullptr: there is none, or problem() says why it
    // cannot be read. Reading changes fk_error_last().
    const Message *next(uint64_t from = 1);
    const Message *next_of_vm(); // that goes to the server
    std::unique_ptr<Message> take(const Message &message);

    const std::string &problem() const { return problem_; }

  private:
    bool read_one();
    Message *at(uint64_t number);

    Lines lines_;
    int64_t pid_, vm_;
    uint64_t total_, read_ = 0;
    std::deque<std::unique_ptr<Message>> window_; // up to number read_; nullptr: taken
    std::string problem_;
};

} // namespace cli
