/* SPDX-License-Identifier: MIT */
#pragma once
#define RLIMIT_NOFILE 7
#define RLIMIT_FSIZE 1
struct rlimit {
    unsigned long long rlim_cur, rlim_max;
};
#define getrlimit(which, limit) (memset(limit, 0, sizeof *(limit)), FK_NOT_HERE("getrlimit()"))
#define setrlimit(which, limit) FK_NOT_HERE("setrlimit()")
