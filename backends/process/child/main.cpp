// SPDX-License-Identifier: MIT
// fkvm-host, the child of the process backend: an embedded VM behind a JSON-RPC peer.
#include "serve.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char **argv) {
    if (argc == 2) return fkvm::serve_child("fkvm-host", argv[1]);
    if (argc == 4 && std::strcmp(argv[1], "--template") == 0)
        return fkvm::serve_template("fkvm-host", std::atoi(argv[2]), argv[3]);
    std::fputs("fkvm-host: the child of fkvm's process backend; it is started by fk_vm_open(), not "
               "by hand\n",
               stderr);
    return 2;
}
