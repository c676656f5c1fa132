// SPDX-License-Identifier: MIT
// Ctrl-C: the handler writes to a pipe, and a thread that reads it interrupts the VM.
#include "interrupts.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace cli {

namespace {

int write_end = -1;
std::atomic<bool> *asked_flag;

void on_signal(int) {
    const int saved = errno;
    if (asked_flag->exchange(true)) {
        signal(SIGINT, SIG_DFL);
        raise(SIGINT);
    }
    [[maybe_unused]] const ssize_t written = write(write_end, "i", 1);
    errno = saved;
}

} // namespace

Interrupts::Interrupts(fk_vm *vm) {
    if (pipe2(pipe_, O_CLOEXEC) != 0) {
        pipe_[0] = pipe_[1] = -1;
        return;
    }
    write_end = pipe_[1];
    asked_flag = &asked_;
    thread_ = std::thread([this, vm] { watch(vm); });
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART; // a line that is being typed goes on
    sigaction(SIGINT, &action, nullptr);
}

Interrupts::~Interrupts() {
    if (pipe_[0] < 0) return;
    signal(SIGINT, SIG_DFL);
    [[maybe_unused]] const ssize_t written = write(pipe_[1], "e", 1);
    thread_.join();
    close(pipe_[0]);
    close(pipe_[1]);
}

void Interrupts::watch(fk_vm *vm) {
    char word;
    while (read(pipe_[0], &word, 1) == 1 && word != 'e') fk_vm_interrupt(vm);
}

} // namespace cli
