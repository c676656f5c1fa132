// SPDX-License-Identifier: MIT
// JSON-RPC messages to a buffer, one line each.
#include "rpc.h"

#include <charconv>

namespace fkvm {
namespace {

constexpr std::string_view head = "{\"jsonrpc\":\"2.0\",",
                           method_head = "{\"jsonrpc\":\"2.0\",\"method\":";

// Undoes a line that did not fit.
class Line {
  public:
    Line(Buffer &out, Strings strings) noexcept
        : out_(out), strings_(strings), start_(out.size()) {}

    bool text(std::string_view text) noexcept { return out_.append(text); }
    bool string(std::string_view text) noexcept { return write_json_string(out_, text, strings_); }
    bool value(const fk_value &value) noexcept { return write_json(out_, value, strings_); }
    bool number(int64_t n) noexcept {
        char digits[24];
        return text({digits, static_cast<size_t>(
                                 std::to_chars(digits, digits + sizeof digits, n).ptr - digits)});
    }
    bool params(const fk_value *params, RpcPlace *first = nullptr) noexcept {
        if (!params || params->kind == FK_NULL) return true;
        if (params->kind != FK_ARRAY) return text(",\"params\":") && value(*params);
        if (!text(",\"params\":[")) return false;
        const size_t begin = out_.size();
        for (uint32_t i = 0; i < params->size; i++) {
            if (!value(params->items[i]) || (i + 1 < params->size && !out_.append(',')))
                return false;
            if (i == 0 && first) *first = {begin, out_.size()};
        }
        return text("]");
    }
    bool id(int64_t id) noexcept { return text(",\"id\":") && (id ? number(id) : text("null")); }

    bool end(bool good) noexcept {
        if (good && text("}\n")) return true;
        out_.truncate(start_);
        return false;
    }

  private:
    Buffer &out_;
    Strings strings_;
    size_t start_;
};

} // namespace

bool write_rpc_request(Buffer &out, std::string_view method, const fk_value *params, int64_t id,
                       Strings strings) noexcept {
    Line line(out, strings);
    return line.end(line.text(method_head) && line.string(method) && line.params(params) &&
                    line.id(id));
}

bool write_rpc_notification(Buffer &out, std::string_view method, const fk_value *params,
                            RpcPlace *first, Strings strings) noexcept {
    Line line(out, strings);
    return line.end(line.text(method_head) && line.string(method) && line.params(params, first));
}

bool write_rpc_result(Buffer &out, int64_t id, const fk_value &result, Strings strings) noexcept {
    Line line(out, strings);
    return line.end(line.text(head) && line.text("\"result\":") && line.value(result) &&
                    line.id(id));
}

bool write_rpc_error(Buffer &out, int64_t id, int64_t code, std::string_view message,
                     const fk_value *data, Strings strings) noexcept {
    Line line(out, strings);
    return line.end(line.text(head) && line.text("\"error\":{\"code\":") && line.number(code) &&
                    line.text(",\"message\":") && line.string(message) &&
                    (!data || (line.text(",\"data\":") && line.value(*data))) && line.text("}") &&
                    line.id(id));
}

} // namespace fkvm
