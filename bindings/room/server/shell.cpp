// SPDX-License-Identifier: MIT
// The admin shell, with libedit on a terminal.
#include "shell.h"

#include "admin.h"
#include "term.h"

#include <histedit.h>

#include <cerrno>
#include <cstdio>
#include <cwchar>
#include <future>
#include <poll.h>
#include <unistd.h>

namespace server {

namespace {

constexpr std::chrono::milliseconds patience{10'000}, slice{50}; // of waiting for an answer
constexpr int remembered = 500;                                  // lines

struct CloseEditor {
    void operator()(EditLine *editor) const { el_end(editor); }
};
struct CloseHistory {
    void operator()(History *history) const { history_end(history); }
};

char *show_prompt(EditLine *) {
    static char prompt[] = "fk-server> ";
    return prompt;
}

Shell &shell_of(EditLine *editor) {
    void *shell = nullptr;
    el_get(editor, EL_CLIENTDATA, &shell);
    return *static_cast<Shell *>(shell);
}

int read_character(EditLine *editor, wchar_t *character) {
    mbstate_t state{};
    for (;;) {
        char byte;
        const int got = shell_of(editor).read_byte(byte);
        if (got <= 0) return got;
        const size_t size = mbrtowc(character, &byte, 1, &state);
        if (size == size_t(-1))
            state = {};
        else if (size != size_t(-2))
            return 1;
    }
}

size_t common_length(const std::vector<std::string> &words) {
    size_t length = words[0].size();
    for (const std::string &word : words)
        while (word.compare(0, length, words[0], 0, length) != 0) length--;
    return length;
}

// The tab key: what all completions have in common, or the list of them.
unsigned char complete_line(EditLine *editor, int) {
    const LineInfo *info = el_line(editor);
    const std::string line(info->buffer, info->cursor);
    const std::vector<std::string> words = shell_of(editor).complete(line);
    if (words.empty()) return CC_REFRESH_BEEP;
    const size_t begun = line.size() - (line.find_last_of(' ') + 1);
    std::string more = words[0].substr(begun, common_length(words) - begun);
    if (words.size() == 1) more += ' ';
    if (!more.empty()) return el_insertstr(editor, more.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    putchar('\n');
    for (const std::string &word : words) printf("%s  ", word.c_str());
    putchar('\n');
    return CC_REDISPLAY;
}

} // namespace

Shell::Shell(Server &server) : server_(server) {
    if (pipe(stop_) != 0) throw std::runtime_error("no pipe for the admin shell is to be had");
    thread_ = std::thread([this] { cli::is_terminal(stdin) ? edit_lines() : read_lines(); });
}

Shell::~Shell() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
}

int Shell::read_byte(char &byte) {
    pollfd files[] = {{STDIN_FILENO, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    fflush(stdout);
    while (poll(files, 2, -1) < 0)
        if (errno != EINTR) return -1;
    if (files[1].revents) return -1;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    return got < 0 ? -1 : int(got);
}

void Shell::edit_lines() {
    const std::unique_ptr<EditLine, CloseEditor> editor(
        el_init("fk-server", stdin, stdout, stderr));
    const std::unique_ptr<History, CloseHistory> history(history_init());
    if (!editor || !history) return read_lines();
    HistEvent event;
    ::history(history.get(), &event, H_SETSIZE, remembered);
    el_set(editor.get(), EL_CLIENTDATA, this);
    el_set(editor.get(), EL_HIST, ::history, history.get());
    el_set(editor.get(), EL_PROMPT, show_prompt);
    el_set(editor.get(), EL_EDITOR, "emacs");
    el_set(editor.get(), EL_GETCFN, read_character);
    el_set(editor.get(), EL_ADDFN, "complete", "Complete the word", complete_line);
    el_set(editor.get(), EL_BIND, "^I", "complete", nullptr);
    int size = 0;
    while (const char *line = el_gets(editor.get(), &size)) {
        if (size > 1) ::history(history.get(), &event, H_ENTER, line);
        run(line);
    }
}

void Shell::read_lines() {
    std::string line;
    char byte;
    while (read_byte(byte) > 0) {
        if (byte != '\n') {
            line += byte;
            continue;
        }
        run(line);
        puts(""); // ends the answer, for programs
        line.clear();
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
    for (auto waited = slice; waited <= patience; waited += slice) {
        if (future.wait_for(slice) == std::future_status::ready) return future.get();
        pollfd stop{stop_[0], POLLIN, 0};
        if (poll(&stop, 1, 0) > 0) break;
    }
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
