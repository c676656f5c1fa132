// SPDX-License-Identifier: MIT
// One line to a message: the envelope is read here, member by member, so that each part has its own
// limit of depth.
#include "json_parser.h"
#include "rpc.h"
#include "value.h"

namespace fkvm {
namespace {

constexpr int64_t largest_id = (int64_t{1} << 53) - 1;

class EnvelopeReader {
  public:
    EnvelopeReader(std::string_view line, Arena &arena, const JsonLimits &limits,
                   RpcMessage *out) noexcept
        : line_(line), limits_(limits), parser_(line, arena, limits, &error_), out_(*out) {}

    void read() noexcept {
        parser_.spaces();
        if (!parser_.next_is('{')) return; // text, a batch, other JSON
        read_envelope();
        find_what_it_answers();
    }

  private:
    void read_envelope() noexcept {
        if (!envelope()) return syntax();
        if (!version_)
            out_.kind = RpcMessage::NotRpc; // whatever its members are
        else if (!out_.problem)
            classify();
        if (limits_.values != UINT32_MAX && out_.kind < RpcMessage::NotRpc && holds_too_much())
            broken("more values in one message than max_values", 0);
    }

    // Each item of each is of a message of its own.
    bool holds_too_much() const noexcept {
        uint32_t left = limits_.values;
        if (!parts_hold_at_most(out_.params, &left) || !holds_at_most(out_.value, &left))
            return true;
        for (uint32_t i = 0; out_.each.kind == FK_ARRAY && i < out_.each.size; i++) {
            uint32_t rest = left;
            if (!holds_at_most(out_.each.items[i], &rest)) return true;
        }
        return false;
    }

    enum Seen : unsigned {
        Version = 1,
        Method = 2,
        Params = 4,
        Id = 8,
        ResultMember = 16,
        ErrorMember = 32,
        Each = 64
    };

    bool envelope() noexcept {
        if (parser_.skip("{\"jsonrpc\":\"2.0\",")) { // as nearly all begin
            seen_ = Version;
            version_ = true;
            if (!members()) return false;
        } else {
            parser_.skip("{");
            parser_.spaces();
            if (!parser_.take('}') && !members()) return false;
        }
        parser_.spaces();
        return parser_.at_end() || parser_.fail("more text after the message");
    }

    bool members() noexcept {
        do {
            parser_.spaces();
            if (!member()) return false;
            parser_.spaces();
        } while (parser_.take(','));
        return parser_.take('}') || parser_.fail("a comma or } is missing in an object");
    }

    struct Name {
        std::string_view text; // as write_rpc_*() and most others write it
        Seen which;

        std::string_view name() const noexcept { return text.substr(1, text.size() - 3); }
    };
    static constexpr Name names_[] = {{"\"method\":", Method},  {"\"params\":", Params},
                                      {"\"id\":", Id},          {"\"result\":", ResultMember},
                                      {"\"each\":", Each},      {"\"error\":", ErrorMember},
                                      {"\"jsonrpc\":", Version}};

    // Found without reading a name.
    unsigned usual_name() noexcept {
        for (const Name &known : names_)
            if (parser_.skip(known.text)) return known.which;
        return 0;
    }

    bool member() noexcept {
        const size_t name_offset = parser_.offset();
        unsigned which = usual_name();
        if (!which && !any_name(&which)) return false;
        parser_.spaces();
        fk_value value;
        const size_t offset = parser_.offset();
        // An array of parameters and the object of an error belong to the envelope, not to the
        // value.
        const uint32_t extra = which & (Params | ErrorMember) ? 1 : 0;
        if (!parser_.value(limits_.depth + extra, &value)) return false;
        if (seen_ & which) return parser_.fail(name_offset, "a name stands twice in the message");
        return take(which, value, offset);
    }

    bool any_name(unsigned *which) noexcept {
        if (!parser_.next_is('"')) return parser_.fail("a name in quotes is missing in an object");
        std::string_view name;
        if (!parser_.string(&name)) return false;
        parser_.spaces();
        if (!parser_.take(':')) return parser_.fail("a colon is missing after a name");
        for (const Name &known : names_)
            if (name == known.name()) *which = known.which;
        return true;
    }

    bool take(unsigned which, const fk_value &value, size_t offset) noexcept {
        if (!which) return true;
        seen_ |= which;
        switch (which) {
        case Version:
            version_ = value.kind == FK_STRING && text_of(value) == "2.0";
            break;
        case Method:
            method(value, offset);
            break;
        case Params:
            params(value, offset);
            break;
        case Id:
            id(value, offset);
            break;
        case ResultMember:
            out_.value = value;
            break;
        case ErrorMember:
            error(value, offset);
            break;
        default:
            each(value, offset);
        }
        return true;
    }

    void method(const fk_value &value, size_t offset) noexcept {
        const std::string_view name = value.kind == FK_STRING ? text_of(value) : std::string_view();
        if (name.empty() || name.find('\0') != name.npos) return note("method is no name", offset);
        out_.method = name;
    }

    void params(const fk_value &value, size_t offset) noexcept {
        if (value.kind != FK_ARRAY && value.kind != FK_OBJECT)
            return note("params is neither an array nor an object", offset);
        out_.params = value;
    }

    void id(const fk_value &value, size_t offset) noexcept {
        if (value.kind == FK_NULL) return;
        if (value.kind != FK_INT || value.integer < 1 || value.integer > largest_id)
            return note("id is no integer from 1 to 2^53 - 1", offset);
        out_.id = value.integer;
    }

    void each(const fk_value &value, size_t offset) noexcept {
        if (value.kind != FK_ARRAY) return note("each is no array", offset);
        out_.each = value;
    }

    void error(const fk_value &value, size_t offset) noexcept {
        bool code = false, message = false;
        for (uint32_t i = 0; value.kind == FK_OBJECT && i < value.size; i++) {
            const fk_member &m = value.members[i];
            const std::string_view name = text_of(m.name);
            if (name == "code" && m.value.kind == FK_INT) {
                out_.code = m.value.integer;
                code = true;
            } else if (name == "message" && m.value.kind == FK_STRING) {
                out_.text = text_of(m.value);
                message = true;
            } else if (name == "data") {
                out_.value = m.value;
            }
        }
        if (!code || !message) note("error has no code or no message", offset);
    }

    void classify() noexcept {
        const bool answer = seen_ & (ResultMember | ErrorMember);
        if (seen_ & Method) {
            if (answer) return broken("a message with a method and an answer", 0);
            if ((seen_ & Id) && !out_.id) return broken("a request with id null", 0);
            if ((seen_ & Each) && (seen_ & Id)) return broken("each stands in a request", 0);
            if ((seen_ & Each) && out_.params.kind == FK_OBJECT)
                return broken("each stands beside an object of params", 0);
            out_.kind = out_.id ? RpcMessage::Request : RpcMessage::Notification;
            return;
        }
        if (!answer) return broken("neither a method nor an answer", 0);
        if ((seen_ & ResultMember) && (seen_ & ErrorMember))
            return broken("both a result and an error", 0);
        if (!(seen_ & Id)) return broken("an answer without an id", 0);
        if ((seen_ & ResultMember) && !out_.id) return broken("a result with id null", 0);
        out_.kind = seen_ & ErrorMember ? RpcMessage::Error : RpcMessage::Result;
    }

    void find_what_it_answers() noexcept {
        if (out_.kind != RpcMessage::Broken || (seen_ & Method)) return;
        out_.answers = seen_ & Id ? out_.id : id_beyond();
    }

    // Of an answer that cannot be read up to its id. Inside a string there is no such text: its
    // quotes are escaped.
    int64_t id_beyond() const noexcept {
        constexpr std::string_view name = "\"id\"";
        size_t at = line_.rfind(name);
        if (at == line_.npos || line_.find("\"method\"") != line_.npos) return 0;
        const auto skip_to = [&](size_t i) { return line_.find_first_not_of(" \t", i); };
        at = skip_to(at + name.size());
        if (at == line_.npos || line_[at] != ':') return 0;
        int64_t id = 0;
        for (at = skip_to(at + 1); at < line_.size() && is_digit(line_[at]); at++) {
            id = id * 10 + (line_[at] - '0');
            if (id > largest_id) return 0;
        }
        return id;
    }
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    // The first problem of several is the one.
    void note(const char *problem, size_t offset) noexcept {
        if (!out_.problem) broken(problem, offset);
    }

    void broken(const char *problem, size_t offset) noexcept {
        out_.kind = RpcMessage::Broken;
        out_.problem = problem;
        out_.offset = offset;
    }

    // A line that is no JSON: a message that was damaged, if its beginning says so, else text.
    void syntax() noexcept {
        out_.out_of_memory = error_.out_of_memory;
        if (!error_.out_of_memory &&
            line_.substr(0, 64).find("\"jsonrpc\"") == std::string_view::npos)
            return;
        broken(error_.what, error_.offset);
        out_.parse_error = true;
    }

    std::string_view line_;
    const JsonLimits &limits_;
    JsonError error_;
    JsonParser parser_;
    RpcMessage &out_;
    unsigned seen_ = 0;
    bool version_ = false;
};

} // namespace

RpcMessage read_rpc(std::string_view line, Arena &arena, const JsonLimits &limits) noexcept {
    RpcMessage message;
    if (line.ends_with('\r')) line.remove_suffix(1);
    EnvelopeReader(line, arena, limits, &message).read();
    if (message.kind == RpcMessage::NotRpc) message.problem = nullptr;
    return message;
}

} // namespace fkvm
