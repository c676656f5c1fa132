// SPDX-License-Identifier: MIT
// Bytes of a child, and its life.
#include "child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace cli::protocol {

namespace {

constexpr size_t most_errors = 2000;

struct Pipe {
    int read_end = -1, write_end = -1;
    Pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(strerror(errno));
        read_end = ends[0];
        write_end = ends[1];
    }
};

void not_blocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

// What the library lets through of ours.
bool passes(std::string_view name) {
    for (const char *allowed :
         {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "LOGNAME",
          "FK_DISABLED_PACKS", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
        if (name == allowed) return true;
    return name.starts_with("LC_") || name.starts_with("LUA_PATH") || name.starts_with("LUA_CPATH");
}

// As the library would make it (docs/environment.md).
std::vector<std::string> environment(const std::map<std::string, std::string> &settings) {
    std::map<std::string, std::string> said = {
        {"FK_VM_OPEN_TIMEOUT", "30000"},     {"FK_VM_CALL_TIMEOUT", "15000"},
        {"FK_VM_CLOSE_TIMEOUT", "500"},      {"FK_VM_MEMORY_LIMIT", "1073741824"},
        {"FK_VM_MAX_MESSAGE", "67108864"},   {"FK_VM_MAX_VALUES", "1000000"},
        {"FK_VM_MAX_HOST_CALLS", "1000000"}, {"FK_VM_SANDBOX", "0"}};
    for (const auto &[name, value] : settings) said[name] = value;
    std::vector<std::string> result;
    for (char **entry = environ; *entry; entry++)
        if (passes({*entry, std::strcspn(*entry, "=")})) result.emplace_back(*entry);
    for (const auto &[name, value] : said) result.push_back(name + "=" + value);
    return result;
}

std::vector<char *> pointers(std::vector<std::string> &texts) {
    std::vector<char *> list;
    for (std::string &text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

int ms_until(Deadline until) {
    const auto left = until - now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::clamp<long long>(ms, 0, 1'000'000));
}

} // namespace

Child::Child(const Launch &launch) {
    const Pipe in, out, err;
    start(launch, in.read_end, out.write_end, err.write_end);
    for (const int theirs : {in.read_end, out.write_end, err.write_end}) close(theirs);
    in_ = in.write_end;
    out_ = out.read_end;
    err_ = err.read_end;
    for (const int ours : {in_, out_, err_}) not_blocking(ours);
    pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
}

void Child::start(const Launch &launch, int in, int out, int err) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const auto &[ours, theirs] : {std::pair{in, 0}, {out, 1}, {err, 2}})
        posix_spawn_file_actions_adddup2(&files, ours, theirs);
    posix_spawn_file_actions_addchdir_np(&files, launch.directory.c_str());
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&how, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&how, &signals);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                       POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> words = launch.words, said = environment(launch.settings);
    const int error = posix_spawnp(&pid_, words[0].c_str(), &files, &how, pointers(words).data(),
                                   pointers(said).data());
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error == 0) return;
    pid_ = -1;
    throw std::runtime_error("cannot start '" + words[0] + "' in " + launch.directory + ": " +
                             strerror(error));
}

Child::~Child() {
    if (pid_ > 0 && !status_) {
        kill(-pid_, SIGKILL);
        kill(pid_, SIGKILL);
        int status;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    for (const int fd : {pidfd_, in_, out_, err_})
        if (fd >= 0) close(fd);
}

bool Child::reap() {
    int status;
    if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    return status_.has_value();
}

// Moves what can be moved, after waiting for the first of it.
void Child::pump(Deadline until, bool until_ended) {
    pollfd ready[] = {{to_write_.empty() ? -1 : in_, POLLOUT, 0},
                      {at_end_ ? -1 : out_, POLLIN, 0},
                      {err_, POLLIN, 0},
                      {until_ended ? pidfd_ : -1, POLLIN, 0}};
    if (poll(ready, 4, ms_until(until)) <= 0) return;
    if (ready[0].revents) {
        const ssize_t n = ::write(in_, to_write_.data() + written_, to_write_.size() - written_);
        if (n > 0)
            written_ += static_cast<size_t>(n);
        else if (errno != EAGAIN && errno != EINTR)
            close_input(); // it reads no more
    }
    if (written_ == to_write_.size()) {
        to_write_.clear();
        written_ = 0;
    }
    if (ready[1].revents) take_output();
    if (ready[2].revents) take_errors();
    if (ready[3].revents) reap();
}

void Child::take_output() {
    char bytes[65536];
    const ssize_t n = read(out_, bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        at_end_ = true;
        return;
    }
    received_.append(bytes, static_cast<size_t>(n));
    if (const size_t end = std::string_view(bytes, static_cast<size_t>(n)).rfind('\n');
        end != std::string_view::npos)
        lines_end_ = received_.size() - static_cast<size_t>(n) + end + 1;
}

// Whether there was any.
bool Child::take_errors() {
    char bytes[4096];
    const ssize_t n = read(err_, bytes, sizeof bytes);
    if (n > 0) {
        errors_.append(bytes, static_cast<size_t>(n));
        if (errors_.size() > most_errors) errors_.erase(0, errors_.size() - most_errors);
        return true;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(err_);
        err_ = -1;
    }
    return false;
}

std::string Child::last_words() {
    while (err_ >= 0 && take_errors()) {
    }
    return errors_;
}

bool Child::write(std::string_view text, Deadline until) {
    to_write_ += text;
    while (in_ >= 0 && !to_write_.empty() && now() < until) pump(until, false);
    return to_write_.empty();
}

std::optional<std::string> Child::line(Deadline until) {
    while (lines_end_ == 0 && !at_end_) {
        pump(until, false);
        if (lines_end_ == 0 && now() >= until) return std::nullopt;
    }
    if (lines_end_ == 0) return std::nullopt;
    const size_t size = received_.find('\n');
    std::string line = received_.substr(0, size);
    received_.erase(0, size + 1);
    lines_end_ -= size + 1;
    return line;
}

void Child::close_input() {
    if (in_ >= 0) close(in_);
    in_ = -1;
}

bool Child::ended(Deadline until) {
    while (!reap() && now() < until) pump(until, true);
    return reap();
}

std::string Child::fate() {
    ended(now() + std::chrono::milliseconds(at_end_ ? 500 : 0));
    if (!status_) return at_end_ ? "closed its standard output" : "still runs";
    if (WIFEXITED(*status_)) return "exited with code " + std::to_string(WEXITSTATUS(*status_));
    return "was killed by signal " + std::to_string(WTERMSIG(*status_));
}

} // namespace cli::protocol
