// SPDX-License-Identifier: MIT
#include "host.h"

#include "parent.h"
#include "process/exit_codes.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace fkvm {
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

// A method name must be terminated for the C API; names are short.
class Terminated {
  public:
    explicit Terminated(std::string_view text) noexcept {
        const size_t size = std::min(text.size(), sizeof text_ - 1);
        std::memcpy(text_, text.data(), size);
        text_[size] = '\0';
    }
    operator const char *() const noexcept { return text_; }

  private:
    char text_[256];
};

} // namespace

fk_status Host::answer_error(Peer &peer, int64_t id) noexcept {
    const fk_error *error = fk_error_last();
    fk_member members[2] = {
        {FK_STR("status"), FK_STR(fk_status_name(error->status))},
        {FK_STR("traceback"), FK_STR(error->traceback ? error->traceback : "")}};
    const fk_value data = FK_MEMBERS(members, error->traceback ? 2u : 1u);
    return peer.error(id, error->code ? error->code : code_of(error->status), error->message,
                      &data);
}

fk_status Host::request(Peer &peer, const RpcMessage &message) noexcept {
    const Busy busy(*this);
    fk_value *result = nullptr;
    const fk_status status = fk_vm_call(vm_, Terminated(message.method), &message.params, &result);
    if (message.method == "bye") {
        done_ = true;
        expect_end();
    }
    fk_status sent =
        status == FK_OK ? peer.reply(message.id, *result) : answer_error(peer, message.id);
    fk_value_free(result);
    if (sent == FK_BAD_VALUE)
        sent = peer.error(message.id, FK_CODE_BAD_VALUE, too_long("result"), nullptr);
    report_memory(); // behind the answer: nobody waits for it
    return sent;
}

fk_status Host::notification(Peer &, const RpcMessage &message) noexcept {
    const Busy busy(*this);
    const Terminated method(message.method);
    if (fk_vm_notify(vm_, method, &message.params) != FK_OK) {
        char text[512];
        const int n = std::snprintf(text, sizeof text, "the notification %s failed: %s",
                                    static_cast<const char *>(method), fk_error_last()->message);
        print(this, FK_LEVEL_WARNING, text, std::min(static_cast<size_t>(n), sizeof text - 1));
    }
    report_memory();
    return FK_OK;
}

fk_status Host::stray(Peer &, std::string_view, const RpcMessage &message) noexcept {
    std::fprintf(stderr, "%s: the parent broke the protocol: %s\n", name_,
                 message.problem ? message.problem : "no message, or an answer to no request");
    return FK_PROTOCOL;
}

fk_status Host::call_server(void *self, fk_request *request, const fk_value *params) {
    auto &host = *static_cast<Host *>(self);
    const char *method = fk_request_method(request);
    if (host.template_) host.in_template(request, params);
    if (std::strcmp(method, "$/fork") == 0) return FK_OK;
    bool answered = false;
    const fk_status status = fk_request_is_notification(request)
                                 ? host.say(method, params)
                                 : host.peer_.call(method, params, [&](const PeerAnswer &answer) {
                                       answered = true;
                                       if (answer.kind == RpcMessage::Result)
                                           return fk_reply(request, &answer.value);
                                       return fk_fail(request, static_cast<int32_t>(answer.code),
                                                      std::string(answer.text).c_str());
                                   });
    if (status == FK_BAD_VALUE && !answered)
        return fk_fail(request, FK_CODE_BAD_VALUE, host.too_long("params").c_str());
    if (status == FK_NO_MEMORY) ::_exit(out_of_memory_exit); // half a message may have been written
    if (status == FK_VM_DIED || status == FK_PROTOCOL)
        ::_exit(status == FK_VM_DIED ? 0 : 1); // nobody is left to answer
    return status;
}

// What is said is kept, and said again by every copy; nobody is there to answer.
void Host::in_template(const fk_request *request, const fk_value *params) noexcept {
    if (std::strcmp(fk_request_method(request), "$/fork") == 0) {
        peer_.prepare_to_write();
        const ProtocolStreams streams = template_->copy_when_asked(*params);
        peer_.attach(streams.in, streams.out);
        sandbox_.confine_copy();
        if (!end_with_parent()) ::_exit(0);
        template_->wait_for_go(streams.in);
        template_ = nullptr;
    } else if (!fk_request_is_notification(request)) {
        template_->give_up();
    }
}

fk_status Host::say(const char *method, const fk_value *params) noexcept {
    if (template_ && peer_.kept() > most_kept) template_->give_up();
    return peer_.notify(method, params);
}

void Host::print(void *self, fk_level level, const char *text, size_t size) {
    static const char *const methods[] = {"print",     "qDebug", "qInfo",   "qWarning",
                                          "qCritical", "print",  "qWarning"};
    const fk_value params[] = {FK_BYTES(text, size)};
    const fk_value list = FK_ARRAY(params);
    static_cast<Host *>(self)->say(methods[level], &list);
}

} // namespace fkvm
