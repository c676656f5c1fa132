// SPDX-License-Identifier: MIT
// What servers ask for and say. The loop and its ticks are in loop.cpp.
#include "worker.h"

#include "nats/notes.h"

#include <charconv>

namespace fkvm {
namespace {

constexpr int forgotten_beats = 4; // that do not name a VM: the server does not have it

bool leaves_folder(const std::string &path) {
    return path.starts_with('/') || ("/" + path + "/").find("/../") != path.npos;
}

} // namespace

Worker::~Worker() {
    queue_.reset();
    mine_.reset();
    for (auto &[name, server] : servers_) {
        for (auto &[number, vm] : server.vms) vm->kill();
        leave(name, "its worker was told to end");
    }
    opener_.end();
}

// Where it can still hear us, it need not wait for our silence.
void Worker::leave(const std::string &server, const std::string &why) {
    connection_.publish(beat_subject(server), write_frame({FrameKind::Leaves, 0, 0}, why));
}

std::string Worker::beat_subject(const std::string &server) const {
    return server_subject(options_.nats, server) + ".beat." + name_;
}

std::shared_ptr<LentVm> Worker::find(const std::string &server, uint32_t vm) {
    const std::lock_guard lock(mutex_);
    const auto found = servers_.find(server);
    if (found == servers_.end()) return nullptr;
    const auto entry = found->second.vms.find(vm);
    return entry == found->second.vms.end() ? nullptr : entry->second;
}

size_t Worker::count() {
    const std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const auto &[_, server] : servers_)
        for (const auto &[number, vm] : server.vms) count += !vm->has_ended();
    return count;
}

void Worker::asked(const NatsMessage &message) try {
    FrameHead head;
    VmWish wish;
    std::string problem;
    if (!read_head(message.data, &head) || head.kind != FrameKind::Open)
        return refuse(
            message, "the worker on " + options_.machine + " is of another version of fkvm", false);
    if (!wish.read(message.data.substr(FrameHead::size), &problem) ||
        !(problem = objection(wish)).empty())
        return refuse(message, "the worker on " + options_.machine + " refuses: " + problem, true);
    if (drains_.load() || count() >= options_.capacity)
        return refuse(message, "all workers are full", false);
    lend(message, std::move(wish));
} catch (...) { // out of memory: it is asked again
}

std::string Worker::objection(const VmWish &wish) const {
    if (!is_name(wish.server) || !wish.vm) return "it was not told whose VM it is to be";
    if (!wish.command.empty() && !options_.commands)
        return "it starts no commands of servers ('" + wish.command[0] +
               "'): --allow-commands lets it";
    if (leaves_folder(wish.script))
        return "the script '" + wish.script + "' lies outside of the scripts that were sent";
    return {};
}

void Worker::refuse(const NatsMessage &message, const std::string &why, bool for_good) {
    tally_.refused++;
    connection_.publish(std::string(message.reply),
                        write_frame({FrameKind::Refused, 0, 0},
                                    Notes().text("why", why).number("for_good", for_good).json()));
}

// A server that asks again for the same VM did not hear the answer.
void Worker::lend(const NatsMessage &message, VmWish wish) {
    const std::string subject =
        server_subject(options_.nats, wish.server) + "." + std::to_string(wish.vm);
    std::shared_ptr<LentVm> made;
    {
        const std::lock_guard lock(mutex_);
        Server &server = servers_[wish.server];
        server.silence.heard(0);
        auto &place = server.vms[wish.vm];
        if (!place) {
            const uint64_t key = ++last_key_ << 2;
            made = place = std::make_shared<LentVm>(connection_, *this, tally_, subject, wish, key);
            by_key_[key >> 2] = made;
        }
    }
    connection_.publish(
        std::string(message.reply),
        write_frame({FrameKind::Taken, 0, 0},
                    Notes().text("worker", name_).text("machine", options_.machine).json()));
    if (!made) return;
    on_event("lends VM " + std::to_string(wish.vm) + " of server " + wish.server + ": " +
             wish.script);
    opener_.add(std::move(made));
}

// To SERVER.VM, or SERVER.beat.
void Worker::came(const NatsMessage &message) try {
    const size_t dot = message.subject.find('.');
    if (dot == message.subject.npos) return;
    const std::string server(message.subject.substr(0, dot));
    const std::string_view rest = message.subject.substr(dot + 1);
    FrameHead head;
    if (!read_head(message.data, &head)) return;
    const std::string_view bytes = message.data.substr(FrameHead::size);
    if (rest == "beat")
        return head.kind == FrameKind::Leaves ? left_by(server)
                                              : beat_came(server, head.number, bytes);
    uint32_t number = 0;
    const char *end = rest.data() + rest.size();
    if (std::from_chars(rest.data(), end, number).ptr != end) return;
    if (const auto vm = find(server, number)) vm->heard(head, bytes);
} catch (...) { // out of memory: as if it were lost
}

void Worker::beat_came(const std::string &name, uint32_t told, std::string_view bytes) {
    const auto entries = read_entries(bytes);
    std::vector<std::pair<std::shared_ptr<LentVm>, BeatEntry>> named;
    std::vector<std::shared_ptr<LentVm>> forgotten;
    {
        const std::lock_guard lock(mutex_);
        const auto found = servers_.find(name);
        if (found == servers_.end()) return;
        Server &server = found->second;
        server.silence.heard(told);
        for (auto &[number, vm] : server.vms) {
            const auto entry = entries.find(number);
            if (entry != entries.end())
                server.unnamed.erase(number), named.emplace_back(vm, entry->second);
            else if (vm->has_ended() || ++server.unnamed[number] >= forgotten_beats)
                forgotten.push_back(vm);
        }
        for (const auto &vm : forgotten) {
            server.vms.erase(vm->wish().vm);
            server.unnamed.erase(vm->wish().vm);
        }
    }
    for (const auto &[vm, entry] : named) vm->heard_beat(entry);
    for (const auto &vm : forgotten) vm->kill();
}

} // namespace fkvm
