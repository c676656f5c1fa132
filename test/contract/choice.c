/* SPDX-License-Identifier: MIT */
/* Which backend: the option, then FK_VM_BACKEND, then embedded; plug-ins by path and by name. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *kept_backend, *kept_path;

static char *copy_of(const char *text) { return text ? strdup(text) : NULL; }

static void set(const char *name, const char *value) {
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static int setup(void **state) {
    kept_backend = copy_of(getenv("FK_VM_BACKEND"));
    kept_path = copy_of(getenv("FK_VM_BACKEND_PATH"));
    return contract_setup(state);
}

static int teardown(void **state) {
    set("FK_VM_BACKEND", kept_backend);
    set("FK_VM_BACKEND_PATH", kept_path);
    free(kept_backend);
    free(kept_path);
    return contract_teardown(state);
}

#ifdef _WIN32
#define PLUGIN_SUFFIX ".dll"
#define SEPARATOR ";"
#else
#define PLUGIN_SUFFIX ".so"
#define SEPARATOR ":"
#endif

static const char *plugins_directory(void) {
    const char *directory = getenv("FK_CONTRACT_PLUGINS");
    return directory ? directory : FK_CONTRACT_PLUGINS;
}

static const char *plugin(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/libfkvm-%s" PLUGIN_SUFFIX, plugins_directory(), name);
    return path;
}

static void expect_backend(const char *option, const char *name) {
    fk_vm_options options = contract_options("basic.lua");
    options.backend = option;
    fk_vm *vm = contract_open_with(&options);
    fk_stats stats = FK_STATS_INIT;
    expect_status(fk_vm_stats(vm, &stats), FK_OK);
    assert_string_equal(stats.backend, name);
    expect_call(vm, "add", "[1,2]", "3");
    contract_close(vm);
}

static void option_before_environment(void **state) {
    (void)state;
    set("FK_VM_BACKEND", "no-such-backend");
    expect_backend("embedded", "embedded");
    expect_backend("thread", "embedded"); /* its other name */
    set("FK_VM_BACKEND", "embedded");
    fk_vm_options options = contract_options("basic.lua");
    options.backend = "no-such-backend";
    contract_open_fails(&options, FK_NO_BACKEND, "no-such-backend", NULL);
}

static void environment_before_default(void **state) {
    (void)state;
    set("FK_VM_BACKEND", "thread");
    expect_backend(NULL, "embedded");
    set("FK_VM_BACKEND", NULL);
    expect_backend(NULL, "embedded");
    set("FK_VM_BACKEND", "no-such-backend");
    fk_vm_options options = contract_options("basic.lua");
    contract_open_fails(&options, FK_NO_BACKEND, "no-such-backend", "FK_VM_BACKEND", NULL);
}

/* An unknown name is an error that tells the known ones, never a second choice. */
static void unknown_names(void **state) {
    (void)state;
    static const char *const names[] = {"embeded", "Embedded", "embedded ", "libfkvm-x.so"};
    fk_vm_options options = contract_options("basic.lua");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        options.backend = names[i];
        contract_open_fails(&options, FK_NO_BACKEND, names[i], "embedded", NULL);
    }
    options.backend = "/no/such/plugin.so";
    contract_open_fails(&options, FK_NO_BACKEND, "/no/such/plugin.so", NULL);
    options.backend = "./files.c";
    contract_open_fails(&options, FK_NO_BACKEND, "./files.c", NULL);
}

static const char *const refusals[][2] = {{"other-abi", "ABI 3"},
                                          {"no-call", "'call'"},
                                          {"small-table", "16"},
                                          {"no-table", "ABI"},
                                          {"no-entry", "fk_backend_entry"}};

static void bad_plugins_by_path(void **state) {
    (void)state;
    fk_vm_options options = contract_options("basic.lua");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        options.backend = plugin(refusals[i][0]);
        contract_open_fails(&options, FK_NO_BACKEND, options.backend, refusals[i][1], NULL);
    }
}

static void bad_plugins_by_name(void **state) {
    (void)state;
    set("FK_VM_BACKEND_PATH", plugins_directory());
    fk_vm_options options = contract_options("basic.lua");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        set("FK_VM_BACKEND", refusals[i][0]);
        contract_open_fails(&options, FK_NO_BACKEND, refusals[i][0], refusals[i][1], NULL);
    }
    set("FK_VM_BACKEND", "nobody"); /* the known names include plug-ins */
    contract_open_fails(&options, FK_NO_BACKEND, "nobody", "no-call", "embedded", NULL);
}

static void search_path_of_several_folders(void **state) {
    (void)state;
    char path[8192];
    snprintf(path, sizeof path, "/no/such/folder" SEPARATOR SEPARATOR "%s" SEPARATOR "/tmp",
             plugins_directory());
    set("FK_VM_BACKEND_PATH", path);
    fk_vm_options options = contract_options("basic.lua");
    options.backend = "no-call";
    contract_open_fails(&options, FK_NO_BACKEND, "'call'", NULL);
    set("FK_VM_BACKEND_PATH", "/no/such/folder");
    contract_open_fails(&options, FK_NO_BACKEND, "there is no backend 'no-call'", NULL);
}

static void plugin_that_fails_to_open(void **state) {
    (void)state;
    fk_vm_options options = contract_options("basic.lua");
    options.backend = plugin("fails-to-open");
    contract_open_fails(&options, FK_OPEN_FAILED, "the moon is in the wrong phase", NULL);
    options.backend = plugin("says-nothing");
    contract_open_fails(&options, FK_OPEN_FAILED, "broken", NULL);
}

static void plugins_in_the_list(void **state) {
    (void)state;
    set("FK_VM_BACKEND_PATH", plugins_directory());
    fk_value *list = NULL;
    size_t bad = 0, good = 0;
    expect_status(fk_backend_list(&list), FK_OK);
    for (uint32_t i = 0; i < list->size; i++) {
        const fk_value *entry = &list->items[i], *about = fk_value_member(entry, "about");
        if (fk_value_equal(fk_value_member(entry, "available"), &FK_BOOL(false))) {
            bad++;
            assert_true(about->size > 0); /* why not */
        } else if (fk_value_equal(about, &FK_STR("refused, each in its way"))) {
            good++;
        }
    }
    assert_int_equal(bad, sizeof refusals / sizeof *refusals);
    assert_int_equal(good, 2);
    fk_value_free(list);
}

#define CHOICE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static const struct CMUnitTest tests[] = {CHOICE(option_before_environment),
                                          CHOICE(environment_before_default),
                                          CHOICE(unknown_names),
                                          CHOICE(bad_plugins_by_path),
                                          CHOICE(bad_plugins_by_name),
                                          CHOICE(search_path_of_several_folders),
                                          CHOICE(plugin_that_fails_to_open),
                                          CHOICE(plugins_in_the_list)};
TOPIC(choice, tests);
