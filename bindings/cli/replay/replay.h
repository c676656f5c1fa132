// SPDX-License-Identifier: MIT
// Does what a record says once more: makes its calls on a fresh VM, answers that VM's calls as they
// were answered, and compares all that it says, until the two part.
#pragma once

#include "difference.h"
#include "progress.h"
#include "recorded_options.h"
#include "words.h"

#include <functional>
#include <optional>

namespace cli {

// Where the VM does something else than the record.
struct Parting {
    uint64_t number = 0, line = 0;               // of the message in the record; 0: it has no more
    std::string expected, got;                   // sentences
    std::string path, expected_value, got_value; // where only the values differ
    std::string call;                            // of the server, which the VM is in; empty: none
    std::string traceback;                       // where it is in its script
};

class Replay {
  public:
    enum class Outcome {
        Equal, // from the open to the close
        Ended, // equal, but the record ends before the VM's close
        Parted,
        NotOpened,  // problem()
        Unreadable, // likewise
        Stopped
    };

    struct Counts {
        uint64_t messages = 0, calls = 0, host_calls = 0, total = 0;
    };

    Replay(Record &record, const RecordedVm &recorded, RecordedOptions &options,
           Progress &progress);
    ~Replay() { close(); }
    Replay(const Replay &) = delete;

    // One after the other, once each. stop is asked between messages.
    void open();
    void run(std::function<bool()> stop);
    Outcome close();

    fk_vm *handle() const { return vm_; }

    const std::optional<Parting> &parting() const { return parting_; }
    const std::string &problem() const { return problem_; }
    const Counts &counts() const { return counts_; }
    const std::string &backend() const { return backend_; }

  private:
    struct OpenCall {
        const Message &message;
        const OpenCall *outer;
    };

    void step();
    void call(const Message &message);
    void settle(const Message &message, const Ending &ending);
    void wait_for(uint64_t number);

    static fk_status served(void *self, fk_request *request, const fk_value *params);
    fk_status serve(fk_request *request, const fk_value &params);
    fk_status answer(fk_request *request, const Message &message);
    bool compare(const Message &expected, fk_request *request, const fk_value &params);
    bool ends_by_limit(const Message &expected) const;

    void part(const Message *expected, std::string got, Difference difference = {});
    void no_more(std::string got);
    void fail(std::string problem);
    void finish(Outcome outcome);
    bool over() const { return outcome_.has_value(); }
    std::unique_ptr<Message> take(const Message &message);
    void show();

    Record &record_;
    const RecordedVm &recorded_;
    RecordedOptions &options_;
    Progress &progress_;
    std::function<bool()> stop_ = [] { return false; };
    fk_vm *vm_ = nullptr;
    const OpenCall *inside_ = nullptr;
    bool closing_ = false; // the record has come to its $/close
    bool cutting_ =
        false; // the record's call ended here by a limit: what more it says does not count
    std::string backend_, problem_;
    std::optional<Outcome> outcome_;
    std::optional<Parting> parting_;
    Counts counts_;
};

} // namespace cli
