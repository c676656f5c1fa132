// SPDX-License-Identifier: MIT
// The child's side of templates: a process that has loaded its script, waits, and is copied for
// every VM.
#pragma once

#include "fk_value.h"
#include "process/template_protocol.h"
#include "streams.h"

namespace fkvm {

class Template {
  public:
    explicit Template(int idle_ms) noexcept : idle_ms_(idle_ms) {}

    // Takes the control socket from stdin. From here on the process ends with its parent, whatever
    // it does, and has one thread: a copy has no other.
    bool prepare() noexcept;

    int control() const noexcept { return control_; } // hung up: the parent is gone

    // Makes a copy of this process for each request. Returns in the copies, with their streams; the
    // template itself ends when nobody has asked for idle_ms, and when one of the files (a path and
    // its mark in turn) has changed. Throws.
    ProtocolStreams copy_when_asked(const fk_value &files);

    // For a copy that is ready: returns when the parent wants a VM. Nothing of the VM may have
    // begun. Ends the process when the parent ends or has had no use for it while the template was
    // idle.
    TemplateGo wait_for_go(int in) const noexcept;

    // Tells the parent that this script is not for templates, and ends.
    [[noreturn]] void give_up() noexcept;

  private:
    int wait_for_request(int streams[3]) noexcept;
    void vouch(class FileWatch &files);
    void answer(int error) noexcept;
    void become_copy(const int streams[3]) noexcept;

    int idle_ms_;
    int control_ = -1;
    int open_before_ = 0; // descriptors
};

} // namespace fkvm
