// SPDX-License-Identifier: MIT
// fkvm-host, the child of the process backend: an embedded VM behind a JSON-RPC peer.
#include "child/serve.h"

#include <cstdio>

int main(int argc, char **argv) {
    if (argc == 2) return fk::serve_child("fkvm-host", argv[1]);
    std::fputs("fkvm-host: the child of fkvm's process backend; it is started by fk_vm_open(), not by hand\n", stderr);
    return 2;
}
