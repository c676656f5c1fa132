// SPDX-License-Identifier: MIT
// Lines to messages, and answers to those who wait for them.
#include "session.h"

#include "json.h"
#include "term.h"

#include <algorithm>

namespace cli::protocol {

namespace {

using namespace std::chrono_literals;
constexpr auto patience = 500ms; // before a second request asks whether it still listens

bool is_output(std::string_view method) {
    return method == "print" || method == "qDebug" || method == "qInfo" || method == "qWarning" ||
           method == "qCritical";
}

std::string text_of(const fk_value &params) {
    const bool texts = params.kind == FK_ARRAY && params.size > 0;
    const fk_value *first = texts ? params.items : nullptr;
    return first && first->kind == FK_STRING ? std::string(view_of(*first)) : std::string();
}

} // namespace

std::string seconds(std::chrono::milliseconds time) {
    return std::to_string(time.count() / 1000) + " s";
}

std::string shown(std::string_view text) {
    constexpr size_t most = 100;
    if (text.size() <= most) return std::string(text);
    size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) cut--;
    return std::string(text.substr(0, cut)) + "... (" + std::to_string(text.size()) + " bytes)";
}

void Session::gone(const std::string &during) {
    std::string text = "it " + child_.fate() + " " + during;
    std::string words = child_.last_words();
    words.erase(words.find_last_not_of(" \n") + 1);
    if (!words.empty()) text += "; its last words: " + shown(words.substr(words.rfind('\n') + 1));
    throw Wrong(text);
}

void Session::write(std::string_view line) {
    written_ += static_cast<uint32_t>(std::count(line.begin(), line.end(), '\n'));
    child_.forget_words();
    if (child_.write(line, deadline())) return;
    if (child_.ended(now()) || child_.at_end())
        gone("before it had read '" + shown(line.substr(0, line.find('\n'))) + "'");
    throw Wrong("it does not read its standard input");
}

int64_t Session::request(std::string_view method, const std::string &params) {
    const int64_t id = next_id();
    expect(id);
    write("{\"jsonrpc\":\"2.0\",\"method\":" + json_of(method) +
          (params.empty() ? "" : ",\"params\":" + params) + ",\"id\":" + std::to_string(id) +
          "}\n");
    return id;
}

void Session::notify(std::string_view method, const std::string &params) {
    write("{\"jsonrpc\":\"2.0\",\"method\":" + json_of(method) +
          (params.empty() ? "" : ",\"params\":" + params) + "}\n");
}

// A line that is none of our messages is output, unless it looks like one.
std::optional<Rpc> Session::read(const std::string &line) {
    Rpc rpc;
    std::string problem;
    if (read_rpc(line, rpc, problem)) return rpc;
    if (line.substr(0, 64).find("\"jsonrpc\"") == line.npos)
        output.push_back(line);
    else
        broken.push_back(problem + ": " + shown(line));
    return std::nullopt;
}

std::optional<Rpc> Session::next(Deadline until) {
    const size_t broken_before = broken.size();
    while (const std::optional<std::string> line = child_.line(until)) {
        if (std::optional<Rpc> rpc = read(*line)) return rpc;
        if (broken.size() > broken_before) break;
    }
    return std::nullopt;
}

void Session::note(const Rpc &rpc) {
    const fk_value *each = fk_value_member(rpc.whole.get(), "each");
    used_each |= each != nullptr;
    if (rpc.method == "$/output" || (is_output(rpc.method) && !strict_names_)) {
        output.push_back(text_of(rpc.params));
    } else if (!rpc.method.starts_with("$/")) {
        const std::string rest = rpc.params.kind == FK_NULL ? "[]" : json_of(rpc.params);
        if (!each) heard.push_back(std::string(rpc.method) + rest);
        for (uint32_t i = 0; each && i < each->size; i++)
            heard.push_back(std::string(rpc.method) + "[" + json_of(each->items[i]) +
                            (rest == "[]" ? "]" : "," + rest.substr(1)));
    }
}

void Session::take(const Rpc &rpc) {
    note(rpc);
    if (rpc.kind == Rpc::Notification) return;
    const std::string said = host_ ? host_(rpc) : "\"result\":null";
    tells_from_ = last_id_ + 1; // while it waited it was free to answer what came before
    write("{\"jsonrpc\":\"2.0\"," + said + ",\"id\":" + std::to_string(rpc.id) + "}\n");
}

// Whether it is the answer to id.
bool Session::take_answer(const Rpc &rpc, int64_t id) {
    if (id && rpc.id == id) {
        open_.erase(id);
        done_.insert(id);
        return true;
    }
    if (probes_.erase(rpc.id)) {
        done_.insert(rpc.id);
        if (id && rpc.id > id && rpc.id >= tells_from_)
            throw Wrong("it did not answer, and answered the request after" +
                        (broken.size() == broken_before_
                             ? ""
                             : "; it sent what cannot be read: " + broken.back()));
        return false;
    }
    if (rpc.id == 0 || done_.contains(rpc.id)) {
        if (rpc.id)
            answered_twice.push_back(rpc.id);
        else
            to_null.push_back("an error to id null: " + shown(rpc.text));
        return false;
    }
    if (open_.contains(rpc.id))
        throw Wrong("it answered an outer call, id " + std::to_string(rpc.id) +
                    ", before the inner one, id " + std::to_string(id));
    throw Wrong("it answered with id " + std::to_string(rpc.id) + (id ? ", not " : "") +
                (id ? std::to_string(id) : ", which was not asked"));
}

// One message at most. The answer to id, if it was that.
std::optional<Rpc> Session::step(Deadline until, int64_t id, const std::string &during) {
    std::optional<Rpc> rpc = next(until);
    if (rpc && rpc->is_answer()) {
        if (take_answer(*rpc, id)) return rpc;
    } else if (rpc) {
        take(*rpc);
    } else if (child_.at_end()) {
        gone(during);
    }
    return std::nullopt;
}

void Session::probe() {
    const int64_t asked = request("$/still-there", "");
    open_.erase(asked);
    probes_.insert(asked);
}

Rpc Session::answer(int64_t id) {
    const Deadline until = deadline();
    const size_t broken_before = broken.size();
    Deadline probe_at = now() + patience;
    while (now() < until) {
        const int64_t told_from = tells_from_;
        std::optional<Rpc> rpc = step(std::min(probe_at, until), id, "before it answered");
        if (rpc) return std::move(*rpc);
        if (tells_from_ != told_from) probe_at = now() + patience;
        const size_t unreadable = broken.size() - broken_before;
        if (unreadable > 1) throw Wrong("what it sent cannot be read: " + broken.back());
        if (probe_at == until || (!unreadable && now() < probe_at)) continue;
        probe_at = until;
        probe();
    }
    throw Wrong("no answer within " + seconds(limit_) +
                (broken.size() > broken_before ? ": " + broken.back() : ""));
}

std::optional<Rpc> Session::answer_within(int64_t id, std::chrono::milliseconds time) {
    const Deadline until = now() + time;
    while (now() < until)
        if (std::optional<Rpc> rpc = step(until, id, "before it answered")) return rpc;
    return std::nullopt;
}

Rpc Session::call(std::string_view method, const std::string &params) {
    return answer(request(method, params));
}

Rpc Session::result(std::string_view method, const std::string &params) {
    Rpc rpc = call(method, params);
    if (rpc.kind == Rpc::Result) return rpc;
    if (rpc.code == FK_CODE_METHOD_NOT_FOUND)
        throw NotTried("it offers no method '" + std::string(method) + "'");
    throw Wrong("'" + std::string(method) + "' was answered with the error " +
                std::to_string(rpc.code) + ": " + shown(rpc.text));
}

Rpc Session::error(std::string_view method, const std::string &params) {
    Rpc rpc = call(method, params);
    if (rpc.kind == Rpc::Result)
        throw Wrong("'" + std::string(method) + "' was answered with the result " +
                    shown(json_of(rpc.value)) + " in place of an error");
    if (rpc.code == FK_CODE_METHOD_NOT_FOUND)
        throw NotTried("it offers no method '" + std::string(method) + "'");
    return rpc;
}

std::optional<Rpc> Session::serve_until(const std::function<bool()> &done, const std::string &what,
                                        int64_t id) {
    const Deadline until = deadline();
    while (!done()) {
        if (now() >= until) throw Wrong("not within " + seconds(limit_) + ": " + what);
        if (std::optional<Rpc> rpc = step(until, id, "before " + what)) return rpc;
    }
    return std::nullopt;
}

} // namespace cli::protocol
