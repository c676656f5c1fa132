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

// As packages/all -> / would be.
void a_folder_that_links_to_what_holds_it_is_not_entered(void **) {
    const Place place;
    fs::create_directories(place.root / "packages");
    place.link("packages/up", "..");
    for (const char *name : {"packages/up", "packages/up/"}) {
        const uint64_t before = place.look(name);
        place.write("outside/other.lua");
        assert_true(place.look(name) == before);
    }
    const uint64_t before = place.look("packages/up");
    fs::remove(place.root / "packages/up");
    place.link("packages/up", "../package");
    assert_true(place.look("packages/up") != before);
}

void a_huge_folder_is_not_looked_through(void **) {
    const Place place;
    constexpr size_t most = 20;
    for (size_t i = 0; i < most; i++) place.write(("huge/" + std::to_string(i) + ".lua").c_str());
    const std::vector<std::string> paths{(place.root / "huge").string()};
    const auto seen = [&](size_t limit) {
        const uint64_t before = fk::room::fingerprint(paths, limit);
        for (size_t i = 0; i < most; i++)
            place.write(("huge/" + std::to_string(i) + ".lua").c_str());
        return fk::room::fingerprint(paths, limit) != before;
    };
    assert_true(seen(most));
    assert_false(seen(0));
    fs::create_directories(place.root / "huge/below");
    for (size_t i = 0; i < most; i++) place.write(("huge/below/" + std::to_string(i)).c_str());
    assert_true(fk::room::fingerprint(paths, 2 * most + 1) == place.look("huge"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_change_anywhere_in_the_folder_is_seen),
        cmocka_unit_test(a_link_out_of_the_folder_is_not_followed),
        cmocka_unit_test(where_a_link_leads_is_seen),
        cmocka_unit_test(links_within_the_folder_are_followed),
        cmocka_unit_test(the_folder_itself_may_be_a_link),
        cmocka_unit_test(a_folder_that_links_to_what_holds_it_is_not_entered),
        cmocka_unit_test(a_huge_folder_is_not_looked_through),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
