// SPDX-License-Identifier: MIT
// What a worker keeps: sets come whole or not at all, and nothing comes that is not theirs.
#include "script_place.h"

namespace {

void comes_as_it_is(void **) {
    Place here;
    const auto set = here.now();
    assert_false(here.store.has(set->id));
    expect_text(here.store.path(set->id), "");
    const std::string path = fill(here.store, here.sets, *set);
    assert_true(here.store.has(set->id));
    expect_text(path, here.store.folder() + "/sets/" + set->id.hex());
    expect_text(here.store.path(set->id), path);
    ScriptSets again;
    assert_true(again.of(path)->id == set->id);
    expect_text(text_of_file(path + "/packs/deep/link.lua"), "return 'main'");
    for (const char *folder : {"", "/packs", "/packs/deep", "/packs/deep/er"})
        assert_int_equal(status_of(path + folder).st_mode & 07777, 0555);
    for (const char *file : {"/main.lua", "/empty.lua", "/packs/deep/er/same.lua", "/packs/11.lua"})
        assert_int_equal(status_of(path + file).st_mode & 07777, 0444);
    assert_int_equal(status_of(path + "/packs/3.lua").st_ino,
                     status_of(path + "/packs/deep/er/same.lua").st_ino);
    assert_int_equal(count_in(here.store.folder() + "/files", true), 13);
}

void an_update_brings_what_changed(void **) {
    Place here;
    const auto first = here.now();
    const std::string old = fill(here.store, here.sets, *first);
    here.game.write("packs/5.lua", "new");
    const auto second = here.now();
    const auto incoming = here.store.begin(second->id, second->manifest);
    assert_int_equal(incoming->missing().size(), 1);
    assert_int_equal(incoming->bytes_missing(), 3);
    assert_true(incoming->set().id == second->id);
    assert_false(here.store.has(second->id));
    send(here.sets, *incoming);
    const std::string path = incoming->finish();
    assert_int_equal(status_of(path + "/packs/4.lua").st_ino,
                     status_of(old + "/packs/4.lua").st_ino);
    expect_text(text_of_file(path + "/packs/5.lua"), "new");
    expect_text(text_of_file(old + "/packs/5.lua"), content(5));
    assert_int_equal(here.store.begin(first->id, first->manifest)->missing().size(), 0);
    expect_text(fill(here.store, here.sets, *first), old); // a second time is no harm
    for (const auto &entry : fs::directory_iterator(here.store.folder() + "/sets"))
        assert_true(entry.path().filename().string()[0] != '.');
}

void lists_of_strangers(void **) {
    const Place here;
    const auto begin = [&](const std::string &text) { here.store.begin(digest_of(text), text); };
    const std::string hash = digest_of("x").hex();
    using namespace std::string_literals;
    expect_error("not the one that was asked for",
                 [&] { here.store.begin(digest_of("other"), "fkvm scripts 1\n"); });
    expect_error("begins with a dot", [&] { begin("fkvm scripts 1\nF " + hash + " 1 ../x\0"s); });
    expect_error("leads out", [&] { begin("fkvm scripts 1\nL out\0..\0"s); });
    expect_error("another size than a file with the same hash",
                 [&] { begin("fkvm scripts 1\nF " + hash + " 1 a\0F "s + hash + " 2 b\0"s); });
    assert_int_equal(count_in(here.store.folder() + "/sets"), 0);
    const std::string nothing = "fkvm scripts 1\n";
    assert_false(here.store.begin(digest_of(nothing), nothing)->finish().empty());
    assert_int_equal(count_in(here.store.folder() + "/sets"), 1);
}

void wrong_bytes(void **) {
    Place here;
    const auto set = here.now();
    const Digest hash = digest_of(content(1));
    const std::string right = content(1);
    std::string wrong = right;
    wrong.back()++;
    const struct {
        const char *why;
        std::function<void(IncomingSet &)> send;
    } rows[] = {
        {"is not what its hash says", [&](auto &to) { to.take(hash, 0, wrong); }},
        {"has more than its 3001 bytes", [&](auto &to) { to.take(hash, 0, right + "x"); }},
        {"has more than its 3001 bytes",
         [&](auto &to) {
             to.take(hash, 0, right.substr(0, 3000));
             to.take(hash, 3000, "12");
         }},
        {"after 1 bytes came those from 2",
         [&](auto &to) {
             to.take(hash, 0, right.substr(0, 1));
             to.take(hash, 2, right.substr(2));
         }},
        {"after 0 bytes came those from 18446744073709551615",
         [&](auto &to) { to.take(hash, UINT64_MAX, right); }},
        {"nobody asked for", [&](auto &to) { to.take(digest_of("else"), 0, "else"); }},
    };
    for (const auto &row : rows) {
        const auto to = here.store.begin(set->id, set->manifest);
        to->take(digest_of(content(2)), 0, content(2)); // right, but of somebody who lies
        expect_error(row.why, [&] { row.send(*to); });
        expect_error("no longer taken", [&] { to->take(hash, 0, right); });
        expect_error("no longer taken", [&] { to->finish(); });
    }
    assert_int_equal(count_in(here.store.folder() + "/sets"), 0);
    assert_int_equal(count_in(here.store.folder() + "/files"), 0);
    const auto to = here.store.begin(set->id, set->manifest);
    send(here.sets, *to, 1);
    expect_error("bytes are missing", [&] { to->finish(); });
    assert_false(here.store.has(set->id));
}

void pieces_in_any_mixture(void **) {
    Place here;
    const auto set = here.now();
    const auto to = here.store.begin(set->id, set->manifest);
    const uint64_t all = to->bytes_missing();
    std::string bytes;
    for (uint64_t offset = 0; offset < 3002; offset += 500)
        for (const auto &file : to->missing()) {
            if (offset > file.size) continue;
            assert_true(here.sets.read(file.hash, offset, 500, &bytes));
            to->take(file.hash, offset, bytes);
            to->take(file.hash, offset, bytes); // once more, as who repeats a request
            to->take(file.hash, offset / 2, bytes.substr(0, offset / 2));
        }
    assert_int_equal(to->bytes_missing(), 0);
    ScriptSets again;
    assert_true(again.of(to->finish())->id == set->id);
    assert_int_equal(all, 12 * 3001 + 2 + 13);

    for (int i = 0; i < 70; i++) here.game.write("more/" + std::to_string(i), content(100 + i));
    const auto more = here.now();
    const auto many = here.store.begin(more->id, more->manifest);
    expect_error("more than 64 files come at once", [&] {
        for (const auto &file : many->missing()) many->take(file.hash, 0, "x");
    });
}

void what_came_whole_is_kept(void **) {
    Place here;
    const auto set = here.now();
    {
        const auto to = here.store.begin(set->id, set->manifest);
        assert_int_equal(to->missing().size(), 13);
        send(here.sets, *to, 4);
        to->take(to->missing()[10].hash, 0, "x");
    }
    assert_int_equal(count_in(here.store.folder() + "/sets"), 0);
    const auto to = here.store.begin(set->id, set->manifest);
    assert_int_equal(to->missing().size(), 4);
    send(here.sets, *to);
    to->finish();
    assert_true(here.store.has(set->id));
}

void a_damaged_content_is_replaced(void **) {
    Place here;
    const auto set = here.now();
    { send(here.sets, *here.store.begin(set->id, set->manifest)); }
    const std::string digits = digest_of(content(1)).hex();
    const std::string file =
        here.store.folder() + "/files/" + digits.substr(0, 2) + "/" + digits.substr(2);
    fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(file, 100); // as after a power failure
    const auto to = here.store.begin(set->id, set->manifest);
    assert_int_equal(to->missing().size(), 1);
    send(here.sets, *to);
    ScriptSets again;
    assert_true(again.of(to->finish())->id == set->id);
    expect_text(text_of_file(file), content(1));
}

void no_folder_for_scripts(void **) {
    const TestFolder folder;
    folder.write("file", "1");
    expect_error("no folder for scripts can be made at",
                 [&] { ScriptStore store(folder / "no/store"); });
    expect_error("no scripts can be kept in", [&] { ScriptStore store(folder / "file"); });
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(comes_as_it_is),
                                cmocka_unit_test(an_update_brings_what_changed),
                                cmocka_unit_test(lists_of_strangers),
                                cmocka_unit_test(wrong_bytes),
                                cmocka_unit_test(pieces_in_any_mixture),
                                cmocka_unit_test(what_came_whole_is_kept),
                                cmocka_unit_test(a_damaged_content_is_replaced),
                                cmocka_unit_test(no_folder_for_scripts)};
    return cmocka_run_group_tests_name("script-store", tests, nullptr, nullptr);
}
