// SPDX-License-Identifier: MIT
// The conversation: who waits for what, and when bytes move.
#include "peer.h"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr size_t keep_output = 256 << 10;
constexpr size_t read_ahead =
    1 << 20; // what may pile up while we cannot write, beyond the longest line

} // namespace

ssize_t PeerOwner::read(int in, char *to, size_t size) noexcept { return ::read(in, to, size); }

ssize_t PeerOwner::write(int out, const char *bytes, size_t size) noexcept {
    return ::write(out, bytes, size);
}

fk_status Peer::flush() noexcept {
    if (out_ < 0) return FK_OK;
    size_t sent = 0;
    fk_status status = FK_OK;
    repeats_.forget();
    while (sent < output_.size() && status == FK_OK) {
        const ssize_t n = owner_.write(out_, output_.data() + sent, output_.size() - sent);
        if (n > 0) {
            sent += static_cast<size_t>(n);
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            // The other side may itself be stuck in writing: take what it says, handle it later.
            status = at_end_ ? FK_VM_DIED : owner_.wait(true);
            if (status == FK_OK) status = read_more();
        } else if (n < 0 && errno != EINTR) {
            status = FK_VM_DIED;
        }
    }
    bytes_out_ += sent;
    output_.consume(sent);
    if (output_.empty()) output_.shrink(keep_output);
    return status;
}

bool Peer::has_input() noexcept {
    pollfd ready{in_, POLLIN, 0};
    return lines_.has_line() || ::poll(&ready, 1, 0) > 0;
}

fk_status Peer::wait_both() const noexcept {
    pollfd ready[] = {{at_end_ ? -1 : in_, POLLIN, 0}, {out_, POLLOUT, 0}};
    while (::poll(ready, 2, -1) < 0)
        if (errno != EINTR) return FK_NO_MEMORY;
    return FK_OK;
}

// Reads what is there, if anything; must not block. Used while writing.
fk_status Peer::read_more() noexcept {
    if (lines_.pending() > lines_.limit() + read_ahead) return FK_PROTOCOL;
    size_t size;
    char *to = lines_.room(&size);
    if (!to) return FK_NO_MEMORY;
    pollfd ready{in_, POLLIN, 0};
    const ssize_t n = ::poll(&ready, 1, 0) > 0 ? owner_.read(in_, to, size) : -1;
    if (n > 0) {
        lines_.add(static_cast<size_t>(n));
        bytes_in_ += static_cast<uint64_t>(n);
    } else if (n == 0) {
        at_end_ = true;
    }
    return FK_OK;
}

// Waits for bytes. Everything of ours leaves first: the other side may be waiting for it.
fk_status Peer::fill() noexcept {
    if (!output_.empty()) {
        const fk_status s = flush();
        if (s == FK_VM_DIED && lines_.has_line())
            output_.clear(); // what it said last still counts
        else if (s != FK_OK)
            return s;
    }
    if (lines_.has_line()) return FK_OK; // it came while we wrote
    if (at_end_) return FK_VM_DIED;
    ssize_t n;
    do {
        if (const fk_status s = owner_.wait(false)) return s;
        if (lines_.has_line()) return FK_OK; // the owner used the time, and wrote
        size_t size;
        char *to = lines_.room(&size);
        if (!to) return FK_NO_MEMORY;
        n = owner_.read(in_, to, size);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        at_end_ = true;
        return FK_VM_DIED;
    }
    lines_.add(static_cast<size_t>(n));
    bytes_in_ += static_cast<uint64_t>(n);
    return FK_OK;
}

fk_status Peer::serve_next() noexcept {
    std::string_view line;
    for (;;) {
        if (lines_.next(&line)) {
            if (line.size() > lines_.limit()) return FK_PROTOCOL;
            lines_.pin();
            const fk_status status = handle(line);
            lines_.unpin();
            return status;
        }
        if (lines_.too_long()) return FK_PROTOCOL;
        if (const fk_status s = fill()) return s;
    }
}

fk_status Peer::serve_waiting() noexcept {
    while (lines_.has_line())
        if (const fk_status s = serve_next()) return s;
    return lines_.too_long() ? FK_PROTOCOL : FK_OK;
}

fk_status Peer::serve_available() noexcept {
    const fk_status status = fill();
    return status == FK_OK ? serve_waiting() : status;
}

// The line is pinned by the caller.
fk_status Peer::handle(std::string_view line) noexcept {
    messages_in_++;
    const Arena::Mark mark = arena_.mark();
    const RpcMessage message = read_rpc(line, arena_, limits_);
    fk_status status;
    switch (message.kind) {
    case RpcMessage::Request:
        status = owner_.request(*this, message);
        break;
    case RpcMessage::Notification:
        status = owner_.notification(*this, message);
        break;
    default:
        if (is_awaited(message)) {
            *waiting_->answer = message; // lives until call() has handed it on
            lines_.pin();
            waiting_->done = true;
            return FK_OK;
        }
        status = message.out_of_memory ? FK_NO_MEMORY : owner_.stray(*this, line, message);
    }
    arena_.rewind(mark);
    return status;
}

bool Peer::is_awaited(const RpcMessage &message) const noexcept {
    if (!waiting_ || waiting_->done || message.out_of_memory) return false;
    if (message.kind == RpcMessage::Broken)
        return waiting_->id == message.answers && owner_.takes_broken_answers();
    return waiting_->id == message.id && message.kind != RpcMessage::NotRpc;
}

fk_status Peer::call(std::string_view method, const fk_value *params, Kept *answer) noexcept {
    answer->mark = arena_.mark();
    const fk_status status = wait_for(method, params, &answer->message);
    answer->held = status == FK_OK;
    if (!answer->held) arena_.rewind(answer->mark);
    return status;
}

void Peer::let_go(Kept *answer) noexcept {
    if (!answer->held) return;
    answer->held = false;
    lines_.unpin();
    arena_.rewind(answer->mark);
}

fk_status Peer::wait_for(std::string_view method, const fk_value *params,
                         PeerAnswer *answer) noexcept {
    Waiting waiting{++last_id_, waiting_, answer, false};
    const size_t before = output_.size();
    if (const fk_status s = written(
            before, write_rpc_request(output_, method, params, waiting.id, limits_.strings)))
        return s;
    waiting_ = &waiting;
    fk_status status = FK_OK;
    while (!waiting.done && status == FK_OK) status = serve_next();
    waiting_ = waiting.outer;
    return status;
}

// A message too long is as if it had never been written.
fk_status Peer::written(size_t before, bool good) noexcept {
    if (!good) return FK_NO_MEMORY;
    if (output_.size() - before <= lines_.limit()) {
        messages_out_.store(messages_out() + 1, std::memory_order_relaxed);
        return FK_OK;
    }
    output_.truncate(before);
    repeats_.forget();
    return FK_BAD_VALUE;
}

fk_status Peer::send(size_t before, bool good) noexcept {
    if (const fk_status s = written(before, good)) return s;
    return output_.size() >= full ? flush() : FK_OK;
}

fk_status Peer::begin(std::string_view method, const fk_value *params, int64_t *id) noexcept {
    const size_t before = output_.size();
    *id = ++last_id_;
    return written(before, write_rpc_request(output_, method, params, *id, limits_.strings));
}

fk_status Peer::notify(std::string_view method, const fk_value *params) noexcept {
    const size_t before = output_.size();
    return send(before, merging_ ? repeats_.append(output_, method, params)
                                 : write_rpc_notification(output_, method, params, nullptr,
                                                          limits_.strings));
}

fk_status Peer::reply(int64_t id, const fk_value &result) noexcept {
    const size_t before = output_.size();
    return send(before, write_rpc_result(output_, id, result, limits_.strings));
}

fk_status Peer::error(int64_t id, int64_t code, std::string_view message,
                      const fk_value *data) noexcept {
    const size_t before = output_.size();
    return send(before, write_rpc_error(output_, id, code, message, data, limits_.strings));
}

} // namespace fkvm
