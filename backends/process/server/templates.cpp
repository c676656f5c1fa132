// SPDX-License-Identifier: MIT
#include "templates.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/fork.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr uint64_t second = 1'000'000'000, retry_ns = 60 * second;
constexpr int standard_idle_ms = 60'000;

int idle_ms() noexcept {
    const char *text = environment("FK_VM_TEMPLATE_IDLE");
    const int ms = text ? std::atoi(text) : 0;
    return ms > 0 ? ms : standard_idle_ms;
}

// All that the child is started with: what it loads can depend on nothing else.
std::string key_of(const ChildCommand &command) {
    std::string key = command.file + '\0' + command.directory + '\0' +
                      std::to_string(command.confinement.data) + '\0';
    // A copy runs as the template does: a server that has given up its privileges needs another.
    key += std::to_string(::geteuid()) + ':' + std::to_string(::getegid()) + '\0';
    for (const std::string &argument : command.arguments) key += argument + '\0';
    key += '\0';
    for (const std::string &variable : command.environment) key += variable + '\0';
    return key;
}

} // namespace

TemplateUse template_use() noexcept {
    const char *text = environment("FK_VM_TEMPLATE");
    if (text && std::strcmp(text, "off") == 0) return TemplateUse::Never;
    if (text && std::strcmp(text, "first") == 0) return TemplateUse::FromFirst;
    return TemplateUse::FromSecond;
}

// Never freed: VMs may be open while the process exits.
Templates &Templates::here() {
    static std::atomic<Templates *> newest{nullptr};
    Templates *known = newest.load(std::memory_order_acquire);
    while (!known || known->generation_ != process_generation()) {
        auto *fresh = new Templates;
        fresh->generation_ = process_generation();
        fresh->inherited_ = known;
        if (newest.compare_exchange_strong(known, fresh, std::memory_order_acq_rel)) return *fresh;
        delete fresh;
    }
    return *known;
}

void Templates::enter() {
    const std::lock_guard lock(mutex_);
    visits_++;
}

void Templates::leave() {
    std::vector<Entry> ended; // goes last, outside of the lock: each waits for its process
    const std::lock_guard lock(mutex_);
    if (--visits_ == 0) ended.swap(entries_);
}

std::shared_ptr<TemplateProcess> Templates::find(const ChildCommand &command, TemplateUse use) {
    std::string key = key_of(command);
    std::vector<Entry> evicted;
    const std::lock_guard lock(mutex_);
    auto known = std::find_if(entries_.begin(), entries_.end(),
                              [&](const Entry &entry) { return entry.key == key; });
    const bool is_first = known == entries_.end();
    if (is_first) {
        if (entries_.size() == most) {
            evicted.push_back(std::move(entries_.back()));
            entries_.pop_back();
        }
        entries_.insert(entries_.begin(), Entry{std::move(key), nullptr});
    } else {
        std::rotate(entries_.begin(), known, known + 1);
    }
    Entry &entry = entries_.front();
    drop_ended(entry);
    if ((is_first && use == TemplateUse::FromSecond) || now_ns() < entry.not_before) return nullptr;
    if (!entry.process) entry.process = std::make_shared<TemplateProcess>(command, idle_ms());
    return entry.process;
}

void Templates::sweep() {
    const uint64_t now = now_ns();
    if (now < next_sweep_.load(std::memory_order_relaxed)) return;
    next_sweep_.store(now + second, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    for (Entry &entry : entries_) drop_ended(entry);
}

void Templates::drop_ended(Entry &entry) {
    if (!entry.process) return;
    const TemplateProcess::State state = entry.process->state();
    if (state == TemplateProcess::State::Usable) return;
    if (state == TemplateProcess::State::Failed) entry.not_before = now_ns() + retry_ns;
    entry.process.reset();
}

} // namespace fkvm
