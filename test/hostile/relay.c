/* SPDX-License-Identifier: MIT */
/*
 * Stands between a server and a child, and dies by SIGKILL at a byte of its own choice.
 * usage: relay BYTES COMMAND...; BYTES from the child, or, if negative, to the child; 0: never
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int start(char **command, int *to, int *from) {
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) return -1;
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int fd = 3; fd < 64; fd++) close(fd);
        execv(command[0], command);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *to = in[1];
    *from = out[0];
    return pid;
}

/* Passes on what there is, at most *left bytes if that is positive; dies when it has come to 0. */
static int pass(int from, int to, long *left) {
    char bytes[4096];
    const size_t most = *left > 0 && *left < (long)sizeof bytes ? (size_t)*left : sizeof bytes;
    ssize_t n = read(from, bytes, most);
    if (n <= 0) return n < 0 && errno == EINTR;
    for (ssize_t sent = 0, k; sent < n; sent += k)
        if ((k = write(to, bytes + sent, (size_t)(n - sent))) < 0) return 0;
    if (*left > 0 && (*left -= n) == 0) kill(getpid(), SIGKILL);
    return 1;
}

int main(int argc, char **argv) {
    int to = -1, from = -1;
    if (argc < 3 || start(argv + 2, &to, &from) < 0) return 2;
    const long bytes = atol(argv[1]);
    long out = bytes > 0 ? bytes : 0, in = bytes < 0 ? -bytes : 0;
    for (;;) {
        struct pollfd ready[] = {{0, POLLIN, 0}, {from, POLLIN, 0}};
        if (poll(ready, 2, -1) < 0) continue;
        if (ready[1].revents && !pass(from, 1, &out)) return 0;
        if (ready[0].revents && !pass(0, to, &in)) return 0;
    }
}
