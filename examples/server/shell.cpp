// SPDX-License-Identifier: MIT
// The admin shell, which asks the server's thread and waits for its answers.
#include "shell.h"

#include "admin.h"
#include "log.h"

#include <cstdio>
#include <future>

namespace server {

namespace {

constexpr std::chrono::milliseconds patience{10'000}, slice{50}; // of waiting for an answer

} // namespace

Shell::Shell(Server &server)
    : server_(server),
      input_("fk-server", [this](const std::string &line) { return complete(line); }),
      thread_([this] { read_lines(); }) {}

Shell::~Shell() {
    stopping_ = true;
    input_.stop();
    thread_.join();
}

void Shell::read_lines() {
    if (input_.interactive()) log_over_line([this] { input_.redraw(); });
    read_to_the_end();
    log_over_line({});
}

void Shell::read_to_the_end() {
    while (const auto line = input_.next("fk-server> ")) {
        if (line->interrupted) return server_.stop("Ctrl-C in the admin shell");
        run(line->text);
        if (!input_.interactive()) puts(""); // ends the answer, for programs
        fflush(stdout);
    }
}

// What question answers, on whatever thread; otherwise if that takes too long or the shell is to
// stop.
template <class Result, class Question>
Result Shell::ask(Question question, Result otherwise) {
    auto promise = std::make_shared<std::promise<Result>>();
    std::future<Result> future = promise->get_future();
    server_.post([question, promise] {
        question([promise](const Result &result) { promise->set_value(result); });
    });
    for (auto waited = slice; waited <= patience && !stopping_; waited += slice)
        if (future.wait_for(slice) == std::future_status::ready) return future.get();
    return otherwise;
}

void Shell::run(const std::string &line) {
    const std::string text = ask<std::string>(
        [&server = server_, line](const Answer &answer) { run_command(server, line, answer); },
        "no answer within 10 s\n");
    fputs(text.c_str(), stdout);
}

std::vector<std::string> Shell::complete(const std::string &line) {
    return ask<std::vector<std::string>>(
        [&server = server_, line](const auto &answer) { answer(completions(server, line)); }, {});
}

} // namespace server
