// SPDX-License-Identifier: MIT
#include "remote_source.h"

#include "base/clock.h"
#include "base/environment.h"
#include "nats/notes.h"
#include "nats/scripts/scripts_error.h"
#include "process/server/command.h"
#include "process/server/member.h"
#include "process/server/words.h"

#include <algorithm>
#include <poll.h>

namespace fkvm {
namespace {

constexpr uint64_t ms = 1'000'000, ask_again_ns = 200 * ms;
constexpr int between_refusals_ms = 50;

} // namespace

RemoteSource::~RemoteSource() {
    if (!joined_) return;
    child_->kill();
    link_.leave(*child_);
}

fk_status RemoteSource::start(Known &known, Words &words) {
    const uint64_t until = known.host->deadline(known.vm);
    std::string problem = make_wish(known);
    if (problem.empty()) {
        problem = link_.join(child_);
        joined_ = problem.empty();
    }
    if (problem.empty()) problem = find_worker(until);
    if (problem.empty()) problem = serve_start(until);
    if (problem.empty()) return FK_OK;
    words.drain();
    return known.fail(failure_, (problem + words.last()).c_str(), true);
}

std::string RemoteSource::make_wish(Known &known) {
    wish_.take(*known.options);
    const char *command = known.options->command ? nullptr : environment("FK_VM_COMMAND");
    failure_ = FK_INVALID;
    if (command && !split_command(command, &wish_.command))
        return std::string("a quote does not end in FK_VM_COMMAND: ") + command;
    known.is_host = wish_.command.empty();
    known.name = known.is_host ? "fkvm-host" : wish_.command[0];
    if (known.is_host && !known.options->script)
        return "options.script is NULL: fkvm-host needs a script";
    failure_ = FK_OPEN_FAILED;
    try {
        take_scripts(*known.options);
    } catch (const ScriptsError &problem) {
        return problem.what();
    }
    if (const char *disabled = environment("FK_DISABLED_PACKS"))
        wish_.environment.push_back(std::string("FK_DISABLED_PACKS=") + disabled);
    return {};
}

// Who refuses may have been filled a moment ago; and just after NATS came back nobody may be there
// yet. Who does not answer may be cut off, while NATS still thinks that it is there: the next time
// another may be asked.
std::string RemoteSource::find_worker(uint64_t until) {
    const uint64_t silence = link_.settings().silence * ms, begun = now_ns();
    wish_.server = link_.name();
    wish_.vm = child_->vm();
    const std::string text = wish_.text();
    std::string why = "no worker answers";
    uint64_t give_up = std::min(until, begun + 5 * silence);
    for (bool for_good = false; !for_good && now_ns() < give_up;) {
        link_.ask(*child_, text);
        const auto state =
            child_->wait(RemoteChild::State::Asked, std::min(give_up, now_ns() + ask_again_ns));
        if (state != RemoteChild::State::Asked) return {};
        const bool refused = child_->take_refusal(&why, &for_good);
        if (refused) ::poll(nullptr, 0, between_refusals_ms);
        if (child_->wait(RemoteChild::State::Asked, 0) != RemoteChild::State::Asked) return {};
        if (for_good) return why;
        give_up = std::min(until, begun + (refused ? 1 : 5) * silence);
    }
    const std::string refusal = link_.refusal();
    if (!refusal.empty()) why += " (NATS said: " + refusal + ")";
    return why + ": on each machine that lends VMs, run `fkvm worker --nats " +
           link_.settings().shown_url() + "` (prefix '" + link_.settings().prefix + "')";
}

std::string RemoteSource::serve_start(uint64_t until) {
    for (;;) {
        const auto state = child_->wait(RemoteChild::State::Taken, until);
        if (child_->was_started()) return {}; // and may have ended since
        if (state == RemoteChild::State::Ended) break;
        if (std::string wanted; child_->take_wanted(&wanted)) {
            give(wanted, until);
            continue;
        }
        if (now_ns() < until) continue;
        failure_ = FK_TIMEOUT;
        return "the worker" + child_->place() + " did not start the child '" +
               (wish_.command.empty() ? "fkvm-host" : wish_.command[0]) + "' within its limit of " +
               std::to_string(wish_.open_timeout) + " ms (open_timeout)";
    }
    const Notes notes = Notes::of(child_->end_note());
    const std::string said = notes.text("problem");
    failure_ = status_named(notes.text("status"), FK_OPEN_FAILED);
    return said.empty() ? "the child" + child_->place() + " " + child_->described() : said;
}

} // namespace fkvm
