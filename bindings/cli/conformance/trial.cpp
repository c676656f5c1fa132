// SPDX-License-Identifier: MIT
// The conversation that rows share, and those of their own.
#include "rows.h"

namespace cli::protocol {

Session &Trial::session() {
    if (!session_) session_ = fresh();
    return *session_;
}

std::unique_ptr<Session> Trial::fresh(const std::map<std::string, std::string> &settings,
                                      Session::HostMethod host) {
    Launch launch = launch_;
    launch.settings.insert(settings.begin(), settings.end());
    auto session = std::make_unique<Session>(launch, limit_, broken_);
    session->set_host(std::move(host));
    hello_ = session->greet();
    return session;
}

// The next row begins with a child that knows nothing of this one.
void Trial::drop() { session_.reset(); }

void Trial::need_interrupt() const {
    if (!hello_.interrupt)
        throw NotTried("its hello has no \"interrupt\":true: it is killed where a call has to end");
}

} // namespace cli::protocol
