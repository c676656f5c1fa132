// SPDX-License-Identifier: MIT
// The page for operators: which request gets what.
#include "web.h"

#include "admin.h"
#include "log.h"
#include "token.h"
#include "view.h"
#include "web_files.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace server {

namespace {

constexpr std::chrono::milliseconds beat{1000}, haste{100};
constexpr size_t kept_records = 500;

// Scripts, styles and data come from here alone; nobody shows the page inside another one.
const HttpHeaders guards = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"}};

HttpResponse guarded(HttpResponse response) {
    response.headers.insert(response.headers.end(), guards.begin(), guards.end());
    return response;
}

void send(const std::shared_ptr<HttpAnswer> &answer, HttpResponse response) {
    answer->send(guarded(std::move(response)));
}

HttpResponse in_json(std::string body) { return {200, std::move(body), "application/json"}; }

const WebFile *find_file(std::string_view path) {
    const auto end = web_files + web_files_count;
    const auto found =
        std::find_if(web_files, end, [&](const auto &file) { return file.path == path; });
    return found == end ? nullptr : found;
}

HttpResponse file(std::string_view path, int status = 200) {
    const WebFile &found = *find_file(path);
    return {status, std::string(found.content), std::string(found.type)};
}

HttpResponse login_page(int status, std::string_view problem) {
    constexpr std::string_view place = "PROBLEM";
    HttpResponse page = file("/login.html", status);
    page.body.replace(page.body.find(place), place.size(), problem);
    return page;
}

// The field of a form: letters, digits and signs, some of them as %2B.
std::string decoded(std::string_view text) {
    const auto digit = [](char c) { return std::string_view("0123456789abcdef").find(c | 0x20); };
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) < 16 &&
                            digit(text[i + 2]) < 16;
        if (escape) {
            out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

HttpLimits limits() {
    HttpLimits limits;
    limits.body = 4096;
    limits.connections = 64;
    limits.keep_alive = true;
    limits.time = std::chrono::seconds(10);
    return limits;
}

std::string token_for(const WebOptions &options) {
    return options.token_file.empty() ? new_secret() : token_in(options.token_file);
}

} // namespace

Web::Web(Server &server, boost::asio::io_context &io, const WebOptions &options)
    : server_(server), token_(token_for(options)),
      http_(io, options.place, "--web", limits(),
            [this](const HttpRequest &request, const Answer &answer) { handle(request, answer); }),
      gate_(token_, options.names, http_.place().port()), timer_(io) {
    keep_log(kept_records);
}

void Web::start() {
    log_event(Level::Info, "web", {{"on", place()}});
    if (!http_.place().address().is_loopback())
        log_event(Level::Warning, "web_unencrypted",
                  {{"on", place()},
                   {"problem", "whoever reads the network can read the token: put a proxy with "
                               "TLS in front, or use an SSH tunnel to a loopback address"}});
    http_.start();
    tick();
}

void Web::close() {
    closed_ = true;
    timer_.cancel();
    http_.close();
    keep_log(0);
}

// ---- time -----------------------------------------------------------------------------------

void Web::tick() {
    if (closed_) return;
    soon_ = false;
    const Moment moment = look_at(server_);
    history_.add(point_of(moment));
    if (http_.streams() > 0) {
        state_ = state_of(moment);
        version_++;
        http_.stir();
    }
    wait(beat);
}

void Web::wait(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([this](boost::system::error_code failed) {
        if (!failed) tick();
    });
}

// Many changes at once are told once.
void Web::changed() {
    if (closed_ || http_.streams() == 0 || std::exchange(soon_, true)) return;
    wait(haste);
}

// ---- requests -------------------------------------------------------------------------------

void Web::handle(const HttpRequest &request, const Answer &answer) {
    if (const std::string problem = gate_.problem_of(request); !problem.empty())
        return send(answer, {403, problem + "\n"});
    if (request.method != "GET" && request.method != "POST")
        return send(answer, {405, "GET or POST\n"});
    if (answer_file(request, answer)) return;
    if (request.method == "POST" && request.path == "/login") return log_in(request, answer);
    const Gate::Entry entry = gate_.check(request);
    if (entry == Gate::Entry::Later)
        return send(answer, {429, "too many wrong tokens: try again in a minute\n"});
    if (entry == Gate::Entry::Wrong) {
        if (request.path == "/") return send(answer, login_page(401, ""));
        return send(answer, {401, "log in first\n"});
    }
    request.method == "GET" ? look(request, answer) : order(request, answer);
}

// What everybody may have.
bool Web::answer_file(const HttpRequest &request, const Answer &answer) {
    if (request.method != "GET" || request.path.ends_with(".html") || !find_file(request.path))
        return false;
    send(answer, file(request.path));
    return true;
}

void Web::log_in(const HttpRequest &request, const Answer &answer) {
    const std::string_view body = request.body;
    const std::string token = body.starts_with("token=") ? decoded(body.substr(6)) : "";
    switch (gate_.try_token(token, request)) {
    case Gate::Entry::Wrong:
        return send(answer, login_page(403, "That is not the token."));
    case Gate::Entry::Later:
        return send(answer, login_page(429, "Too many wrong tokens. Try again in a minute."));
    case Gate::Entry::Open:
        break;
    }
    log_event(Level::Info, "web_login", {{"from", request.address}});
    send(answer,
         {303, "", "text/plain", {{"Location", "/"}, {"Set-Cookie", gate_.begin_session()}}});
}

void Web::look(const HttpRequest &request, const Answer &answer) {
    constexpr std::string_view reports = "/api/report/";
    if (request.path == "/") return send(answer, file("/index.html"));
    if (request.path == "/api/events") return stream(request, answer);
    if (request.path == "/api/state") return send(answer, in_json(state_of(look_at(server_))));
    if (request.path == "/api/history") return send(answer, in_json(history_of(history_)));
    if (request.path.starts_with(reports)) {
        auto report = server_.deaths().reports().read(request.path.substr(reports.size()));
        if (report) return send(answer, in_json(std::move(*report)));
    }
    send(answer, {404, "there is nothing here\n"});
}

void Web::order(const HttpRequest &request, const Answer &answer) {
    if (request.path == "/logout")
        return send(answer, {303,
                             "",
                             "text/plain",
                             {{"Location", "/"}, {"Set-Cookie", gate_.end_session(request)}}});
    if (request.path != "/api/order") return send(answer, {404, "there is nothing here\n"});
    const std::string &line = request.body;
    const std::string name = line.substr(0, line.find(' '));
    const auto &all = commands();
    if (std::ranges::none_of(all, [&](const Command &c) { return c.on_page && name == c.name; }))
        return send(answer, {400, "the page has no such command\n"});
    log_event(Level::Info, "ordered", {{"from", request.address}, {"command", line}});
    run_command(server_, line, [this, answer](const std::string &text) {
        server_.post([this, answer, text] {
            send(answer, {200, text});
            changed();
        });
    });
}

// Until its session ends.
void Web::stream(const HttpRequest &request, const Answer &answer) {
    uint64_t version = 0, record = 0;
    answer->stream(guards, [=, this]() mutable -> std::optional<std::string> {
        if (!gate_.is_in(request)) return std::nullopt;
        if (version == version_) return "";
        version = version_;
        return "event: state\ndata: " + state_ + "\n\n" +
               "event: log\ndata: " + records_of(kept_log(record, kept_records), record) + "\n\n";
    });
    tick();
}

} // namespace server
