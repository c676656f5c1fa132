/* SPDX-License-Identifier: MIT */
#pragma once
#define waitpid(pid, status, flags) FK_NOT_HERE("waitpid()")
#define WIFEXITED(status) 0
#define WEXITSTATUS(status) 0
#define WIFSIGNALED(status) 0
#define WTERMSIG(status) 0
