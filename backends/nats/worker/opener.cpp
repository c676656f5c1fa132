// SPDX-License-Identifier: MIT
#include "opener.h"

#include "base/clock.h"
#include "base/signal_mask.h"
#include "nats/scripts/scripts_error.h"
#include "process/server/command.h"
#include "process/server/launch.h"
#include "process/server/oom.h"
#include "worker.h"

namespace fkvm {

void Opener::start() {
    fetcher_.emplace(options_.scripts);
    watch_oom_killer();
    const AllSignalsBlocked blocked;
    for (int i = 0; i < threads; i++) threads_.emplace_back([this] { run(); });
}

void Opener::add(std::shared_ptr<LentVm> vm) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(vm));
    more_.notify_one();
}

void Opener::end() noexcept {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
        waiting_.clear();
    }
    more_.notify_all();
    for (std::thread &thread : threads_) thread.join();
    threads_.clear();
}

void Opener::run() {
    for (;;) {
        std::shared_ptr<LentVm> vm;
        {
            std::unique_lock lock(mutex_);
            more_.wait(lock, [&] { return ends_ || !waiting_.empty(); });
            if (ends_) return;
            vm = std::move(waiting_.front());
            waiting_.pop_front();
        }
        try {
            open(*vm);
        } catch (const ScriptsError &problem) {
            vm->not_started(FK_OPEN_FAILED,
                            std::string(problem.what()) + " (on " + options_.machine + ")");
        } catch (...) {
            vm->not_started(FK_NO_MEMORY,
                            "the worker on " + options_.machine + " is out of memory");
        }
    }
}

void Opener::open(LentVm &vm) {
    const uint64_t until = now_ns() + uint64_t{vm.wish().open_timeout} * 1'000'000;
    const VmWish &wish = vm.wish();
    const std::string directory = fetcher_->folder(vm, wish.scripts, until);
    std::string script = wish.script; // as a rule relative: messages name it
    if (!wish.beside.empty()) script = fetcher_->folder(vm, wish.beside, until) + "/" + script;
    const WishedOptions wished(wish, directory, script);
    ChildCommand command;
    bool is_host;
    std::string problem;
    if (!make_command(wished.options(), &command, &is_host, &problem))
        return vm.not_started(FK_INVALID, problem);
    reap_left_behind();
    ChildProcess child;
    bool from_template = false;
    const Launch launch{wished.options(),
                        command,
                        is_host,
                        templates_,
                        [&](std::string_view said) { vm.words(said); },
                        until};
    const int error = launch(&child, &from_template);
    if (!error) return vm.started(std::move(child), from_template);
    fk_status status;
    problem = launch.problem(error, &status);
    vm.not_started(status, problem + " (on " + options_.machine + ")");
}

} // namespace fkvm
