// SPDX-License-Identifier: MIT
// What goes to standard error: the output of VMs, and complaints of fkvm itself.
#pragma once

#include "fk_vm.h"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cli {

enum ExitCode { Fine = 0, Failed = 1, Usage = 2, NotOpened = 3, Unreadable = 4, Interrupted = 130 };

// "fkvm: message", in red on a terminal.
void complain(std::string_view message);

// At the end: has all of standard output been written? Else it complains.
bool output_was_written();

// The same with fk_error_last(): what, its message, its traceback.
void complain_last(std::string_view what);

// "message (STATUS)" of fk_error_last().
std::string last_failure();

enum class Loudness { Quiet, Normal, Verbose };

// Receives the output of VMs: counts it, and shows it.
class Messages {
  public:
    explicit Messages(Loudness loudness) : loudness_(loudness) {}

    // Around each line or record that is shown, e.g. to take a progress bar away and put it back.
    std::function<void(bool before)> around;

    uint64_t count(fk_level level) const { return counts_[level]; }

    // For fk_vm_options.output and .user.
    static void receive(void *self, fk_level level, const char *text, size_t size) noexcept;

  private:
    void show(fk_level level, std::string_view text) const;
    bool shows(fk_level level) const;

    Loudness loudness_;
    std::array<uint64_t, FK_LEVEL_STDERR + 1> counts_{};
};

} // namespace cli
