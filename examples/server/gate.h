// SPDX-License-Identifier: MIT
// Who may use the page for operators: whoever shows the token, or the cookie of a session that began
// with it; and only the page itself, not another one in the same browser.
#pragma once

#include "addresses.h"
#include "http.h"

namespace server {

class Gate {
  public:
    // names: by which browsers may reach the page, besides IP addresses and localhost.
    Gate(std::string token, std::vector<std::string> names, uint16_t port);

    // Why the request cannot come from the page or a program of an operator, "" if it can: a foreign
    // Host (DNS rebinding), a foreign Origin (another page).
    std::string problem_of(const HttpRequest &request) const;

    enum class Entry { Open, Wrong, Later }; // Later: too many wrong tokens from there
    Entry try_token(const std::string &token, const HttpRequest &from);
    Entry check(const HttpRequest &request); // by cookie, or "Authorization: Bearer TOKEN"

    bool is_in(const HttpRequest &request); // the same for a request that is being answered

    std::string begin_session(); // the header Set-Cookie
    std::string end_session(const HttpRequest &request);

  private:
    using Clock = std::chrono::steady_clock;
    std::string cookie_of(const HttpRequest &request) const;
    std::string cookie(const std::string &value, const char *more) const;
    bool is_known(const std::string &session);

    const std::string token_;
    const std::vector<std::string> names_;
    const std::string cookie_;                          // its name
    std::map<std::string, Clock::time_point> sessions_; // last used
    Allowances wrong_, wrong_of_all_;
};

} // namespace server
