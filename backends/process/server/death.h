// SPDX-License-Identifier: MIT
// The death of a child VM: its cause, and the sentence that says it; told to whoever calls later,
// too.
#pragma once

#include "child.h"
#include "known.h"

namespace fkvm {

class Death {
  public:
    Death(const Known &known, const Child &child) noexcept : known_(known), child_(child) {}

    bool has_come() const noexcept { return come_; }

    // The moments before it.
    struct Moments {
        bool opening;         // it had not greeted
        bool ours;            // its exit codes are known
        fk_status asked;      // to end its work, and why; or FK_OK
        std::string during;   // " during 'method'"
        std::string problem;  // that ended the conversation
        std::string unusable; // why it may not have been understood
        std::string words;    // its last
    };

    // What has happened. Each returns the status to be told.
    fk_status inflicted(fk_status reason, const Moments &at); // it has been ended, for this reason
    fk_status found(const Moments &at);                       // it ended, not by our hand
    fk_status cut_off(const Moments &at); // it closed its standard output, and has been ended
    fk_status unsaid(fk_status status) noexcept; // there is no memory to say more
    void quiet() noexcept { come_ = true; }      // it has been told in another way

    fk_status tell(fk_status status) const noexcept;
    std::string who() const;

  private:
    fk_status come(fk_status status, fk_death cause, std::string message) noexcept;
    fk_status by_signal_or_exit(const Moments &at);
    std::string reason_text(fk_status reason, const Moments &at, const char *fate) const;

    const Known &known_;
    const Child &child_;
    bool come_ = false;
    fk_death cause_ = FK_DEATH_NONE;
    std::string message_;
};

} // namespace fkvm
