// SPDX-License-Identifier: MIT
// Who may use the page for operators.
#include "gate.h"

#include "log.h"
#include "token.h"

#include <algorithm>

namespace server {

namespace {

constexpr std::chrono::hours session_time{12}; // without use
constexpr size_t most_sessions = 64;
constexpr unsigned wrong_a_minute = 10, wrong_of_all_a_minute = 100;

// Without the port, and without the brackets of IPv6.
std::string name_in(const std::string &host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.rfind(':'));
}

// A page of a stranger may give its own name any address, but it cannot have an address as its name.
bool is_address(const std::string &name) {
    boost::system::error_code failed;
    boost::asio::ip::make_address(name, failed);
    return !failed;
}

std::string host_in(const std::string &origin) {
    const size_t at = origin.find("://");
    return at == std::string::npos ? "" : origin.substr(at + 3);
}

} // namespace

Gate::Gate(std::string token, std::vector<std::string> names, uint16_t port)
    : token_(std::move(token)), names_(std::move(names)),
      cookie_("fk-server-" + std::to_string(port)), wrong_(wrong_a_minute, std::chrono::minutes(1)),
      wrong_of_all_(wrong_of_all_a_minute, std::chrono::minutes(1)) {}

std::string Gate::problem_of(const HttpRequest &request) const {
    const std::string host = request.header("host"), name = name_in(host);
    if (request.headers.count("host") != 1 || (!is_address(name) && name != "localhost" &&
                                               std::ranges::find(names_, name) == names_.end()))
        return "this server does not go by the name of the header Host. If it should, start it "
               "with --web-name NAME";
    const std::string origin = request.header("origin"), site = request.header("sec-fetch-site");
    if (!origin.empty() && host_in(origin) != host) return "that comes from another page (Origin)";
    const bool asks = request.path != "/"; // others may have a link to the page
    if (asks && (site == "cross-site" || site == "same-site"))
        return "that comes from another page (Sec-Fetch-Site)";
    const bool by_token = !request.header("authorization").empty();
    if (request.method == "POST" && origin.empty() && !by_token)
        return "a POST needs the header Origin, or the token";
    return "";
}

Gate::Entry Gate::try_token(const std::string &token, const HttpRequest &from) {
    if (wrong_.is_used_up(from.network) || wrong_of_all_.is_used_up("")) return Entry::Later;
    if (same_secret(token, token_)) return Entry::Open;
    wrong_.admit(from.network);
    wrong_of_all_.admit("");
    log_event(Level::Warning, "wrong_token", {{"from", from.address}});
    return Entry::Wrong;
}

Gate::Entry Gate::check(const HttpRequest &request) {
    if (is_known(cookie_of(request))) return Entry::Open;
    const std::string header = request.header("authorization");
    if (!header.starts_with("Bearer ")) return Entry::Wrong;
    return try_token(header.substr(7), request);
}

bool Gate::is_in(const HttpRequest &request) {
    return is_known(cookie_of(request)) ||
           same_secret(request.header("authorization"), "Bearer " + token_);
}

std::string Gate::cookie_of(const HttpRequest &request) const {
    const std::string cookies = "; " + request.header("cookie"), wanted = "; " + cookie_ + "=";
    const size_t at = cookies.find(wanted);
    if (at == std::string::npos) return "";
    const size_t begin = at + wanted.size();
    return cookies.substr(begin, cookies.find(';', begin) - begin);
}

// Secrets of 256 bits: how long it takes to find none of them tells nothing.
bool Gate::is_known(const std::string &session) {
    const auto now = Clock::now();
    std::erase_if(sessions_, [&](const auto &one) { return now - one.second > session_time; });
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return false;
    found->second = now;
    return true;
}

std::string Gate::begin_session() {
    if (sessions_.size() >= most_sessions)
        sessions_.erase(std::ranges::min_element(
            sessions_, {}, [](const auto &session) { return session.second; }));
    const std::string session = new_secret();
    sessions_[session] = Clock::now();
    return cookie(session, "");
}

std::string Gate::end_session(const HttpRequest &request) {
    sessions_.erase(cookie_of(request));
    return cookie("", "; Max-Age=0");
}

std::string Gate::cookie(const std::string &value, const char *more) const {
    return cookie_ + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + more;
}

} // namespace server
