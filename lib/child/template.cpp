// SPDX-License-Identifier: MIT
#include "template.h"

#include "descriptors.h"
#include "file_watch.h"
#include "template_protocol.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fk {
namespace {

constexpr int highest_descriptor = 256; // that is looked for

// While a script loads, the end of the parent comes as a signal: no thread is needed for it.
int lifeline = -1;

void end_with_parent(int) {
    const int error = errno;
    pollfd end{lifeline, 0, 0}; // POLLHUP comes unasked
    if (::poll(&end, 1, 0) > 0) ::_exit(0);
    errno = error;
}

bool watch_by_signal(int socket) noexcept {
    lifeline = socket;
    struct sigaction action {};
    action.sa_handler = end_with_parent;
    action.sa_flags = SA_RESTART;
    return ::sigaction(SIGIO, &action, nullptr) == 0 && ::fcntl(socket, F_SETOWN, ::getpid()) == 0 &&
           ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_ASYNC) == 0;
}

void stop_watching(int socket) noexcept {
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_ASYNC);
    ::signal(SIGIO, SIG_DFL);
}

int open_descriptors() noexcept {
    int count = 0;
    for (int fd = 0; fd < highest_descriptor; fd++) count += ::fcntl(fd, F_GETFD) >= 0;
    return count;
}

// glibc keeps the thread's id; fork() would renew it. nullptr: not kept where it can be found.
int *kept_thread_id() noexcept {
    int *address = nullptr;
    if (::prctl(PR_GET_TID_ADDRESS, &address) != 0 || !address) return nullptr;
    return *address == static_cast<int>(::syscall(SYS_gettid)) ? address : nullptr;
}

// A copy of this process as a child of the parent's own, who then reaps it.
pid_t clone_as_sibling() noexcept {
    int *const thread_id = kept_thread_id();
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone, static_cast<unsigned long>(CLONE_PARENT), 0ul, 0ul, 0ul, 0ul));
    if (pid == 0 && thread_id) *thread_id = static_cast<int>(::syscall(SYS_gettid));
    return pid;
}

} // namespace

bool Template::prepare() noexcept {
    control_ = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (control_ < 0 || null < 0 || ::dup2(null, 0) != 0) return false;
    if (null > 2) ::close(null);
    ::prctl(PR_SET_NAME, "fkvm-template");
    if (!watch_by_signal(control_)) return false;
    end_with_parent(SIGIO); // it may have ended before
    open_before_ = open_descriptors();
    return true;
}

ProtocolStreams Template::copy_when_asked(const fk_value &looked_at) {
    static FileWatch &files = *new FileWatch(looked_at); // never destroyed: a copy's pages are to stay the template's
    stop_watching(control_);
    if (open_descriptors() != open_before_) give_up(); // all copies would share its position
    for (bool is_first = true;; is_first = false) { // the first one is what this was loaded for
        int streams[3];
        const int error = wait_for_request(streams);
        if (error) {
            answer(error);
            continue;
        }
        const pid_t pid = clone_as_sibling();
        if (pid == 0) {
            become_copy(streams);
            files.leave();
            return {streams[0], streams[1]};
        }
        const int problem = errno;
        for (const int fd : streams) ::close(fd);
        const bool is_outdated = !is_first && !files.is_unchanged(); // while the copy gets ready
        answer(pid < 0 ? problem : is_outdated ? template_outdated : 0);
        if (is_outdated) ::_exit(0);
        files.renew(); // while nobody waits
    }
}

// 0 or an errno; does not return when nobody asks any more.
int Template::wait_for_request(int streams[3]) noexcept {
    pollfd ready{control_, POLLIN, 0};
    int n;
    do n = ::poll(&ready, 1, idle_ms_);
    while (n < 0 && errno == EINTR);
    TemplateRequest request;
    const int got = n > 0 ? receive_message(control_, &request, sizeof request, streams, 3, nullptr) : 0;
    if (got == 0) ::_exit(0);
    return got < 0 ? errno : 0;
}

void Template::answer(int error) noexcept {
    const TemplateAnswer answer{error};
    if (!send_message(control_, &answer, sizeof answer, nullptr, 0)) ::_exit(1); // nobody is there
}

void Template::become_copy(const int streams[3]) noexcept {
    ::prctl(PR_SET_NAME, "fkvm-host");
    const bool good = ::dup2(streams[2], 1) == 1 && ::dup2(streams[2], 2) == 2 &&
                      ::fcntl(streams[1], F_SETFL, O_NONBLOCK | O_WRONLY) == 0;
    answer(good ? 0 : errno);
    if (!good) ::_exit(1);
    ::close(streams[2]);
    ::close(control_);
}

void Template::give_up() noexcept {
    answer(template_useless);
    ::_exit(0);
}

} // namespace fk
