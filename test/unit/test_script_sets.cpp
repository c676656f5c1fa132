// SPDX-License-Identifier: MIT
// What a server sends of a folder: what is in it, what is left out, what has changed since.
#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include "script_files.h"

namespace {

using fkvm::Digest;
using fkvm::digest_of;
using fkvm::ScriptBounds;
using fkvm::ScriptSets;

std::string paths_of(const fkvm::ScriptSet &set) {
    std::string text;
    for (const auto &entry : set.entries)
        text += entry.path + (entry.is_link() ? "->" + entry.target : "") + " ";
    return text;
}

// Whether they are there; others in their place never are.
bool has_bytes(ScriptSets &sets, const std::string &content) {
    std::string bytes;
    if (!sets.read(digest_of(content), 0, ScriptSets::max_piece, &bytes)) return false;
    expect_text(bytes, content);
    return true;
}

void what_is_in_it(void **) {
    const TestFolder game, other;
    for (const TestFolder *folder : {&game, &other}) {
        folder->write("main.lua", "main");
        folder->write("a/one.lua", "1");
        folder->write("a-b", "");
        folder->write("a/deep/two", "1");
        folder->link("a/link", "../main.lua");
        folder->link("a/to nothing", "gone");
    }
    game.write(".git/config", "hidden");
    game.write("a/.swp", "hidden");
    fs::create_directories(game / "empty/in it");
    assert_int_equal(::mkfifo((game / "fifo").c_str(), 0600), 0);
    fs::permissions(game / "main.lua", fs::perms::owner_all);
    ScriptSets sets;
    const auto set = sets.of(game.path());
    expect_text(paths_of(*set),
                "a/deep/two a/link->../main.lua a/one.lua a/to nothing->gone a-b main.lua ");
    assert_int_equal(set->bytes, 6);
    const auto *main = set->find("main.lua");
    assert_true(main && main->hash == digest_of("main") && main->size == 4);
    assert_true(fkvm::read_script_set(set->manifest).entries == set->entries);
    assert_true(sets.of(other.path())->id == set->id); // neither mode nor place counts
    assert_ptr_equal(sets.of(game.path() + "/./").get(), sets.of(game.path()).get());
    other.write("a-b", "x");
    assert_true(sets.of(other.path())->id != set->id);
}

void links_that_lead_out(void **) {
    const TestFolder game;
    ScriptSets sets;
    game.write("a/b/file", "1");
    for (const char *target : {"/etc/passwd", "../../..", "../../../x", "b/../../../x", ".hidden",
                               "../../.git/config"}) {
        game.link("a/b/link", target);
        const std::string said =
            expect_error("which leads out of the folder", [&] { sets.of(game.path()); });
        assert_true(said.find("'a/b/link'") != said.npos && said.find(target) != said.npos);
        assert_true(said.find(game.path()) != said.npos);
        fs::remove(game / "a/b/link");
    }
    for (const char *target : {"../..", "../../a/b/file", "file", "./file", "nothing/here"}) {
        assert_true(fkvm::stays_inside("a/b/link", target));
        game.link("a/b/link", target);
        assert_int_equal(sets.of(game.path())->entries.size(), 2);
        fs::remove(game / "a/b/link");
    }
}

void no_folder_of_scripts(void **) {
    ScriptSets sets;
    const TestFolder game;
    game.write("file", "1");
    expect_error("/nothing: No such file", [&] { sets.of(game / "nothing"); });
    expect_error("cannot be read", [&] { sets.of(game / "file"); });
    expect_error("put them into a folder of their own", [&] { sets.of("/"); });
}

void asked_again(void **) {
    const TestFolder game;
    for (int i = 0; i < 20; i++) game.write("packs/" + std::to_string(i), std::to_string(i));
    ScriptSets sets(an_hour_later);
    const auto first = sets.of(game.path());
    assert_int_equal(sets.files_hashed(), 20);
    assert_ptr_equal(sets.of(game.path()).get(), first.get());
    assert_int_equal(sets.files_hashed(), 20);

    fs::last_write_time(game / "packs/3", fs::file_time_type::clock::now() - std::chrono::hours(5));
    assert_ptr_equal(sets.of(game.path()).get(), first.get()); // other marks, the same scripts
    assert_int_equal(sets.files_hashed(), 21);
    assert_ptr_equal(sets.of(game.path()).get(), first.get());
    assert_int_equal(sets.files_hashed(), 21);

    game.write("packs/7", "other");
    game.write("packs/new", "new");
    fs::remove(game / "packs/9");
    const auto second = sets.of(game.path());
    assert_int_equal(sets.files_hashed(), 23);
    assert_true(second->id != first->id && second->find("packs/7")->hash == digest_of("other"));
    assert_true(second->find("packs/new") && !second->find("packs/9"));
    assert_true(first->find("packs/9") != nullptr); // who has it keeps it
    game.write("packs/7", "7");
    game.write("packs/9", "9");
    fs::remove(game / "packs/new");
    assert_true(sets.of(game.path())->id == first->id);
}

int64_t the_beginning() { // no file is older
    static const int64_t then = file_clock();
    return then;
}

// Writing to a page that is dirty changes no time of the file, as a second write in one tick of a
// coarse clock.
void changed_and_no_stat_shows_it(void **) {
    const TestFolder game;
    ScriptSets sets(the_beginning);
    the_beginning();
    game.write("file", "0000");
    const int file = ::open((game / "file").c_str(), O_RDWR | O_CLOEXEC);
    void *const page = ::mmap(nullptr, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_true(page != MAP_FAILED);
    std::memcpy(page, "0001", 4);
    assert_true(sets.of(game.path())->find("file")->hash == digest_of("0001"));
    std::memcpy(page, "0002", 4);
    assert_true(sets.of(game.path())->find("file")->hash == digest_of("0002"));
    ::munmap(page, 4);
    ::close(file);
}

// The clock is asked between the first look at a file and its first byte.
std::string changing;
int changes_left;

int64_t clock_that_changes_the_file() {
    if (changes_left && changes_left--) std::ofstream(changing, std::ios::app) << "more";
    return an_hour_later();
}

void changed_while_it_is_hashed(void **) {
    const TestFolder game;
    game.write("packs/file", "1");
    changing = game / "packs/file";
    changes_left = 1;
    ScriptSets sets(clock_that_changes_the_file);
    assert_true(sets.of(game.path())->find("packs/file")->hash == digest_of("1more"));
    changes_left = 1'000;
    game.write("packs/file", "2");
    expect_error("'packs/file' changes while it is being read", [&] { sets.of(game.path()); });
    assert_false(has_bytes(sets, "1more"));
    changes_left = 0;
    game.write("packs/file", "3");
    assert_true(sets.of(game.path())->find("packs/file")->hash == digest_of("3"));
}

void pieces(void **) {
    const TestFolder game;
    std::string large(3'000'000, 'x');
    for (size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>(i);
    game.write("a/large", large);
    game.write("empty", "");
    ScriptSets sets(an_hour_later);
    std::string bytes, all;
    assert_false(sets.read(digest_of(large), 0, 10, &bytes)); // nobody has asked for a set
    sets.of(game.path());
    while (sets.read(digest_of(large), all.size(), 64 << 10, &bytes) && !bytes.empty())
        all += bytes;
    assert_true(all == large);
    assert_true(sets.read(digest_of(large), 0, SIZE_MAX, &bytes));
    assert_int_equal(bytes.size(), ScriptSets::max_piece);
    for (const uint64_t offset : {uint64_t{3'000'000}, uint64_t{1} << 63, UINT64_MAX}) {
        assert_true(sets.read(digest_of(large), offset, 10, &bytes));
        assert_int_equal(bytes.size(), 0);
    }
    assert_true(sets.read(digest_of(""), 0, 10, &bytes) && bytes.empty());
    assert_false(sets.read(digest_of("another"), 0, 10, &bytes));
}

void not_there_any_more(void **) {
    const TestFolder game, elsewhere;
    ScriptSets sets(an_hour_later);
    const auto begin = [&] {
        fs::remove_all(game / "a");
        game.write("a/b/file", "content");
        game.write("a/b/same", "content of two");
        game.write("same", "content of two");
        sets.of(game.path());
        assert_true(has_bytes(sets, "content") && has_bytes(sets, "content of two"));
    };
    begin();
    game.write("a/b/file", "another content");
    assert_false(has_bytes(sets, "content"));
    begin();
    fs::remove(game / "a/b/same");
    assert_true(has_bytes(sets, "content of two")); // the other one
    fs::rename(game / "a/b/file", game / "a/b/renamed");
    assert_false(has_bytes(sets, "content"));
    sets.of(game.path());
    assert_true(has_bytes(sets, "content"));
    begin();
    fs::rename(game / "a/b", elsewhere / "b"); // the very same file, but through a link
    game.link("a/b", elsewhere / "b");
    assert_false(has_bytes(sets, "content"));
}

void many_folders(void **) {
    const TestFolder games;
    ScriptSets sets(an_hour_later);
    for (size_t i = 0; i <= ScriptSets::max_folders; i++) {
        const std::string name = std::to_string(i);
        games.write(name + "/file", name);
        sets.of(games / name);
        if (i) sets.of(games / "1"); // it stays, being asked for
    }
    assert_false(has_bytes(sets, "0"));
    assert_true(has_bytes(sets, "1") && has_bytes(sets, "2") && has_bytes(sets, "64"));
    assert_true(sets.of(games / "0")->entries.size() == 1 && has_bytes(sets, "0"));
    assert_false(has_bytes(sets, "2"));
}

void bounds(void **) {
    ScriptSets sets(an_hour_later);
    const TestFolder large, deep, many, names;
    large.write("a/a small", "1");
    large.write("a/huge", "");
    fs::resize_file(large / "a/huge", ScriptBounds::bytes);
    const std::string said =
        expect_error("more than 1073741824 bytes", [&] { sets.of(large.path()); });
    assert_true(said.find(large.path()) != said.npos);

    std::string path;
    for (size_t i = 1; i < ScriptBounds::depth; i++) path += "d/";
    deep.write(path + "file", "1");
    sets.of(deep.path());
    deep.write(path + "d/file", "1");
    expect_error("65 parts, the limit is 64", [&] { sets.of(deep.path()); });

    for (int i = 0; i < 3; i++) names.write(std::string(240, 'a') + "/" + std::to_string(i), "1");
    sets.of(names.path());
    path.clear();
    for (int i = 0; i < 4; i++) path += std::string(249, 'a') + "/";
    names.write(path + "b", "1");
    expect_error("1001 bytes, the limit is 1000", [&] { sets.of(names.path()); });

    for (size_t i = 0; i <= ScriptBounds::names; i++)
        assert_int_equal(::symlink("x", (many / std::to_string(i)).c_str()), 0);
    expect_error("more than 100000 files, links and folders", [&] { sets.of(many.path()); });
}

void many_at_once(void **) {
    const TestFolder game;
    for (int i = 0; i < 50; i++) game.write(std::to_string(i), std::to_string(i));
    ScriptSets sets(an_hour_later);
    std::vector<std::shared_ptr<const fkvm::ScriptSet>> got(8);
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (auto &set : got)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; i++) {
                set = sets.of(game.path());
                wrong += !has_bytes(sets, std::to_string(i));
            }
        });
    for (std::thread &thread : threads) thread.join();
    assert_int_equal(wrong.load(), 0);
    for (const auto &set : got) assert_ptr_equal(set.get(), got[0].get());
    assert_int_equal(sets.files_hashed(), 50);
}

std::atomic<bool> is_looking, may_go_on;

int64_t clock_that_waits() {
    is_looking = true;
    while (!may_go_on) std::this_thread::yield();
    return the_beginning();
}

bool waits(const std::atomic<pid_t> &thread) {
    const std::string task = "/proc/self/task/" + std::to_string(thread) + "/stat";
    const std::string text = text_of_file(task);
    return thread && text.find(") S") != text.npos;
}

// Who asks while one looks waits; then one of them looks for all.
void asked_by_many_meanwhile(void **) {
    const TestFolder game;
    game.write("file", "1");
    the_beginning();
    ScriptSets sets(clock_that_waits);
    std::thread first([&] { sets.of(game.path()); });
    while (!is_looking) std::this_thread::yield();
    std::array<std::atomic<pid_t>, 3> ids{};
    std::array<std::shared_ptr<const fkvm::ScriptSet>, 3> got;
    std::vector<std::thread> others;
    for (size_t i = 0; i < ids.size(); i++)
        others.emplace_back([&, i] {
            ids[i] = ::gettid();
            got[i] = sets.of(game.path());
        });
    for (const auto &id : ids)
        while (!waits(id)) std::this_thread::yield();
    may_go_on = true;
    first.join();
    for (std::thread &thread : others) thread.join();
    assert_int_equal(sets.files_hashed(), 2); // every look hashes this file, which is new
    for (const auto &set : got) assert_ptr_equal(set.get(), got[0].get());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(what_is_in_it),
                                cmocka_unit_test(links_that_lead_out),
                                cmocka_unit_test(no_folder_of_scripts),
                                cmocka_unit_test(asked_again),
                                cmocka_unit_test(changed_and_no_stat_shows_it),
                                cmocka_unit_test(changed_while_it_is_hashed),
                                cmocka_unit_test(pieces),
                                cmocka_unit_test(not_there_any_more),
                                cmocka_unit_test(many_folders),
                                cmocka_unit_test(bounds),
                                cmocka_unit_test(many_at_once),
                                cmocka_unit_test(asked_by_many_meanwhile)};
    return cmocka_run_group_tests_name("script-sets", tests, nullptr, nullptr);
}
