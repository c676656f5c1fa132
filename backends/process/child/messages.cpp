// SPDX-License-Identifier: MIT
// What the server says to a child: calls and notifications, each a piece of work with its answer or
// record.
#include "process/exit_codes.h"
#include "vm.h"

#include <cstdio>
#include <cstring>

using namespace fkvm;

namespace {

int32_t code_of(fk_status status) {
    switch (status) {
    case FK_NO_METHOD:
        return FK_CODE_METHOD_NOT_FOUND;
    case FK_TIMEOUT:
        return FK_CODE_TIMEOUT;
    case FK_MEMORY_LIMIT:
        return FK_CODE_MEMORY_LIMIT;
    case FK_BAD_VALUE:
        return FK_CODE_BAD_VALUE;
    case FK_SCRIPT_ERROR:
    case FK_INTERRUPTED:
        return FK_CODE_SCRIPT_ERROR;
    default:
        return FK_CODE_INTERNAL;
    }
}

// A backend wants the name of a method terminated; names are short.
class Terminated {
  public:
    explicit Terminated(std::string_view text) {
        if (text.size() >= sizeof short_)
            long_.assign(text);
        else
            std::memcpy(short_, text.data(), text.size());
        if (text.size() < sizeof short_) short_[text.size()] = '\0';
        text_ = text.size() < sizeof short_ ? short_ : long_.c_str();
    }
    Terminated(const Terminated &) = delete;
    Terminated &operator=(const Terminated &) = delete;
    operator const char *() const noexcept { return text_; }

  private:
    char short_[128];
    std::string long_;
    const char *text_;
};

} // namespace

fk_vm::Frame::Frame(fk_vm &owner, Work work, int64_t request) noexcept
    : vm(owner), outer(owner.frame_), id(request),
      piece(owner.limits_, work, static_cast<uint32_t>(owner.peer_.messages_in())) {
    if (!outer) vm.host_calls_ = 0;
    vm.frame_ = this;
    if (work.kind != Work::Idle) vm.idle_periods_ = 0;
    vm.ticker_.busy();
}

fk_vm::Frame::~Frame() {
    if (!outer) vm.finish_output();
    vm.peer_.let_go(&answer);
    vm.frame_ = outer;
}

fk_status fk_vm::answer_error(Peer &peer, int64_t id) noexcept {
    if (!frame_->outer) finish_output();
    const fk_value trace = FK_BYTES(failure_.traceback.data(), failure_.traceback.size());
    const fk_member members[] = {{FK_STR("status"), FK_STR(fk_status_name(failure_.status))},
                                 {FK_STR("traceback"), trace}};
    const fk_value data = FK_MEMBERS(members, failure_.traceback.empty() ? 1u : 2u);
    const int32_t code = failure_.code ? failure_.code : code_of(failure_.status);
    return peer.error(id, code, failure_.message, &data);
}

fk_status fk_vm::request(Peer &peer, const RpcMessage &message) noexcept try {
    static const fk_value none{};
    const Terminated method(message.method);
    const bool is_bye = message.method == "bye";
    fk_status sent = FK_OK;
    {
        Frame frame(*this, {Work::Call, method}, message.id);
        if (backend_.call(state_, method, &message.params) != FK_OK)
            sent = answer_error(peer, message.id);
        else if (!frame.answered)
            sent = peer.reply(message.id, none);
    }
    done_ |= is_bye;
    report_memory(); // behind the answer: nobody waits for it
    return sent;
} catch (...) {
    return FK_NO_MEMORY;
}

fk_status fk_vm::notification(Peer &, const RpcMessage &message) noexcept try {
    const Terminated method(message.method);
    const Frame frame(*this, {Work::Notification, method}, 0);
    if (backend_.call(state_, method, &message.params) != FK_OK)
        output(FK_LEVEL_WARNING, failure_record(frame.piece.work(), failure_.message));
    report_memory();
    return FK_OK;
} catch (...) {
    return FK_NO_MEMORY;
}

fk_status fk_vm::stray(Peer &, std::string_view, const RpcMessage &message) noexcept {
    if (message.kind == RpcMessage::Error && !message.id) { // of a line that the server did not get
        std::fprintf(stderr, "%s: the server could not use a line: %.*s\n", name_,
                     static_cast<int>(message.text.size()), message.text.data());
        return FK_OK;
    }
    std::fprintf(stderr, "%s: the parent broke the protocol: %s\n", name_,
                 message.problem ? message.problem : "no message, or an answer to no request");
    return FK_PROTOCOL;
}
