// SPDX-License-Identifier: MIT
// What a confined program may read: links are followed where that is wanted, however many a folder
// holds, but none to where everything is.
#include "base/reach.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
}

namespace {

namespace stdfs = std::filesystem;

// The list of folders grows while it is gone through.
void many_links(void **) {
    char name[] = "/tmp/fk-readable-XXXXXX";
    assert_non_null(mkdtemp(name));
    const stdfs::path folder = stdfs::canonical(name);
    constexpr int links = 200;
    stdfs::create_directories(folder / "vm");
    for (int i = 0; i < links; i++) {
        const stdfs::path target = folder / "elsewhere" / std::to_string(i);
        stdfs::create_directories(target);
        stdfs::create_symlink(target, folder / "vm" / ("link" + std::to_string(i)));
    }
    const auto paths = fkvm::Reach((folder / "vm").c_str(), nullptr, true).paths();
    for (int i = 0; i < links; i++) {
        const std::string target = (folder / "elsewhere" / std::to_string(i)).string();
        if (std::find(paths.begin(), paths.end(), target) == paths.end())
            fail_msg("%s is missing", target.c_str());
    }
    stdfs::remove_all(folder);
}

struct Folder {
    stdfs::path path;
    Folder() {
        char name[] = "/tmp/fk-readable-XXXXXX";
        assert_non_null(mkdtemp(name));
        path = stdfs::canonical(name);
    }
    ~Folder() { stdfs::remove_all(path); }
};

// A package may hold any link.
void links_that_lead_too_far(void **) {
    const Folder folder;
    const char *home = getenv("HOME");
    stdfs::create_directories(folder.path / "home" / "own");
    setenv("HOME", (folder.path / "home").c_str(), 1);
    stdfs::create_directories(folder.path / "vm");
    stdfs::create_symlink("/", folder.path / "vm" / "root");
    stdfs::create_symlink(folder.path / "home", folder.path / "vm" / "home");
    stdfs::create_symlink(folder.path, folder.path / "vm" / "above");
    stdfs::create_symlink("/proc", folder.path / "vm" / "proc");
    stdfs::create_symlink("/etc", folder.path / "vm" / "etc");
    const std::string vm = (folder.path / "vm").string();
    const fkvm::Reach none(vm.c_str(), nullptr, false), links(vm.c_str(), nullptr, true);
    assert_false(none.holds("/etc/passwd"));
    assert_true(links.holds("/etc/passwd"));
    for (const fkvm::Reach *reach : {&none, &links}) {
        assert_true(reach->holds(vm));
        assert_true(reach->holds(vm + "/inside"));
        assert_false(reach->holds(vm + "2"));
        assert_false(reach->holds("/"));
        assert_false(reach->holds(""));
        assert_false(reach->holds("/proc/self/environ"));
        assert_false(reach->holds((folder.path / "home" / "secret").string()));
        assert_false(reach->holds((folder.path / "other").string()));
    }
    home ? setenv("HOME", home, 1) : unsetenv("HOME");
}

void the_folder_of_the_script(void **) {
    const Folder folder;
    stdfs::create_directories(folder.path / "vm");
    stdfs::create_directories(folder.path / "beside");
    stdfs::create_directories(folder.path / "far");
    for (const char *name : {"far/real.lua", "far/other", "beside/other"})
        std::ofstream(folder.path / name) << "return 1";
    stdfs::create_symlink(folder.path / "far" / "real.lua", folder.path / "beside" / "game.lua");
    const std::string vm = (folder.path / "vm").string();
    const fkvm::Reach reach(vm.c_str(), "../beside/game.lua", false);
    assert_true(reach.holds((folder.path / "beside/other").string()));
    assert_true(reach.holds((folder.path / "far/real.lua").string()));
    assert_false(reach.holds((folder.path / "far/other").string()));
}

// A relative one begins at the program's folder; one that is too wide counts for nothing.
void module_paths(void **) {
    const Folder folder;
    for (const char *name : {"vm", "modules", "other"})
        stdfs::create_directories(folder.path / name);
    const std::string vm = (folder.path / "vm").string();
    setenv("LUA_PATH",
           ("../modules/?.lua;/?.lua;../../../?.lua;./?.lua;?;" + folder.path.string() +
            "/other/?/init.lua")
               .c_str(),
           1);
    const fkvm::Reach reach(vm.c_str(), nullptr, false);
    unsetenv("LUA_PATH");
    assert_true(reach.holds((folder.path / "modules/x.lua").string()));
    assert_true(reach.holds((folder.path / "other/x/init.lua").string()));
    assert_false(reach.holds("/x.lua"));
    assert_false(reach.holds((folder.path / "x.lua").string()));
}

void a_folder_that_is_gone(void **) {
    const fkvm::Reach reach("/no/such/folder", "game.lua", true);
    assert_false(reach.holds("/etc/passwd"));
    assert_false(reach.holds("/"));
}

void wide_folders(void **) {
    const char *home = getenv("HOME");
    setenv("HOME", "/usr/share", 1);
    for (const char *folder : {"/", "/root", "/home", "/home/somebody", "/usr", "/usr/share"})
        assert_true(fkvm::is_too_wide(folder));
    for (const char *folder :
         {"/usr/share/game", "/usr/sha", "/srv", "/home/somebody/game", "/opt/x"})
        assert_false(fkvm::is_too_wide(folder));
    home ? setenv("HOME", home, 1) : unsetenv("HOME");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(many_links),
                                cmocka_unit_test(links_that_lead_too_far),
                                cmocka_unit_test(the_folder_of_the_script),
                                cmocka_unit_test(module_paths),
                                cmocka_unit_test(a_folder_that_is_gone),
                                cmocka_unit_test(wide_folders)};
    return cmocka_run_group_tests_name("readable", tests, nullptr, nullptr);
}
