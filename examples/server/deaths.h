// SPDX-License-Identifier: MIT
// VMs that died while the server ran, and the reports that FK_VM_CRASH_DIR has kept of VMs, those of
// earlier runs too (docs/crash.md).
#pragma once

#include <fk/room/types.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace server {

struct Death {
    int64_t time = 0;       // seconds since 1970
    int vm = 0, thread = 0; // 0: of an earlier run, or a limit that the VM survived
    std::vector<int> rooms = {};
    std::string cause, report; // one line; the name of a folder, or ""
};

// The folders of reports, each read once: they do not change any more when they have their name.
class Reports {
  public:
    explicit Reports(std::string folder) : folder_(std::move(folder)) {} // "": there is none

    // By name, the newest last. Looks for new ones.
    const std::map<std::string, Death> &all();

    const std::string &folder() const { return folder_; }

    // {"report":...,"messages":[...]}, the newest messages only; nullopt: there is no such report.
    std::optional<std::string> read(const std::string &name) const;

  private:
    const std::string folder_;
    std::map<std::string, Death> known_;
};

class Deaths {
  public:
    Deaths(); // reports: of FK_VM_CRASH_DIR

    void add(const fk::room::VmDeath &death);
    std::vector<Death> latest(); // newest first
    const Reports &reports() const { return reports_; }

  private:
    std::deque<Death> deaths_;
    Reports reports_;
};

// fkvm-20261127T120000Z-1234-1, and nothing else.
bool is_report(const std::string &name);

} // namespace server
