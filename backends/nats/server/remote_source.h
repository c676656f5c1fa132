// SPDX-License-Identifier: MIT
// Children of workers: asks for one, and hands over the scripts that its worker lacks.
#pragma once

#include "link.h"
#include "nats/scripts/script_sets.h"
#include "nats/wish.h"
#include "process/server/child_source.h"

namespace fkvm {

class RemoteSource final : public ChildSource {
  public:
    RemoteSource() : link_(Link::here()), child_(std::make_shared<RemoteChild>(link_)) {}
    ~RemoteSource() override;
    RemoteSource(const RemoteSource &) = delete;
    RemoteSource &operator=(const RemoteSource &) = delete;

    Child &child() noexcept override { return *child_; }
    fk_status start(Known &known, Words &words) override;
    bool from_template() const noexcept override { return child_->from_template(); }

  private:
    // Each returns an empty text, or what failed.
    std::string make_wish(Known &known);
    void take_scripts(const fk_vm_options &options);
    void give(const std::string &wanted, uint64_t until);
    void give_manifest(const std::string &id, uint64_t until);
    void give_file(const std::string &hash, uint64_t until);
    std::string find_worker(uint64_t until);
    std::string serve_start(uint64_t until);

    Link &link_;
    const std::shared_ptr<RemoteChild> child_;
    VmWish wish_;
    std::vector<std::shared_ptr<const ScriptSet>> sets_; // of its scripts
    fk_status failure_ = FK_OPEN_FAILED;                 // of the step that failed
    bool joined_ = false;
};

} // namespace fkvm
