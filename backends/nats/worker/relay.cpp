// SPDX-License-Identifier: MIT
// The streams of a lent VM: from the line to the child, and back as far as there is room.
#include "lent_vm.h"

#include "base/clock.h"
#include "nats/notes.h"

#include <cerrno>
#include <poll.h>

namespace fkvm {
namespace {

FrameKind kind_of(Watched stream) noexcept {
    return stream == Watched::Out ? FrameKind::Bytes : FrameKind::Words;
}

} // namespace

int LentVm::fd_of(Watched what) const noexcept {
    const Child::Descriptors of = child_.descriptors();
    switch (what) {
    case Watched::Out:
        return of.in;
    case Watched::Err:
        return of.err;
    case Watched::End:
        return of.end;
    default:
        return of.out;
    }
}

void LentVm::set_watched(Watched what, bool yes) {
    bool &is = watched_[static_cast<size_t>(what)];
    if (is == yes) return;
    const int fd = fd_of(what);
    if (!yes) watcher_.forget(fd);
    is = yes && watcher_.watch(fd, key_ | static_cast<uint64_t>(what), what == Watched::In);
    if (yes && !is) child_.kill(); // out of memory: it could not be heard
}

// As a rule the child takes it at once.
void LentVm::feed(std::string_view bytes) {
    tally_.bytes_in += bytes.size();
    backlog_.emplace_back(bytes);
    write_on();
}

void LentVm::write_on() {
    if (!running_ || gone_) return;
    while (!backlog_.empty()) {
        const std::string &first = backlog_.front();
        const ssize_t n = child_.write(first.data() + backlog_at_, first.size() - backlog_at_);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        backlog_at_ += static_cast<size_t>(n);
        const bool whole = backlog_at_ == first.size();
        if (whole) {
            backlog_.pop_front();
            backlog_at_ = 0;
        }
        channel_.used_up(static_cast<size_t>(n), whole ? 1 : 0);
    }
    set_watched(Watched::In, !backlog_.empty());
    if (backlog_.empty() && closing_) child_.close_input();
}

void LentVm::read_on(Watched which) {
    static thread_local char bytes[Channel::longest - FrameHead::size];
    bool &open = open_[static_cast<size_t>(which)];
    if (!open) return;
    if (channel_.room() == 0) return set_watched(which, false); // until the server has used some up
    const ssize_t n = which == Watched::Out ? child_.read(bytes, sizeof bytes)
                                            : child_.read_err(bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0) return close_on(which);
    tally_.bytes_out += static_cast<uint64_t>(n);
    channel_.send(kind_of(which), {bytes, static_cast<size_t>(n)});
}

void LentVm::close_on(Watched which) {
    open_[static_cast<size_t>(which)] = false;
    set_watched(which, false);
    channel_.send(kind_of(which), {});
}

void LentVm::happened(Watched what) {
    const std::lock_guard lock(mutex_);
    if (over_ || !running_) return;
    if (what == Watched::In) return write_on();
    if (what != Watched::End) return read_on(what);
    if (!child_.reap(0)) return;
    gone_ = true;
    set_watched(Watched::End, false);
    set_watched(Watched::In, false);
    finish_if_over();
}

void LentVm::more_room() {
    if (!running_ || over_) return;
    for (const Watched what : {Watched::Out, Watched::Err})
        if (open_[static_cast<size_t>(what)]) set_watched(what, true);
    if (gone_) finish_if_over();
}

// What a dead child has left behind in its streams. Somebody else may hold them open for ever.
void LentVm::drain(Watched which) {
    bool &open = open_[static_cast<size_t>(which)];
    while (open && channel_.room() > 0) {
        pollfd ready{fd_of(which), POLLIN, 0};
        if (::poll(&ready, 1, 0) > 0) {
            read_on(which);
        } else {
            close_on(which);
        }
    }
}

void LentVm::finish_if_over() {
    drain(Watched::Out);
    drain(Watched::Err);
    if (open_[0] || open_[1] || over_) return;
    const auto exit_status = static_cast<int64_t>(child_.exit_status());
    const bool in_order = child_.death() == FK_DEATH_EXIT && child_.exit_status() == 0;
    tally_.deaths[in_order ? FK_DEATH_NONE : child_.death()]++;
    end(Notes()
            .number("exit_status", static_cast<uint64_t>(exit_status))
            .number("death", child_.death())
            .number("out_of_memory", child_.exit_status() == -9 && child_.was_out_of_memory())
            .text("described", child_.described())
            .json());
}

void LentVm::end(const std::string &notes) {
    channel_.send(FrameKind::Ended, notes);
    over_ = true;
    over_at_ = now_ns();
    backlog_.clear();
    child_ = ChildProcess();
}

} // namespace fkvm
