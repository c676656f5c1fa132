// SPDX-License-Identifier: MIT
#include "descriptors.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace fkvm {
namespace {

constexpr size_t most = 8; // descriptors in one message

union Control {
    cmsghdr header; // for alignment
    char bytes[CMSG_SPACE(sizeof(int) * most) + CMSG_SPACE(sizeof(ucred))];
};

struct Received {
    int descriptors[most];
    size_t count = 0;
    pid_t sender = 0;

    void take(msghdr &message) noexcept {
        for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
            if (part->cmsg_level != SOL_SOCKET) continue;
            if (part->cmsg_type == SCM_RIGHTS) {
                count = std::min(most, (part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
                std::memcpy(descriptors, CMSG_DATA(part), count * sizeof(int));
            } else if (part->cmsg_type == SCM_CREDENTIALS) {
                ucred who;
                std::memcpy(&who, CMSG_DATA(part), sizeof who);
                sender = who.pid;
            }
        }
    }
    void drop() noexcept {
        for (size_t i = 0; i < count; i++) ::close(descriptors[i]);
    }
};

} // namespace

bool send_message(int socket, const void *data, size_t size, const int *descriptors,
                  size_t count) noexcept {
    iovec piece{const_cast<void *>(data), size};
    Control control{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (count) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        cmsghdr *part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof(int) * count);
        std::memcpy(CMSG_DATA(part), descriptors, sizeof(int) * count);
    }
    ssize_t n;
    do n = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == static_cast<ssize_t>(size);
}

int receive_message(int socket, void *data, size_t size, int *descriptors, size_t count,
                    pid_t *sender) noexcept {
    iovec piece{data, size};
    Control control{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    ssize_t n;
    do n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0) return static_cast<int>(n);
    Received received;
    received.take(message);
    const bool is_good =
        n == static_cast<ssize_t>(size) && (received.count == count || received.count == 0);
    if (!is_good || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
        received.drop();
        errno = EPROTO;
        return -1;
    }
    std::copy_n(received.descriptors, received.count, descriptors);
    if (count && !received.count) descriptors[0] = -1;
    if (sender) *sender = received.sender;
    return 1;
}

} // namespace fkvm
