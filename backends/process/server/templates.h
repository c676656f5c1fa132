// SPDX-License-Identifier: MIT
// The templates of this process: which script has one, when it is made, when it ends. For any
// thread.
#pragma once

#include "template_process.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fkvm {

// What $FK_VM_TEMPLATE says.
enum class TemplateUse { Never, FromSecond, FromFirst };
TemplateUse template_use() noexcept;

class Templates {
  public:
    // While a Visit lives, templates may. With the last one all of them end: nothing is left
    // behind.
    class Visit {
      public:
        Visit() : templates_(here()) { templates_.enter(); }
        ~Visit() { templates_.leave(); }
        Visit(const Visit &) = delete;
        Visit &operator=(const Visit &) = delete;
        Templates *operator->() noexcept { return &templates_; }

      private:
        Templates &templates_;
    };

    // The template for VMs of this command, which may not have started yet; nullptr: start the VM
    // anew. Each call with FromSecond counts as an opening.
    std::shared_ptr<TemplateProcess> find(const ChildCommand &command, TemplateUse use);

    // Now and then: reaps those that have ended by themselves.
    void sweep();

  private:
    struct Entry {
        std::string key;
        std::shared_ptr<TemplateProcess> process;
        uint64_t not_before = 0; // the last one failed
    };
    static constexpr size_t most = 16; // the least recently used one goes

    Templates() = default;
    static Templates &here();
    void enter();
    void leave();
    static void drop_ended(Entry &entry);

    std::mutex mutex_;
    std::vector<Entry> entries_; // the most recently used first
    size_t visits_ = 0;
    std::atomic<uint64_t> next_sweep_{0};
    uint64_t generation_ = 0; // of the process, see fkvm/fork.h
    Templates *inherited_ =
        nullptr; // of the process that this one was forked from; not ours to end
};

} // namespace fkvm
