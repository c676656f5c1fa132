// SPDX-License-Identifier: MIT
// What a look at package files sees, and what not.
#include "watch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <csetjmp>
#include <cstdarg>
extern "C" {
#include <cmocka.h>
}

namespace fs = std::filesystem;

namespace {

// A package, and a folder beside it that is none.
struct Place {
    Place() {
        char name[] = "/tmp/fkroom-XXXXXX";
        root = mkdtemp(name);
        write("package/main.lua");
        write("package/modules/rules.lua");
        write("outside/other.lua");
    }
    ~Place() { fs::remove_all(root); }
    void write(const char *file) const {
        fs::create_directories((root / file).parent_path());
        std::ofstream(root / file, std::ios::app) << "-- a line more\n";
    }
    void link(const char *name, const fs::path &target) const {
        fs::create_symlink(target, root / name);
    }
    uint64_t look(const char *folder = "package") const {
        return fk::room::fingerprint({(root / folder).string()});
    }
    fs::path root;
};

void a_change_anywhere_in_the_folder_is_seen(void **) {
    const Place place;
    uint64_t last = place.look();
    for (const char *file : {"package/main.lua", "package/modules/rules.lua", "package/new.lua"}) {
        place.write(file);
        assert_true(place.look() != last);
        last = place.look();
    }
    place.write("package/.git/hook.lua");
    place.write("package/notes.txt");
    assert_true(place.look() == last);
}

void a_link_out_of_the_folder_is_not_followed(void **) {
    const Place place;
    place.link("package/all", "/");
    place.link("package/beside", place.root / "outside");
    place.link("package/beside.lua", place.root / "outside/other.lua");
    place.link("package/up", "../..");
    const uint64_t before = place.look();
    place.write("outside/other.lua");
    place.write("outside/new.lua");
    assert_true(place.look() == before);
}

void where_a_link_leads_is_seen(void **) {
    const Place place;
    const uint64_t without = place.look();
    place.link("package/beside.lua", place.root / "outside/other.lua");
    const uint64_t with = place.look();
    assert_true(with != without);
    fs::remove(place.root / "package/beside.lua");
    place.link("package/beside.lua", place.root / "outside/another.lua");
    assert_true(place.look() != with);
}

void links_within_the_folder_are_followed(void **) {
    const Place place;
    place.write("package/.store/hidden.lua");
    place.link("package/shown", ".store");
    place.link("package/round", ".");
    const uint64_t before = place.look();
    place.write("package/.store/hidden.lua");
    assert_true(place.look() != before);
}

void the_folder_itself_may_be_a_link(void **) {
    const Place place;
    place.link("linked", "package");
    const uint64_t before = place.look("linked");
    place.write("package/modules/rules.lua");
    assert_true(place.look("linked") != before);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_change_anywhere_in_the_folder_is_seen),
        cmocka_unit_test(a_link_out_of_the_folder_is_not_followed),
        cmocka_unit_test(where_a_link_leads_is_seen),
        cmocka_unit_test(links_within_the_folder_are_followed),
        cmocka_unit_test(the_folder_itself_may_be_a_link),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
