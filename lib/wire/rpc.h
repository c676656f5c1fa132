// SPDX-License-Identifier: MIT
// JSON-RPC 2.0 messages: read one line into its parts, write one to a buffer.
#pragma once

#include "json.h"

namespace fkvm {

constexpr int protocol_version = 1; // of docs/protocol.md, said in hello

struct RpcMessage {
    enum Kind {
        Request,      // method, params, id
        Notification, // method, params [, each]
        Result,       // id, value
        Error,        // id (0: null), code, text, data
        NotRpc,       // JSON or not, but no object with "jsonrpc":"2.0": may be output
        Broken // such an object, but breaking the rules of docs/protocol.md: `problem` says how
    };
    Kind kind = NotRpc;
    int64_t id = 0; // 1 .. 2^53-1; 0: none or null
    int64_t answers =
        0; // Broken: the id of the request that it answers, as far as that can be read
    std::string_view method;
    fk_value params = {};  // FK_ARRAY, FK_OBJECT or FK_NULL (absent)
    fk_value value = {};   // result, or the error's data
    fk_value each = {};    // FK_ARRAY, or FK_NULL (absent)
    int64_t code = 0;      // of an error
    std::string_view text; // of an error
    const char *problem = nullptr;
    size_t offset = 0; // of the problem in the line
    bool parse_error =
        false; // Broken: the line is not JSON at all although it begins like one (-32700, else -32600)
    bool out_of_memory = false;
};

// Reads one line (without its LF; a CR before it is dropped). Views point into line or arena.
RpcMessage read_rpc(std::string_view line, Arena &arena, const JsonLimits &limits) noexcept;

// Append one whole line with its LF. False: out of memory; the buffer is as before.
bool write_rpc_request(Buffer &out, std::string_view method, const fk_value *params, int64_t id,
                       Strings strings = Strings::Tagged) noexcept;
struct RpcPlace {
    size_t begin = 0, end = 0; // offsets in the buffer
};
// first (may be null): where the first of the positional parameters went, with its comma.
bool write_rpc_notification(Buffer &out, std::string_view method, const fk_value *params,
                            RpcPlace *first = nullptr, Strings strings = Strings::Tagged) noexcept;
bool write_rpc_result(Buffer &out, int64_t id, const fk_value &result,
                      Strings strings = Strings::Tagged) noexcept;
bool write_rpc_error(Buffer &out, int64_t id, int64_t code, std::string_view message,
                     const fk_value *data, // id 0: null
                     Strings strings = Strings::Tagged) noexcept;

} // namespace fkvm
