// SPDX-License-Identifier: MIT
// A child that confines itself as fkvm-host does and then tries to get out, by system calls of its
// own. It answers every request with what came of each attempt: {"fork":"EPERM","open zone":"0"}.
// usage: attempts LEVEL FOLDER; the folder holds `inside` and `link`, which leads to another folder
// with `inside`
#include "process/child/sandbox.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::string json, folder;

const char *name_of(int error) {
    switch (error) {
    case 0:
        return "0";
    case EPERM:
        return "EPERM";
    case EACCES:
        return "EACCES";
    case ENOSYS:
        return "ENOSYS";
    default:
        return std::strerror(error);
    }
}

void say(const char *what, const std::string &value) {
    json += (json.empty() ? "{\"" : ",\"") + std::string(what) + "\":\"" + value + "\"";
}

// result: of a system call, -1 with errno.
void tried(const char *what, long result) { say(what, name_of(result < 0 ? errno : 0)); }

long try_open(const std::string &path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
    return fd;
}

long try_fork() {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    if (pid > 0) ::waitpid(pid, nullptr, 0);
    return pid;
}

void *in_a_thread(void *) {
    tried("thread: open outside", try_open("/etc/passwd", O_RDONLY));
    return nullptr;
}

void try_files() {
    tried("open inside", try_open(folder + "/inside", O_RDONLY));
    tried("open by link", try_open(folder + "/link/inside", O_RDONLY));
    tried("open link's parent", try_open(folder + "/link/../secret", O_RDONLY));
    tried("open zone", try_open("/usr/share/zoneinfo", O_RDONLY | O_DIRECTORY));
    tried("open outside", try_open("/etc/passwd", O_RDONLY));
    tried("open proc", try_open("/proc/self/environ", O_RDONLY));
    tried("open root", try_open("/", O_RDONLY | O_DIRECTORY));
    tried("write", try_open(folder + "/inside", O_WRONLY));
    tried("write both", try_open(folder + "/inside", O_RDWR));
    tried("truncate by open", try_open(folder + "/inside", O_RDONLY | O_TRUNC));
    tried("create", try_open(folder + "/new", O_WRONLY | O_CREAT));
    tried("truncate", ::truncate((folder + "/inside").c_str(), 0));
    tried("unlink", ::unlink((folder + "/inside").c_str()));
    tried("rename", ::rename((folder + "/inside").c_str(), (folder + "/other").c_str()));
    tried("mkdir", ::mkdir((folder + "/new").c_str(), 0700));
    tried("symlink", ::symlink("/", (folder + "/new").c_str()));
    tried("chmod", ::chmod((folder + "/inside").c_str(), 0777));
    tried("mount", ::mount("none", folder.c_str(), "tmpfs", 0, nullptr));
    tried("chroot", ::chroot(folder.c_str()));
}

void try_processes() {
    char *const arguments[] = {const_cast<char *>("true"), nullptr};
    char byte;
    iovec here{&byte, 1}, there{&byte, 1};
    tried("fork", try_fork());
    tried("clone3", ::syscall(435, nullptr, 0));
    pthread_t thread;
    errno = pthread_create(&thread, nullptr, in_a_thread, nullptr);
    if (!errno) pthread_join(thread, nullptr);
    tried("thread", errno ? -1 : 0);
    tried("exec", ::execv("/no/such/program", arguments));
    tried("ptrace", ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
    tried("read parent", ::process_vm_readv(::getppid(), &here, 1, &there, 1, 0));
    tried("kill parent", ::kill(::getppid(), 0));
    tried("kill all", ::kill(-1, 0));
    tried("kill thread of parent", ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0));
    tried("kill self", ::kill(::getpid(), 0));
    tried("raise", ::raise(SIGCONT) == 0 ? 0 : -1);
    tried("setsid", ::setsid());
    tried("unshare", ::unshare(CLONE_NEWUSER));
}

void try_kernel() {
    tried("socket", ::socket(AF_INET, SOCK_STREAM, 0));
    tried("unix socket", ::socket(AF_UNIX, SOCK_STREAM, 0));
    int pair[2];
    tried("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    tried("bpf", ::syscall(SYS_bpf, 0, nullptr, 0));
    tried("io_uring", ::syscall(SYS_io_uring_setup, 1, nullptr));
    tried("keyctl", ::syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    tried("perf", ::syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0));
    tried("userfaultfd", ::syscall(SYS_userfaultfd, 0));
    tried("memfd", ::syscall(SYS_memfd_create, "x", 0));
    tried("setuid", ::setuid(::getuid()));
    const int inside = ::open((folder + "/inside").c_str(), O_RDONLY | O_CLOEXEC);
    long flags = 0;
    tried("set file flags", ::ioctl(inside, FS_IOC_SETFLAGS, &flags));
    tried("type into a terminal", ::ioctl(0, TIOCSTI, "x"));
    tried("lease", ::fcntl(inside, F_SETLEASE, F_RDLCK));
    tried("own signals", ::fcntl(inside, F_SETOWN, ::getppid()));
    tried("pick a signal", ::fcntl(inside, F_SETSIG, SIGKILL));
    tried("notify of a folder", ::fcntl(inside, F_NOTIFY, DN_CREATE));
    tried("grow a pipe", ::fcntl(0, F_SETPIPE_SZ, 1 << 20));
    tried("duplicate", ::close(::fcntl(inside, F_DUPFD_CLOEXEC, 3)));
    tried("bytes waiting", ::ioctl(0, FIONREAD, &flags));
    tried("become dumpable", ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    tried("adopt orphans", ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    tried("be named", ::prctl(PR_SET_NAME, "other", 0, 0, 0));
    ::close(inside);
    rlimit files{1000, 1000};
    tried("raise limit", ::setrlimit(RLIMIT_NOFILE, &files));
}

// What the launcher did, seen before anything else.
void look_around() {
    rlimit limit{};
    const auto current = [&](auto resource) {
        return ::getrlimit(resource, &limit) == 0 ? std::to_string(limit.rlim_cur) : "?";
    };
    say("core limit", current(RLIMIT_CORE));
    say("file limit", current(RLIMIT_FSIZE));
    say("descriptor limit", current(RLIMIT_NOFILE));
    say("data limit", current(RLIMIT_DATA));
    say("no_new_privs", std::to_string(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
    say("own group", ::getpgid(0) == ::getpid() ? "1" : "0");
    int open = 0, points = 0, odd = 0;
    for (int fd = 0; fd < 4096; fd++) open += ::fcntl(fd, F_GETFD) >= 0;
    say("descriptors", std::to_string(open));
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    for (int number = 1; number < 32; number++) {
        struct sigaction action {};
        ::sigaction(number, nullptr, &action);
        odd += action.sa_handler != SIG_DFL || ::sigismember(&blocked, number) == 1;
    }
    say("odd signals", std::to_string(odd));
    if (std::FILE *file = std::fopen("/proc/self/oom_score_adj", "r")) {
        if (std::fscanf(file, "%d", &points) != 1) points = -1;
        std::fclose(file);
    }
    say("oom points", std::to_string(points));
    say("LD_PRELOAD", std::getenv("LD_PRELOAD") ? "there" : "");
    say("LUA_INIT", std::getenv("LUA_INIT") ? "there" : "");
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    const auto level = static_cast<uint32_t>(std::atoi(argv[1]));
    folder = argv[2];
    look_around();
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.directory = folder.c_str();
    if (std::getenv("FK_VM_FOLLOW_LINKS")) options.flags = FK_OPEN_FOLLOW_LINKS;
    fkvm::Sandbox sandbox(level);
    sandbox.enter(options);
    tried("template: fork", try_fork());
    sandbox.forbid_processes();
    say("dumpable", std::to_string(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)));
    say("missing", sandbox.missing());
    if (level != FK_SANDBOX_TRUSTED) {
        try_files();
        try_processes();
        try_kernel();
    } else {
        tried("fork", try_fork());
        tried("create", try_open(folder + "/new", O_WRONLY | O_CREAT));
        tried("open outside", try_open("/etc/passwd", O_RDONLY));
    }
    std::printf("{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":[{\"protocol\":1,\"sandbox\":"
                "\"%s\"}]}\n",
                sandbox.reached().c_str());
    std::fflush(stdout);
    char line[4096];
    while (std::fgets(line, sizeof line, stdin)) {
        const char *id = std::strstr(line, "\"id\":");
        std::printf("{\"jsonrpc\":\"2.0\",\"result\":%s},\"id\":%d}\n", json.c_str(),
                    id ? std::atoi(id + 5) : 0);
        std::fflush(stdout);
        if (std::strstr(line, "\"bye\"")) return 0;
    }
}
