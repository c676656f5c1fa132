// SPDX-License-Identifier: MIT
#include "local_socket.h"

#include "base/files.h"
#include "base/paths.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#if !defined(__linux__)
extern "C" int getpeereid(int, uid_t *, gid_t *); // the BSDs and macOS
#endif

namespace fkvm {
namespace {

constexpr int most_waiting = 8;

void set_apart(int fd) noexcept { // neither inherited nor blocking
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

Fd new_socket() noexcept {
#ifdef SOCK_CLOEXEC
    Fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
#else
    Fd made(::socket(AF_UNIX, SOCK_STREAM, 0));
#endif
    Fd above = std::move(made).above_standard();
    if (above) set_apart(above.get());
    return above;
}

std::string with_reason(const std::string &what, int error) {
    return what + ": " + std::strerror(error);
}

bool fill(const std::string &path, sockaddr_un *address) noexcept {
    *address = {};
    address->sun_family = AF_UNIX;
    if (path.size() >= sizeof address->sun_path) return false;
    std::memcpy(address->sun_path, path.c_str(), path.size() + 1);
    return true;
}

const sockaddr *plain(const sockaddr_un &address) noexcept {
    return reinterpret_cast<const sockaddr *>(&address);
}

// Nobody listens at what stands there. Else *why has the sentence.
bool is_stale(const std::string &path, const sockaddr_un &address, std::string *why) {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0) return true; // it has gone meanwhile
    if (!S_ISSOCK(status.st_mode)) {
        *why = "there is a file already that is no socket: remove it, or give another path";
        return false;
    }
    const Fd probe = new_socket();
    if (probe && ::connect(probe.get(), plain(address), sizeof address) != 0 &&
        errno == ECONNREFUSED)
        return true;
    *why = "another process listens there: give each its own path";
    return false;
}

} // namespace

std::string LocalSocket::listen(const std::string &path) {
    close();
    const std::string problem = make(path);
    if (problem.empty()) return problem;
    close();
    return "cannot listen at the status socket '" + path + "': " + problem;
}

std::string LocalSocket::make(const std::string &path) {
    sockaddr_un address;
    if (!fill(path, &address))
        return "the path is longer than " + std::to_string(sizeof address.sun_path - 1) +
               " bytes, the most that a socket's may have";
    Fd made = new_socket();
    if (!made) return with_reason("no socket is to be had", errno);
    while (::bind(made.get(), plain(address), sizeof address) != 0) {
        std::string why;
        if (errno != EADDRINUSE) return std::strerror(errno);
        if (!is_stale(path, address, &why)) return why;
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            return with_reason("the socket of a process that is gone cannot be removed", errno);
    }
    path_ = path;
    file_ = absolute_path(current_folder(), path.c_str());
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0) {
        device_ = static_cast<uint64_t>(status.st_dev);
        inode_ = static_cast<uint64_t>(status.st_ino);
    }
    socket_ = std::move(made);
    // Nobody connects before listen().
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(fd(), most_waiting) != 0)
        return std::strerror(errno);
    return {};
}

void LocalSocket::remove_file() noexcept {
    struct stat status;
    const bool is_ours = !file_.empty() && ::lstat(file_.c_str(), &status) == 0 &&
                         static_cast<uint64_t>(status.st_dev) == device_ &&
                         static_cast<uint64_t>(status.st_ino) == inode_;
    if (is_ours) ::unlink(file_.c_str());
    file_.clear();
}

void LocalSocket::close() noexcept {
    remove_file();
    socket_.reset();
    path_.clear();
}

Fd LocalSocket::accept() const noexcept {
#if defined(__linux__)
    return Fd(::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)).above_standard();
#else
    Fd connection = Fd(::accept(fd(), nullptr, nullptr)).above_standard();
    if (connection) set_apart(connection.get());
    return connection;
#endif
}

bool is_owner(int connection) noexcept {
    uid_t user = 0;
#if defined(__linux__)
    ucred other{};
    socklen_t size = sizeof other;
    if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &other, &size) != 0) return false;
    user = other.uid;
#else
    gid_t group = 0;
    if (::getpeereid(connection, &user, &group) != 0) return false;
#endif
    return user == 0 || user == ::geteuid();
}

bool make_wake_pipe(Fd *read_end, Fd *write_end) noexcept {
    int ends[2];
#if defined(__linux__)
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
#else
    if (::pipe(ends) != 0) return false;
#endif
    *read_end = Fd(ends[0]).above_standard();
    *write_end = Fd(ends[1]).above_standard();
    if (!*read_end || !*write_end) return false;
    set_apart(read_end->get());
    set_apart(write_end->get());
    return true;
}

} // namespace fkvm
