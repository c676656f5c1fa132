// SPDX-License-Identifier: MIT
// Windows' rules for paths, on every system.
#include "base/windows_paths.h"
#include "unit.h"

using namespace fkvm;

namespace {

void expect_normal(const char *directory, const char *path, const char *wanted) {
    assert_string_equal(windows::normal(directory, path).c_str(), wanted);
}

void normal(void **) {
    expect_normal("C:/game", "x.lua", "C:/game/x.lua");
    expect_normal("C:/game", "a\\.\\b//..\\x.lua", "C:/game/a/x.lua");
    expect_normal("C:/game", "..\\..\\..\\x", "C:/x");
    expect_normal("C:/game", "\\x", "C:/x");
    expect_normal("C:/game", "d:\\x\\", "d:/x");
    expect_normal("C:/game", "c:x", "C:/game/x");
    expect_normal("C:/game", "D:x", "D:/x");
    expect_normal("C:/game", "", "C:/game");
    expect_normal("C:/", "..", "C:/");
    expect_normal("//server/share/game", "..\\..\\x", "//server/share/x");
    expect_normal("C:/game", "\\\\server\\share\\x\\..\\y", "//server/share/y");
    expect_normal("C:/game", "\\\\?\\C:\\x", "//?/C:/x");
}

void roots(void **) {
    assert_true(windows::is_absolute("C:/x") && windows::is_absolute("z:\\"));
    assert_true(windows::is_absolute("\\\\server\\share"));
    assert_false(windows::is_absolute("C:x") || windows::is_absolute("/x"));
    assert_false(windows::is_absolute("x") || windows::is_absolute("") ||
                 windows::is_absolute("1:/"));
}

void meanings(void **) {
    for (const char *plain : {"x", "C:/x", "a\\b.c", "..", "../x", ".", "/x", "console", "nul1",
                              "COM", "COM10", "\xC3\xA9t\xC3\xA9.lua", ".hidden", "a b", ""})
        if (windows::meaning(plain)) fail_msg("'%s'%s", plain, windows::meaning(plain));
    for (const char *special : {"NUL",
                                "nul",
                                "a/nul.txt",
                                "Con",
                                "aux .x",
                                "prn:",
                                "COM1",
                                "lpt0.x",
                                "COM\xC2\xB2",
                                "conin$",
                                "C:",
                                "C:x",
                                "a:b",
                                "x/a:b",
                                "x.",
                                "x ",
                                "x./y",
                                "...",
                                "a*",
                                "a?",
                                "<",
                                "a|b",
                                "\"",
                                "a\x1F",
                                "\\\\.\\x",
                                "//server/share/x",
                                "\\\\?\\C:\\x",
                                "\xFF",
                                "\xED\xA0\x80"})
        if (!windows::meaning(special)) fail_msg("'%s' passes for a plain path", special);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(normal), cmocka_unit_test(roots),
                                cmocka_unit_test(meanings)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
