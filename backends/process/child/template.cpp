// SPDX-License-Identifier: MIT
#include "template.h"

#include "base/descriptors.h"
#include "file_watch.h"
#include "parent.h"
#include "process/template_protocol.h"

#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr int highest_descriptor = 256; // that is looked for

bool is_hung_up(int socket) noexcept {
    pollfd end{socket, 0, 0}; // POLLHUP comes unasked
    return ::poll(&end, 1, 0) > 0;
}

int open_descriptors() noexcept {
    int count = 0;
    for (int fd = 0; fd < highest_descriptor; fd++) count += ::fcntl(fd, F_GETFD) >= 0;
    return count;
}

// The C library keeps the thread's id, which fork() would renew; pthread_kill() goes by it.
// nullptr: not kept where it can be found.
#if defined(__GLIBC__)
int *kept_thread_id(int id) noexcept {
    int *address[2] = {}; // a kernel of 64 bits writes as many, also for a program of 32
    if (::prctl(PR_GET_TID_ADDRESS, &address[0]) != 0 || !address[0]) return nullptr;
    return *address[0] == id ? address[0] : nullptr;
}
#else // musl tells the kernel another address
int *kept_thread_id(int id) noexcept {
    constexpr int looked_at = 32; // of what pthread_self() points to: behind a few pointers
    auto *words = reinterpret_cast<int *>(::pthread_self());
    for (int i = 0; i < looked_at; i++)
        if (words[i] == id) return &words[i];
    return nullptr;
}
#endif

int thread_id() noexcept { return static_cast<int>(::syscall(SYS_gettid)); }

// A copy of this process as a child of the parent's own, who then reaps it.
pid_t clone_as_sibling() noexcept {
    int *const kept = kept_thread_id(thread_id());
    const auto pid = static_cast<pid_t>(
        ::syscall(SYS_clone, static_cast<unsigned long>(CLONE_PARENT), 0ul, 0ul, 0ul, 0ul));
    if (pid == 0 && kept) *kept = thread_id();
    return pid;
}

} // namespace

bool Template::prepare() noexcept {
    control_ = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (control_ < 0 || null < 0 || ::dup2(null, 0) != 0) return false;
    if (null > 2) ::close(null);
    ::prctl(PR_SET_NAME, "fkvm-template");
    if (!end_with_parent() || is_hung_up(control_)) ::_exit(0); // it may have ended before
    open_before_ = open_descriptors();
    return true;
}

ProtocolStreams Template::copy_when_asked(const fk_value &looked_at) {
    static FileWatch &files =
        *new FileWatch(looked_at); // never destroyed: a copy's pages are to stay the template's
    if (open_descriptors() != open_before_) give_up(); // all copies would share its position
    files.renew(); // takes a while, as loading did: the second copy is not to wait for it
    for (;;) {
        int streams[3];
        if (const int error = wait_for_request(streams)) {
            answer(error);
        } else if (streams[0] < 0) {
            vouch(files);
        } else if (const pid_t pid = clone_as_sibling(); pid != 0) {
            if (pid < 0) answer(errno);
            for (const int fd : streams) ::close(fd);
            files.renew(); // while nobody waits
        } else {
            become_copy(streams);
            files.leave();
            return {streams[0], streams[1]};
        }
    }
}

void Template::vouch(FileWatch &files) {
    const bool is_good = files.is_unchanged();
    answer(is_good ? 0 : template_outdated);
    if (!is_good) ::_exit(0);
}

TemplateGo Template::wait_for_go(int in) const noexcept {
    constexpr int longer_ms = 1000; // than the template, which is asked at the same time
    pollfd ready{in, POLLIN, 0};
    int n;
    do n = ::poll(&ready, 1, idle_ms_ > INT_MAX - longer_ms ? -1 : idle_ms_ + longer_ms);
    while (n < 0 && errno == EINTR);
    TemplateGo go;
    if (n <= 0 || ::read(in, &go, sizeof go) != sizeof go) ::_exit(0);
    ::prctl(PR_SET_NAME, "fkvm-host");
    return go;
}

// 0 or an errno; does not return when nobody asks any more.
int Template::wait_for_request(int streams[3]) noexcept {
    pollfd ready{control_, POLLIN, 0};
    int n;
    do n = ::poll(&ready, 1, idle_ms_);
    while (n < 0 && errno == EINTR);
    TemplateRequest request;
    const int got =
        n > 0 ? receive_message(control_, &request, sizeof request, streams, 3, nullptr) : 0;
    if (got == 0) ::_exit(0);
    return got < 0 ? errno : 0;
}

void Template::answer(int error) noexcept {
    const TemplateAnswer answer{error};
    if (!send_message(control_, &answer, sizeof answer, nullptr, 0)) ::_exit(1); // nobody is there
}

void Template::become_copy(const int streams[3]) noexcept {
    ::prctl(PR_SET_NAME, "fkvm-spare");
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

} // namespace fkvm
