// SPDX-License-Identifier: MIT
#include "handshake.h"

#include "member.h"

namespace fkvm {

Handshake::Part Handshake::part(std::string_view method) const noexcept {
    if (over_) return Part::None;
    if (method == "$/starting") return Part::Starting;
    if (method == "$/hello" || (method == "hello" && !strict_names_)) return Part::Hello;
    return method == "$/failed" ? Part::Failed : Part::None;
}

fk_status Handshake::take_hello(const RpcMessage &hello) {
    over_ = true;
    strict_names_ = strict_names_ || hello.method.starts_with("$/");
    const bool listed = hello.params.kind == FK_ARRAY && hello.params.size;
    const fk_value &about = listed ? hello.params.items[0] : hello.params;
    const fk_value *interrupt = member(about, "interrupt");
    be_polite(interrupt && interrupt->kind == FK_BOOL && interrupt->integer);
    const fk_value *sandbox = member(about, "sandbox");
    if (sandbox && sandbox->kind == FK_STRING) sandbox_ = text_of(*sandbox);
    take_runtime(about);
    const fk_status status = check_protocol(member(about, "protocol"));
    return status == FK_OK ? check_sandbox() : status;
}

void Handshake::take_runtime(const fk_value &about) {
    for (const std::string_view part : {"name", "version", "lua"}) {
        const fk_value *text = member(about, part);
        if (!text || text->kind != FK_STRING || runtime_.size() + text->size > longest_runtime)
            continue;
        if (!runtime_.empty()) runtime_ += part == "lua" ? ", " : " ";
        runtime_ += text_of(*text);
    }
}

fk_status Handshake::check_protocol(const fk_value *version) {
    if (!version || (version->kind == FK_INT && version->integer == protocol_version)) return FK_OK;
    char *text = nullptr;
    known_.host->to_json(version, &text, nullptr);
    problem_ = "the child '" + known_.name + "' speaks protocol " + (text ? text : "?") +
               ", this library " + std::to_string(protocol_version) +
               ": update the older of the two";
    known_.host->text_free(text);
    return FK_PROTOCOL;
}

fk_status Handshake::check_sandbox() {
    const auto reached = [&](const char *part) { return sandbox_.find(part) != std::string::npos; };
    if (known_.options->sandbox != FK_SANDBOX_STRICT ||
        (reached("rlimit") && reached("landlock") && reached("seccomp")))
        return FK_OK;
    problem_ = "the sandbox level strict needs rlimit, landlock and seccomp, and it reached '" +
               sandbox_ + "'";
    return FK_OPEN_FAILED;
}

LoadingFailure read_loading_failure(const RpcMessage &message) {
    const auto text = [&](uint32_t i) {
        const bool there = message.params.kind == FK_ARRAY && i < message.params.size &&
                           message.params.items[i].kind == FK_STRING;
        return there ? std::string(text_of(message.params.items[i])) : std::string();
    };
    LoadingFailure failure;
    failure.status = status_named(text(0), FK_OPEN_FAILED);
    failure.message = text(1);
    failure.traceback = text(2);
    return failure;
}

} // namespace fkvm
