// SPDX-License-Identifier: MIT
// An owned descriptor.
#pragma once

namespace fkvm {

class Fd {
  public:
    Fd() noexcept = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd &&other) noexcept : fd_(other.release()) {}
    Fd &operator=(Fd &&other) noexcept {
        reset(other.release());
        return *this;
    }
    ~Fd() { reset(); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept {
        const int fd = fd_;
        fd_ = -1;
        return fd;
    }
    void reset(int fd = -1) noexcept;
    Fd copy() const noexcept; // above 2, close-on-exec
    // Itself or a copy above 2, so that a server without standard streams loses nothing;
    // close-on-exec.
    Fd above_standard() &&noexcept;

  private:
    int fd_ = -1;
};

} // namespace fkvm
