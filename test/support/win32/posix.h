/* SPDX-License-Identifier: MIT */
/* What the tests take from POSIX, for Windows: included before everything else there. Where Windows has nothing of the
 * kind, the test that asks is skipped, by name. */
#ifndef FK_TEST_POSIX_WIN32_H
#define FK_TEST_POSIX_WIN32_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <process.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define FK_NOT_HERE(what) (print_message("skipped: Windows has no %s\n", what), skip(), -1)

#define SIGALRM 14
#define SIGKILL 9
#define alarm(seconds) ((void)(seconds)) /* meson's own limit ends a run */
#define fork() FK_NOT_HERE("fork()")
#define kill(pid, number) FK_NOT_HERE("kill()")
#define symlink(target, name) FK_NOT_HERE("links that a test may make")
#define sysconf(name) 4096

static inline int setenv(const char *name, const char *value, int overwrite) {
    (void)overwrite;
    return _putenv_s(name, value);
}
static inline int unsetenv(const char *name) { return _putenv_s(name, ""); }

/* As fkvm writes paths. */
static inline char *realpath(const char *path, char *to) {
    char *full = _fullpath(to, path, to ? PATH_MAX : 0);
    for (char *c = full; c && *c; c++)
        if (*c == '\\') *c = '/';
    const size_t size = full ? strlen(full) : 0;
    if (size > 3 && full[size - 1] == '/') full[size - 1] = '\0';
    return full;
}

struct sigaction {
    void (*sa_handler)(int);
};
#define sigaction(number, now, before) FK_NOT_HERE("sigaction()")
#define SIGRTMIN 34
#define SIGRTMAX 64
#define mkfifo(path, mode) FK_NOT_HERE("mkfifo()")

static inline void *memmem(const void *in, size_t size, const void *part, size_t part_size) {
    for (const char *at = in; size >= part_size; at++, size--)
        if (memcmp(at, part, part_size) == 0) return (void *)at;
    return NULL;
}

/* One at a time: its text is there after fclose(). */
static FILE *fk_stream;
static char **fk_text;
static size_t *fk_size;
static inline FILE *open_memstream(char **text, size_t *size) {
    fk_text = text;
    fk_size = size;
    return fk_stream = tmpfile();
}
static inline int fk_fclose(FILE *file) {
    if (file == fk_stream) {
        *fk_size = (size_t)ftell(file);
        *fk_text = calloc(1, *fk_size + 1);
        rewind(file);
        *fk_size = fread(*fk_text, 1, *fk_size, file);
        fk_stream = NULL;
    }
    return fclose(file);
}
#define fclose(file) fk_fclose(file)

static inline int fk_mkdir(const char *path, int mode) {
    (void)mode;
    return _mkdir(path);
}
#define mkdir(path, mode) fk_mkdir(path, mode)

static inline char *fk_number(char *path, int number) {
    char digits[16];
    snprintf(digits, sizeof digits, "%06d", number);
    return memcpy(path + strlen(path) - 6, digits, 6);
}
static inline char *mkdtemp(char *path) {
    for (int i = 0; i < 1000000; i++)
        if (fk_number(path, i), _mkdir(path) == 0) return path;
    return NULL;
}
static inline int fk_mkstemp(char *path) {
    int file = -1;
    for (int i = 0; i < 1000000 && file < 0; i++)
        fk_number(path, i), file = _open(path, _O_RDWR | _O_CREAT | _O_EXCL | _O_BINARY, 0600);
    return file;
}
#define mkstemp(path) fk_mkstemp(path)

/* Commands that remove a folder of a test. */
static inline int fk_system(const char *command) {
    char text[PATH_MAX + 32];
    if (strncmp(command, "rm -rf ", 7) != 0) return FK_NOT_HERE("sh");
    snprintf(text, sizeof text, "rmdir /s /q %s", command + 7);
    for (char *c = text + 12; *c; c++) *c = *c == '/' ? '\\' : *c == '\'' ? '"' : *c;
    return system(text);
}
#define system(command) fk_system(command)

#endif
