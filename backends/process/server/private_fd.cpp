// SPDX-License-Identifier: MIT
#include "private_fd.h"

#include <mutex>
#include <pthread.h>

namespace fkvm {
namespace {

// Neither is ever destroyed: VMs may be open while the process exits.
std::mutex &mutex() noexcept {
    static auto &one = *new std::mutex;
    return one;
}
PrivateFd *first = nullptr;

} // namespace

PrivateFd::Making::Making() noexcept { mutex().lock(); }
PrivateFd::Making::~Making() { mutex().unlock(); }

const int PrivateFd::registered =
    ::pthread_atfork([] { mutex().lock(); }, [] { mutex().unlock(); }, close_in_copy);

void PrivateFd::close_in_copy() noexcept {
    for (PrivateFd *each = first; each; each = each->next_) each->fd_.reset();
    mutex().unlock();
}

PrivateFd::PrivateFd() noexcept {
    const Making here;
    next_ = first;
    if (next_) next_->previous_ = this;
    first = this;
}

PrivateFd::~PrivateFd() {
    const Making here;
    if (next_) next_->previous_ = previous_;
    (previous_ ? previous_->next_ : first) = next_;
    fd_.reset();
}

PrivateFd &PrivateFd::operator=(PrivateFd &&other) noexcept {
    const Making here;
    std::swap(fd_, other.fd_);
    return *this;
}

PrivateFd &PrivateFd::operator=(Fd fd) noexcept {
    const Making here;
    fd_ = std::move(fd);
    return *this;
}

} // namespace fkvm
