/* SPDX-License-Identifier: MIT */
/* freekill-core's own lua/server/rpc/entry.lua, unchanged, as the child. Needs FK_CORE_DIR, which
 * holds packages/freekill-core itself, no link to it (that entry.lua looks at where it runs), and
 * the Debian packages lua-socket and lua-filesystem. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

static void hello_ping_bye(void **state) {
    (void)state;
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/packages/freekill-core", getenv("FK_CORE_DIR"));
    static const char *const command[] = {"lua5.4", "lua/server/rpc/entry.lua", NULL};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.command = command;
    options.directory = directory;
    options.methods = contract_methods;
    options.output = record_output;
    fk_vm *vm = contract_open_with(&options); /* hello has come */
    expect_call(vm, "ping", NULL, "\"PONG\"");
    contract_close(vm);
}

static const struct CMUnitTest tests[] = {TEST(hello_ping_bye)};

int main(void) {
    const char *core = getenv("FK_CORE_DIR");
    if (!core || !*core) {
        puts("skipped: FK_CORE_DIR, the folder that holds packages/freekill-core, is not set");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
