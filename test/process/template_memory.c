/* SPDX-License-Identifier: MIT */
/* What copies of a template share they go on sharing: neither the allocator nor the collector
 * writes to what was loaded. */
#include "template_support.h"

/* 6 MB while it loads; then 60 MB of garbage, of which half a megabyte is always alive. */
static const char *const script =
    "local loaded, live = {}, {}\n"
    "for i = 1, 50000 do loaded[i] = { i, name = 'skill' .. i } end\n"
    "%s\n"
    "function play()\n"
    "  for i = 1, 400000 do live[i %% 3000] = { i, 'turn' .. i } end\n"
    "  return #loaded\n"
    "end\n";

/* Bytes of a process that are others' too, files aside. */
static size_t shared_bytes(pid_t pid) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t kilobytes = 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Shared_Dirty: %zu", &kilobytes) == 1) break;
    fclose(file);
    return kilobytes << 10;
}

static void write_script(const char *last_line) {
    char text[1024];
    snprintf(text, sizeof text, script, last_line);
    write_file("main.lua", text);
    let_files_age();
}

/* Nine tenths of what a copy shares, at least so much, it shares after play() too. */
static void expect_shared_after_play(size_t least, const char *result) {
    use_templates("first");
    fk_vm *copy = open_main(), *other = open_main();
    assert_true(is_copy(copy) && is_copy(other));
    const size_t before = shared_bytes(pid_of(copy));
    if (before < least) fail_msg("only %zu bytes are shared", before);
    expect_result(copy, "play", result);
    const size_t after = shared_bytes(pid_of(copy));
    if (after < before / 10 * 9)
        fail_msg("of %zu shared bytes %zu are left after a game", before, after);
    close_vm(other);
    close_vm(copy);
}

static void what_was_loaded(void **state) {
    (void)state;
    write_script("");
    expect_shared_after_play((size_t)5 << 20, "50000");
}

/* 3,000 classes, each in a page of its own, of which the game makes its first objects. */
static void metatables_too(void **state) {
    (void)state;
    write_file("main.lua", "local classes, fields, live = {}, {}, {}\n"
                           "for i = 1, 200 do fields['field' .. i] = i end\n"
                           "for i = 1, 3000 do\n"
                           "  local class = {}\n"
                           "  for name, value in pairs(fields) do class[name] = value end\n"
                           "  class.__index = class\n"
                           "  classes[i] = class\n"
                           "end\n"
                           "function play()\n"
                           "  local equal = 0\n"
                           "  for i, class in ipairs(classes) do\n"
                           "    local a, b = setmetatable({}, class), setmetatable({}, class)\n"
                           "    a.mine, live[i] = #a, a\n"
                           "    if a == b then equal = equal + 1 end\n"
                           "  end\n"
                           "  collectgarbage('step')\n"
                           "  return equal\n"
                           "end\n");
    let_files_age();
    expect_shared_after_play((size_t)15 << 20, "0");
}

/* A script that chooses the mode pays for it: so the test above can tell. */
static void unless_the_script_chose(void **state) {
    (void)state;
    write_script("collectgarbage('incremental')");
    use_templates("first");
    fk_vm *copy = open_main();
    assert_true(is_copy(copy));
    const size_t before = shared_bytes(pid_of(copy));
    expect_result(copy, "play", "50000");
    const size_t after = shared_bytes(pid_of(copy)), least = 4 << 20; /* sanitizers share more */
    if (after + least > before) fail_msg("of %zu shared bytes %zu are left", before, after);
    close_vm(copy);
}

/* Finalizers run when a VM closes, whatever the way to them. */
static void finalizers_at_the_end(void **state) {
    (void)state;
    write_file("main.lua", "kept = setmetatable({}, { __gc = function() print 'loaded' end })\n"
                           "function mark()\n"
                           "  more = setmetatable({}, { __gc = function() print 'called' end })\n"
                           "end");
    use_templates("first");
    fk_vm *copy = open_main();
    assert_true(is_copy(copy));
    expect_result(copy, "mark", "null");
    close_vm(copy);
    assert_string_equal(heard, "called;loaded;");
}

const struct CMUnitTest memory_tests[] = {TEST(what_was_loaded), TEST(metatables_too),
                                          TEST(unless_the_script_chose),
                                          TEST(finalizers_at_the_end)};
const size_t memory_test_count = sizeof memory_tests / sizeof *memory_tests;
