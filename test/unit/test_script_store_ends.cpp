// SPDX-License-Identifier: MIT
// A store that several processes fill, that die or find the disk full; and what a sweep takes.

#include "base/clock.h"

#include <csignal>
#include <random>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "script_place.h"

namespace {

// As a worker of its own: all sets, in the order of the others.
void fill_all(const std::string &folder, ScriptSets &from,
              const std::vector<std::shared_ptr<const ScriptSet>> &all, bool may_be_swept) {
    const ScriptStore own(folder);
    for (const auto &set : all) {
        try {
            const std::string path = fill(own, from, *set);
            if (!may_be_swept && text_of_file(path + "/packs/7.lua") != content(7)) ::_exit(3);
        } catch (const fkvm::ScriptsError &error) {
            if (!may_be_swept ||
                !std::string_view(error.what()).starts_with("the scripts were removed"))
                throw;
        }
    }
}

std::vector<std::shared_ptr<const ScriptSet>> several_sets(Place &here, const TestFolder &games) {
    std::vector<std::shared_ptr<const ScriptSet>> all;
    for (int i = 0; i < 5; i++) {
        const std::string game = games / std::to_string(i);
        fs::copy(here.game.path(), game,
                 fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        std::ofstream(game + "/main.lua") << i;
        std::ofstream(game + "/packs/1.lua") << i;
        all.push_back(here.sets.of(game));
    }
    return all;
}

// Whatever has a name that others trust is what it says.
void check_all(const ScriptStore &store) {
    for (const auto &set : fs::directory_iterator(store.folder() + "/sets")) {
        const std::string name = set.path().filename().string();
        ScriptSets sets;
        if (name[0] != '.') expect_text(sets.of(set.path().string())->id.hex(), name);
    }
    for (const auto &file : fs::recursive_directory_iterator(store.folder() + "/files")) {
        const std::string name = file.path().filename().string();
        if (!file.is_regular_file() || name[0] == '.') continue;
        const std::string hash = file.path().parent_path().filename().string() + name;
        expect_text(digest_of(text_of_file(file.path().string())).hex(), hash);
    }
}

// Four processes do it, while this one does `meanwhile`.
template <typename Function>
void fill_in_processes(Place &here, bool may_be_swept, Function meanwhile) {
    const TestFolder games;
    const auto all = several_sets(here, games);
    int start[2];
    assert_int_equal(::pipe2(start, O_CLOEXEC), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 4; i++)
        children.push_back(begin_child([&] {
            char byte;
            ::close(start[1]);
            if (::read(start[0], &byte, 1) == 0)
                fill_all(here.store.folder(), here.sets, all, may_be_swept);
        }));
    ::close(start[0]);
    ::close(start[1]);
    for (const pid_t child : children) {
        int status;
        while (::waitpid(child, &status, WNOHANG) == 0) meanwhile();
        assert_int_equal(status, 0);
    }
    for (const auto &entry : fs::recursive_directory_iterator(here.store.folder()))
        assert_true(entry.path().filename().string()[0] != '.');
    for (const auto &set : all) fill(here.store, here.sets, *set);
    check_all(here.store);
}

void at_the_same_time(void **) {
    Place here;
    fill_in_processes(here, false, [&] { here.store.sweep({}, hours(1)); });
    assert_int_equal(count_in(here.store.folder() + "/files", true), 11 + 5);
}

// ... and all is removed as soon as it is there.
void swept_at_the_same_time(void **) {
    Place here;
    fill_in_processes(here, true, [&] { here.store.sweep({}, seconds(0)); });
}

std::string only_name_in(const std::string &folder) {
    std::string name;
    for (const auto &entry : fs::directory_iterator(folder)) {
        assert_true(name.empty());
        name = entry.path().string();
    }
    return name;
}

void killed_in_the_middle(void **) {
    Place here;
    const auto set = here.now();
    const std::string sets = here.store.folder() + "/sets";
    const int how = end_of(begin_child([&] {
        const auto to = here.store.begin(set->id, set->manifest);
        send(here.sets, *to, 3);
        to->take(to->missing().back().hash, 0, "x");
        ::raise(SIGKILL);
    }));
    assert_int_equal(how, 128 + SIGKILL);
    assert_false(here.store.has(set->id));
    const std::string half = only_name_in(sets);
    assert_int_equal(here.store.begin(set->id, set->manifest)->missing().size(), 13);

    here.store.sweep({}, seconds(0));
    assert_true(fs::exists(half)); // its maker might be at work
    age(half, hours(2));
    const auto living = here.store.begin(set->id, set->manifest);
    for (const auto &entry : fs::directory_iterator(sets)) age(entry.path(), hours(2));
    here.store.sweep({}, seconds(0));
    assert_false(fs::exists(half));
    assert_true(only_name_in(sets) != half); // and this one's maker is
    send(here.sets, *living);
    living->finish();
    assert_true(here.store.has(set->id));
}

// After each step of a fill but the last, a kill leaves no set.
void killed_at_any_step(void **) {
    Place here;
    const auto set = here.now();
    for (size_t steps = 0; steps <= 13; steps++) {
        const int how = end_of(begin_child([&] {
            const auto to = here.store.begin(set->id, set->manifest);
            send(here.sets, *to, 13 - steps);
            ::_exit(7);
        }));
        assert_int_equal(how, 7);
        assert_false(here.store.has(set->id));
    }
    assert_int_equal(count_in(here.store.folder() + "/files"), 0);
    ScriptSets again;
    assert_true(again.of(fill(here.store, here.sets, *set))->id == set->id);
}

// ... nor does one at any moment, while sets come and go.
void killed_at_any_moment(void **) {
    Place here;
    const TestFolder games;
    const auto all = several_sets(here, games);
    std::mt19937 random(20261127);
    for (int round = 0; round < 40; round++) {
        int begun[2];
        assert_int_equal(::pipe2(begun, O_CLOEXEC), 0);
        const pid_t child = begin_child([&] {
            for (;;) {
                fill_all(here.store.folder(), here.sets, all, false);
                if (::write(begun[1], "x", 1) != 1) ::_exit(1);
                here.store.sweep({}, seconds(0));
            }
        });
        char byte;
        ::close(begun[1]);
        assert_int_equal(::read(begun[0], &byte, 1), 1);
        const uint64_t until = fkvm::now_ns() + random() % 4'000'000;
        while (fkvm::now_ns() < until) {
        } // as it goes on
        ::kill(child, SIGKILL);
        assert_int_equal(end_of(child), 128 + SIGKILL);
        ::close(begun[0]);
        check_all(here.store);
    }
    for (const auto &set : all) fill(here.store, here.sets, *set);
    check_all(here.store);
}

void limit_of_file_size(void **) {
    Place here;
    here.game.write("large", std::string(100'000, 'x'));
    const auto set = here.now();
    assert_int_equal(end_of(begin_child([&] {
                         const rlimit limit{50'000, 50'000};
                         ::setrlimit(RLIMIT_FSIZE, &limit);
                         try {
                             fill(here.store, here.sets, *set);
                         } catch (const fkvm::ScriptsError &error) {
                             const std::string said = error.what();
                             const bool is_clear = said.find(here.store.folder()) != said.npos &&
                                                   said.find("136027 bytes more") != said.npos;
                             ::_exit(is_clear ? 7 : (::dprintf(2, "%s\n", error.what()), 8));
                         }
                     })),
                     7);
    assert_false(here.store.has(set->id));
    assert_int_equal(count_in(here.store.folder() + "/sets"), 0);
    assert_int_equal(count_in(here.store.folder() + "/files"), 0);
    fill(here.store, here.sets, *set);
}

void write_text(const char *path, const std::string &text) { std::ofstream(path) << text; }

// A disk of 64 kB that this process alone sees.
bool mount_small_disk(const std::string &at) {
    const std::string user = std::to_string(::geteuid()), group = std::to_string(::getegid());
    if (::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    if (user != "0") {
        write_text("/proc/self/setgroups", "deny");
        write_text("/proc/self/uid_map", "0 " + user + " 1");
        write_text("/proc/self/gid_map", "0 " + group + " 1");
    }
    return ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("fkvm", at.c_str(), "tmpfs", 0, "size=64k") == 0;
}

bool is_too_little(const ScriptStore &store, const std::function<void()> &what) {
    try {
        what();
    } catch (const fkvm::ScriptsError &error) {
        const std::string said = error.what();
        return said.find(store.folder()) != said.npos && said.find("bytes more") != said.npos;
    }
    return false;
}

int use_small_disk(Place &here, const std::string &disk) {
    if (!mount_small_disk(disk)) return 77;
    const auto large = here.now();
    const ScriptStore store(disk + "/store");
    if (!is_too_little(store, [&] { store.begin(large->id, large->manifest); })) return 2;
    if (count_in(disk + "/store/sets") != 0) return 3;
    fs::remove(here.game / "large");
    const auto small = here.now();
    auto to = store.begin(small->id, small->manifest);
    write_text((disk + "/other").c_str(), std::string(60'000, 'x')); // somebody else takes the room
    if (!is_too_little(store, [&] { send(here.sets, *to); })) return 4;
    to.reset();
    fs::remove(disk + "/other");
    return fill(store, here.sets, *small).empty() ? 5 : 0;
}

void full_disk(void **) {
    Place here;
    here.game.write("large", std::string(100'000, 'x'));
    const TestFolder disk("/tmp");
    const int how = end_of(begin_child([&] { ::_exit(use_small_disk(here, disk.path())); }));
    if (how == 77) return print_message("skipped: no disk can be mounted here\n");
    assert_int_equal(how, 0);
}

void sweeps(void **) {
    Place here;
    const auto first = here.now();
    const std::string old = fill(here.store, here.sets, *first);
    here.game.write("packs/5.lua", "new");
    const auto second = here.now();
    const std::string path = fill(here.store, here.sets, *second);

    auto swept = here.store.sweep({}, hours(24));
    assert_int_equal(swept.sets + swept.files, 0);
    age(old, hours(25));
    swept = here.store.sweep({first->id}, hours(24));
    assert_int_equal(swept.sets + swept.files, 0);
    assert_false(here.store.path(first->id).empty()); // a use
    swept = here.store.sweep({}, hours(24));
    assert_int_equal(swept.sets + swept.files, 0);

    age(old, hours(25));
    for (const auto &entry : fs::recursive_directory_iterator(here.store.folder() + "/files"))
        if (entry.is_regular_file()) age(entry.path(), hours(30));
    swept = here.store.sweep({}, hours(24));
    assert_int_equal(swept.sets, 1);
    assert_int_equal(swept.files, 1);
    assert_int_equal(swept.bytes, content(5).size());
    assert_false(here.store.has(first->id));
    expect_text(here.store.path(first->id), "");
    ScriptSets again;
    assert_true(again.of(path)->id == second->id);

    swept = here.store.sweep({second->id}, seconds(0));
    assert_int_equal(swept.sets + swept.files, 0);
    swept = here.store.sweep({}, seconds(0));
    assert_int_equal(swept.sets, 1);
    assert_int_equal(swept.files, 13);
    assert_int_equal(count_in(here.store.folder() + "/sets"), 0);
    assert_int_equal(count_in(here.store.folder() + "/files", true), 0);
}

void what_is_not_of_a_store_stays(void **) {
    Place here;
    fs::create_directories(here.store.folder() + "/sets/of somebody");
    std::ofstream(here.store.folder() + "/files/note") << "1";
    here.store.sweep({}, seconds(0));
    assert_int_equal(count_in(here.store.folder()), 4);
}

// A set and the contents on two disks: no hard link leads from one to the other.
void copies_where_links_fail(void **) {
    const TestFolder one("/tmp"), two;
    if (status_of(one.path()).st_dev == status_of(two.path()).st_dev)
        return print_message("skipped: /tmp and /dev/shm are one disk\n");
    const TestFolder game;
    write_game(game);
    fs::create_directories(two / "files");
    one.link("files", two / "files");
    ScriptSets sets(an_hour_later);
    const ScriptStore store(one.path());
    const auto first = sets.of(game.path());
    const std::string old = fill(store, sets, *first);
    assert_int_equal(count_in(two / "files", true), 13);
    game.write("packs/5.lua", "new");
    const auto second = sets.of(game.path());
    const auto to = store.begin(second->id, second->manifest);
    assert_int_equal(to->missing().size(), 1);
    send(sets, *to);
    const std::string path = to->finish();
    ScriptSets again;
    assert_true(again.of(path)->id == second->id && again.of(old)->id == first->id);
    assert_int_equal(status_of(path + "/packs/4.lua").st_mode & 07777, 0444);
    const auto swept = store.sweep({second->id}, seconds(0));
    assert_int_equal(swept.sets, 1);
    ScriptSets later;
    assert_true(later.of(path)->id == second->id);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(at_the_same_time),
                                cmocka_unit_test(swept_at_the_same_time),
                                cmocka_unit_test(killed_in_the_middle),
                                cmocka_unit_test(killed_at_any_step),
                                cmocka_unit_test(killed_at_any_moment),
                                cmocka_unit_test(limit_of_file_size),
                                cmocka_unit_test(full_disk),
                                cmocka_unit_test(sweeps),
                                cmocka_unit_test(what_is_not_of_a_store_stays),
                                cmocka_unit_test(copies_where_links_fail)};
    return cmocka_run_group_tests_name("script-store-ends", tests, nullptr, nullptr);
}
