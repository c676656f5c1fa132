// SPDX-License-Identifier: MIT
#include "monitor/screen.h"

#include "term.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

namespace {

constexpr int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

std::atomic<Keyboard *> woken{nullptr};
std::atomic<int> end_signal{0};
std::atomic<bool> is_to_stop{false};

void on_screen_signal(int number) {
    const int saved = errno;
    if (number == SIGTSTP)
        is_to_stop = true;
    else if (number != SIGWINCH && number != SIGCONT)
        end_signal = number;
    if (Keyboard *keyboard = woken) keyboard->wake();
    errno = saved;
}

void handle(int number, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigaction(number, &action, nullptr);
}

void write_all(const std::string &text) {
    size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = write(STDOUT_FILENO, text.data() + done, text.size() - done);
        if (n < 0 && errno != EINTR) return;
        if (n > 0) done += size_t(n);
    }
}

} // namespace

Screen::Screen(Keyboard &keyboard) {
    end_signal = 0;
    woken = &keyboard;
    tcgetattr(STDIN_FILENO, &before_);
    for (const int number : ends) handle(number, on_screen_signal);
    for (const int number : {SIGTSTP, SIGCONT, SIGWINCH}) handle(number, on_screen_signal);
    take();
}

Screen::~Screen() {
    give_back();
    for (const int number : ends) handle(number, SIG_DFL);
    for (const int number : {SIGTSTP, SIGCONT, SIGWINCH}) handle(number, SIG_DFL);
    woken = nullptr;
}

void Screen::take() {
    termios raw = before_;
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO); // signals stay: Ctrl-C, Ctrl-Z
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    write_all("\x1b[?1049h\x1b[?25l\x1b[2J");
}

void Screen::give_back() {
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    write_all("\x1b[?25h\x1b[?1049l");
}

size_t Screen::width() const { return terminal_width(stdout); }
size_t Screen::height() const { return terminal_height(stdout); }

// In one piece, so that nobody sees half of it.
void Screen::draw(const std::vector<std::string> &lines) {
    std::string picture = "\x1b[H";
    for (size_t i = 0; i < lines.size() && i < height(); i++)
        picture += (i ? "\r\n" : "") + lines[i] + "\x1b[K";
    write_all(picture + "\x1b[J");
}

int Screen::obey_signals() {
    if (is_to_stop.exchange(false)) {
        give_back();
        handle(SIGTSTP, SIG_DFL);
        raise(SIGTSTP); // until somebody wakes it
        handle(SIGTSTP, on_screen_signal);
        tcgetattr(STDIN_FILENO, &before_);
        take();
    }
    return end_signal;
}

void Screen::end_by(int signal) {
    handle(signal, SIG_DFL);
    raise(signal);
}

} // namespace cli
