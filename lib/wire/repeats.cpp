// SPDX-License-Identifier: MIT
#include "repeats.h"

#include "rpc.h"
#include "value.h"

#include <charconv>
#include <cstring>

namespace fkvm {
namespace {

constexpr size_t most_bytes = 64 << 10; // a line of more leaves at once

bool can_repeat(std::string_view method, const fk_value *params, uint32_t most) noexcept {
    if (method.starts_with("$/")) return false; // the protocol's own are not for several
    if (!params || params->kind != FK_ARRAY || params->size == 0 || params->size > most)
        return false;
    if (params->items[0].kind != FK_INT) return false;
    size_t bytes = 0;
    for (uint32_t i = 1; i < params->size; i++) {
        if (params->items[i].kind > FK_STRING) return false;
        bytes += params->items[i].size;
    }
    return bytes <= most_bytes;
}

} // namespace

bool Repeats::append(Buffer &out, std::string_view method, const fk_value *params) noexcept {
    const bool can = can_repeat(method, params, most_params);
    if (can && end_ && end_ == out.size() && same(method, *params))
        return extend(out, params->items[0].integer);
    RpcPlace first;
    if (!write_rpc_notification(out, method, params, &first)) return false;
    forget();
    if (!can) return true;
    first_ = first.begin;
    rest_ = first.end;
    remember(method, *params);
    if (!bytes_.broken()) end_ = out.size();
    return true;
}

bool Repeats::same(std::string_view method, const fk_value &params) const noexcept {
    if (params.size != count_ || method.size() != method_size_) return false;
    const char *bytes = bytes_.data();
    if (std::memcmp(bytes, method.data(), method_size_) != 0) return false;
    bytes += method_size_;
    for (uint32_t i = 1; i < count_; i++) {
        const fk_value &was = params_[i], &is = params.items[i];
        if (was.kind != is.kind || was.size != is.size) return false;
        if (is.kind != FK_STRING) {
            if (is.kind != FK_NULL && was.bits != is.bits) return false;
            continue;
        }
        if (is.size && std::memcmp(bytes, is.string, is.size) != 0) return false;
        bytes += is.size;
    }
    return true;
}

void Repeats::remember(std::string_view method, const fk_value &params) noexcept {
    bytes_.clear();
    bytes_.append(method);
    method_size_ = method.size();
    count_ = params.size;
    for (uint32_t i = 1; i < count_; i++) {
        params_[i] = params.items[i];
        if (params_[i].kind == FK_STRING) bytes_.append(text_of(params_[i]));
    }
}

// {...,"params":[3,"x"]} becomes {...,"params":["x"],"each":[3,4]}, then {...,"each":[3,4,5]}.
bool Repeats::extend(Buffer &out, int64_t first) noexcept {
    constexpr std::string_view line_end = "}\n", list_end = "]}\n", list_begin = ",\"each\":[";
    constexpr size_t longest = 40; // of an integer, as {"$int":"..."} at most
    if (!out.reserve(list_begin.size() + 2 * longest + list_end.size() + 1))
        return false; // nothing fails from here on
    if (first_ != rest_) {
        char begun[longest];
        const size_t size = rest_ - first_;
        std::memcpy(begun, out.data() + first_, size);
        out.erase(first_, size);
        out.truncate(out.size() - line_end.size());
        out.append(list_begin);
        out.append({begun, begun[size - 1] == ',' ? size - 1 : size});
        rest_ = first_;
    } else {
        out.truncate(out.size() - list_end.size());
    }
    out.append(',');
    write_json(out, FK_INT(first));
    out.append(list_end);
    end_ = out.size();
    return true;
}

} // namespace fkvm
