// SPDX-License-Identifier: MIT
// Any line through the JSON-RPC reader: every message it takes is one that can be written and read
// again; everything else is told apart as text or as broken, with a reason and a place.
#include "target.h"
#include "wire/rpc.h"
#include "wire/value.h"

using namespace fkvm;

namespace {

constexpr int64_t largest_id = (int64_t{1} << 53) - 1;

bool write(Buffer &out, const RpcMessage &m) {
    const fk_value *params = m.params.kind == FK_NULL ? nullptr : &m.params;
    switch (m.kind) {
    case RpcMessage::Request:
        return write_rpc_request(out, m.method, params, m.id);
    case RpcMessage::Notification:
        return write_rpc_notification(out, m.method, params);
    case RpcMessage::Result:
        return write_rpc_result(out, m.id, m.value);
    default:
        return write_rpc_error(out, m.id, m.code, m.text,
                               m.value.kind == FK_NULL ? nullptr : &m.value);
    }
}

bool is_call(const RpcMessage &m) {
    return m.kind == RpcMessage::Request || m.kind == RpcMessage::Notification;
}
bool refused(const RpcMessage &m) {
    return m.kind == RpcMessage::NotRpc || m.kind == RpcMessage::Broken;
}

void check_parts(const RpcMessage &m) {
    require(is_call(m) == !m.method.empty());
    require(m.id >= 0 && m.id <= largest_id);
    if (m.kind == RpcMessage::Request || m.kind == RpcMessage::Result) require(m.id > 0);
    require(m.params.kind == FK_NULL || m.params.kind == FK_ARRAY || m.params.kind == FK_OBJECT);
    require(m.each.kind == FK_NULL || m.each.kind == FK_ARRAY);
}

void check_again(const RpcMessage &m) {
    Buffer line;
    require(write(line, m));
    require(line.view().ends_with('\n') && line.view().find('\n') == line.size() - 1);
    Arena arena;
    const RpcMessage again = read_rpc(line.view().substr(0, line.size() - 1), arena, {});
    require(again.kind == m.kind && again.id == m.id && again.method == m.method &&
            again.text == m.text);
    require(again.code == m.code && equal_values(again.value, m.value));
    require(!is_call(m) || equal_values(again.params, m.params)); // those of an answer are nobody's
}

void check_refusal(const RpcMessage &m, size_t size) {
    if (m.kind == RpcMessage::NotRpc) return require(!m.problem);
    require(m.problem && m.offset <= size);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const ExactCopy copy(data, size);
    Arena arena;
    const RpcMessage message = read_rpc(copy.text(), arena, {});
    if (refused(message)) {
        check_refusal(message, size);
    } else {
        check_parts(message);
        check_again(message);
    }
    const RpcMessage small = read_rpc(copy.text(), arena, {2, 12});
    require(refused(small) || small.kind == message.kind);
    return 0;
}
