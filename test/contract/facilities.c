/* SPDX-License-Identifier: MIT */
/* What Lua gets from C: the random generator, clocks, and the small things of fk. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* What QRandomGenerator of Qt 6.4.2 gave; its bounded(lo, hi) excludes hi. */
typedef struct figures {
    const char *seed, *generated, *bounded_1_7, *random, *bounded_5_6;
} figures;

static const figures qt[] = {
    {"1", "853323747 2396352728 3025954838 2985633182 2815751046 340588426", "6 1 5 6 5 2 3 1",
     "0.74531917 0.5561528 0.40408303", "0 -4 1 0 -2"},
    {"42", "2614276261 2440701700 3212928052 2674054459 2616996596 2751031393", "1 5 1 4 3 5 6 2",
     "0.28427206 0.18836676 0.33157412", "-5 -1 -5 4 -3"},
    {"20241124", "349656257 977449204 1124461191 3718974496 1408512964 2482367965",
     "4 3 3 4 4 3 1 3", "0.35352223 0.35100329 0.36598634", "-4 -1 0 0 5"},
    {"0", "1529278401 1377812627 18815962 2197268577 328296240 1014633650", "4 2 3 6 4 4 2 3",
     "0.3878649 0.71707373 0.85396756", "0 -1 2 0 -3"}};

/* Calls method with params once for each figure. */
static void expect_figures(fk_vm *vm, const char *method, const char *params, const char *list) {
    char copy[256];
    snprintf(copy, sizeof copy, "%s", list);
    for (char *figure = strtok(copy, " "); figure; figure = strtok(NULL, " "))
        expect_call(vm, method, params, figure);
}

static void same_numbers_as_qt(void **state) {
    (void)state;
    fk_vm *vm = contract_open("facilities.lua");
    for (size_t i = 0; i < sizeof qt / sizeof *qt; i++) {
        char seed[32];
        snprintf(seed, sizeof seed, "[%s]", qt[i].seed);
        expect_call(vm, "seed", seed, "true");
        expect_figures(vm, "generate", NULL, qt[i].generated);
        expect_figures(vm, "bounded", "[1,7]", qt[i].bounded_1_7);
        expect_figures(vm, "random", NULL, qt[i].random);
        expect_figures(vm, "bounded", "[-5,6]", qt[i].bounded_5_6);
    }
    contract_close(vm);
}

static void random_with_bounds(void **state) {
    (void)state;
    fk_vm *vm = contract_open("facilities.lua");
    expect_call(vm, "same_stream", "[99]", "true");
    expect_call(vm, "ranges", "[5,2000]", "\"good\"");
    expect_call(vm, "seed", "[1]",
                "true"); /* random(6) is bounded(1, 7), random(-5, 5) bounded(-5, 6) */
    expect_figures(vm, "generate", NULL, qt[0].generated);
    expect_figures(vm, "random", "[6]", qt[0].bounded_1_7);
    expect_figures(vm, "random", NULL, qt[0].random);
    expect_figures(vm, "random", "[-5,5]", qt[0].bounded_5_6);
    contract_close(vm);
}

static char *in(const char *folder, const char *name) {
    static char path[2][200];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

/* What QDir::entryList(Files | Dirs | NoDotAndDotDot) of Qt 6.4.2 gave for this folder. */
static void folders_as_qt_lists_them(void **state) {
    (void)state;
    static const char *const folders[] = {"d", "d/sub", "d/.git"};
    static const char *const files[] = {"d/z",  "d/B",  "d/a", "d/c",
                                        "d/_x", "d/10", "d/9", "d/.hidden"};
    char folder[] = "/tmp/fkvm-list-XXXXXX", script[300];
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 3; i++) assert_int_equal(mkdir(in(folder, folders[i]), 0700), 0);
    for (size_t i = 0; i < 8; i++) fclose(fopen(in(folder, files[i]), "w"));
    assert_int_equal(symlink("sub", in(folder, "d/link")), 0);
    assert_int_equal(symlink("none", in(folder, "d/broken")), 0);
    snprintf(script, sizeof script, "%s/facilities.lua", scripts_directory());
    fk_vm_options options = contract_options(script);
    options.directory = folder;
    fk_vm *vm = contract_open_with(&options);
    fk_value *here;
    expect_status(call_json(vm, "here", NULL, &here), FK_OK);
    const bool is_a_copy =
        here->size != strlen(folder) ||
        memcmp(here->string, folder, here->size) != 0; /* of files, on another machine */
    fk_value_free(here);
    if (is_a_copy) contract_close(vm), skip();
    expect_call(vm, "folder", "[\"d\"]",
                "[\"10\",\"9\",\"_x\",\"a\",\"B\",\"c\",\"link\",\"sub\",\"z\"]");
    expect_call(vm, "folder", "[\"none\"]", "[]");
    expect_call(vm, "folder", "[\"d/a\"]", "[]");
    expect_call(vm, "folder", NULL, "[\"d\"]");
    expect_call(vm, "plain_folder", "[\"d/sub\"]", "[]"); /* and ls stays as it is */
    expect_call(vm, "plain_folder", NULL, "[\"d\"]");
    expect_call_fails(vm, "plain_folder", "[\"none\"]", FK_SCRIPT_ERROR, "none");
    contract_close(vm);
    unlink(in(folder, "d/link"));
    unlink(in(folder, "d/broken"));
    for (size_t i = 8; i-- > 0;) unlink(in(folder, files[i]));
    for (size_t i = 3; i-- > 0;) rmdir(in(folder, folders[i]));
    rmdir(folder);
}

static int64_t micro_seconds(void) {
    struct timeval now;
    gettimeofday(&now, NULL);
    return (int64_t)now.tv_sec * 1000000 + now.tv_usec;
}

static void clocks(void **state) {
    (void)state;
    fk_vm *vm = contract_open("facilities.lua");
    const int64_t before = micro_seconds();
    fk_value *now = NULL;
    expect_status(fk_vm_call(vm, "now", NULL, &now), FK_OK);
    const int64_t after = micro_seconds();
    assert_int_equal(now->size, 2);
    for (int i = 0; i < 2; i++) {
        const fk_value *moment = &now->items[i];
        assert_int_equal(moment->kind, FK_INT);
        assert_true(moment->integer >= before && moment->integer <= after);
    }
    fk_value_free(now);
    contract_close(vm);
}

static void small_things(void **state) {
    (void)state;
    fk_vm *vm = contract_open("facilities.lua");
    expect_call(vm, "disabled_packs", NULL, "\"[]\"");
    expect_call(vm, "object_is_marked", NULL, "{}");
    expect_call(vm, "null_is_one", NULL, "true");
    expect_call(vm, "null_prints", NULL, "\"null\"");
    contract_close(vm);
}

/* In copies of templates too; and each VM has its own. */
static void globals_of_the_server(void **state) {
    (void)state;
    fk_vm_options options = contract_options("globals.lua");
    for (int i = 0; i < 6; i++) {
        options.globals = i % 2 ? "{\"VERSION\":\"0.5.22\",\"RATE\":3.0,\"LIMITS\":{\"rooms\":50}}"
                                : "{\"VERSION\":\"other\",\"RATE\":2.5,\"NOTHING\":null}";
        fk_vm *vm = contract_open_with(&options);
        expect_call(vm, "seen", NULL,
                    i % 2 ? "[\"0.5.22\",\"3.0\",\"50\",\"nil\"]"
                          : "[\"other\",\"2.5\",\"nil\",\"nil\"]");
        expect_call(vm, "changed", NULL, "\"mine\"");
        contract_close(vm);
    }
    options.globals = "{\"COUNT\":3,\"RATE\":3.0,\"BYTES\":{\"$bytes\":\"AP8=\"},"
                      "\"LIMITS\":{\"none\":null},\"print\":\"replaced\"}";
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "types", NULL, "[\"integer\",\"float\",2,\"true\",\"replaced\"]");
    contract_close(vm);
    options.globals = NULL;
    vm = contract_open_with(&options);
    expect_call(vm, "seen", NULL, "[\"nil\",\"nil\",\"nil\",\"nil\"]");
    contract_close(vm);
}

static void globals_that_are_none(void **state) {
    (void)state;
    fk_vm_options options = contract_options("globals.lua");
    options.globals = "{\"a\":}";
    contract_open_fails(&options, FK_INVALID, "globals is no JSON", "at byte 5", NULL);
    options.globals = "[1]";
    contract_open_fails(&options, FK_INVALID, "globals is no JSON object: [1]", NULL);
    static char large[65540];
    snprintf(large, sizeof large, "{\"a\":\"%0*d\"}", 65529, 0);
    options.globals = large;
    contract_open_fails(&options, FK_INVALID, "globals has 65537 bytes, at most 65536", NULL);
    snprintf(large, sizeof large, "{\"VERSION\":\"%0*d\"}", 65522, 0);
    contract_close(contract_open_with(&options));
}

static void preloaded_modules(void **state) {
    (void)state;
    static const char *const preload[] = {"server.rpc.cbor=fk.cbor", "json=fk.json", NULL};
    fk_vm_options options = contract_options("facilities.lua");
    options.preload = preload;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "encode_with", "[\"json\",{\"a\":[1,\"x\"]}]", "\"{\\\"a\\\":[1,\\\"x\\\"]}\"");
    expect_call(vm, "encode_with", "[\"server.rpc.cbor\",[1,\"x\"]]", "{\"$bytes\":\"ggFBeA==\"}");
    expect_call(vm, "decode_with", "[\"json\",\"[1,[2.5]]\"]", "[1,[2.5]]");
    expect_call_fails(vm, "decode_with", "[\"json\",\"[1,[2.5]\"]", FK_SCRIPT_ERROR, "line 1 col");
    contract_close(vm);
    static const char *const unknown[] = {"json=fk.xml", NULL};
    options.preload = unknown;
    contract_open_fails(&options, FK_OPEN_FAILED, "json=fk.xml", "fk.json", "fk.freekill", NULL);
}

static void environment_of_its_own(void **state) {
    (void)state;
    static const char *const environment[] = {"FK_DISABLED_PACKS=[\"a\"]", "OF_THE_VM=1",
                                              "EMPTY=", NULL};
    fk_vm_options options = contract_options("facilities.lua");
    options.environment = environment;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "disabled_packs", NULL, "\"[\\\"a\\\"]\"");
    expect_call(vm, "variable", "[\"OF_THE_VM\"]", "null"); /* below trusted there is none */
    contract_close(vm);
    options.sandbox = FK_SANDBOX_TRUSTED;
    vm = contract_open_with(&options);
    expect_call(vm, "variable", "[\"OF_THE_VM\"]", "\"1\"");
    expect_call(vm, "variable", "[\"EMPTY\"]", "\"\"");
    expect_call(vm, "variable", "[\"OF\"]", "null");
    fk_value *path = NULL; /* the server's, behind the VM's own */
    expect_status(fk_vm_call(vm, "has_path", NULL, &path), FK_OK);
    assert_true(path->integer);
    fk_value_free(path);
    contract_close(vm);
    assert_null(getenv("OF_THE_VM"));
}

static const struct CMUnitTest tests[] = {TEST(same_numbers_as_qt),
                                          TEST(random_with_bounds),
                                          TEST(folders_as_qt_lists_them),
                                          TEST(clocks),
                                          TEST(small_things),
                                          TEST(globals_of_the_server),
                                          TEST(globals_that_are_none),
                                          TEST(preloaded_modules),
                                          TEST(environment_of_its_own)};
TOPIC(facilities, tests);
