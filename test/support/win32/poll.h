/* SPDX-License-Identifier: MIT */
#pragma once
struct pollfd {
    int fd;
    short events, revents;
};
#define POLLIN 1
#define poll(fds, count, ms) FK_NOT_HERE("poll()")
