// SPDX-License-Identifier: MIT
// The list that names a set of scripts: what comes back from it, and what strangers may not write.
#include "nats/scripts/manifest.h"

#include <random>
#include <vector>

#include "script_files.h"

namespace {

using fkvm::digest_of;
using fkvm::ScriptBounds;
using fkvm::ScriptEntry;
using fkvm::ScriptSet;

using namespace std::string_literals;

ScriptEntry file(std::string path, std::string_view content = "return 1\n") {
    return {std::move(path), "", content.size(), digest_of(content)};
}
ScriptEntry link(std::string path, std::string target) { return {std::move(path), target, 0, {}}; }

std::string line(const std::string &path, const std::string &size = "9") {
    return "F " + digest_of("return 1\n").hex() + " " + size + " " + path + '\0';
}
std::string link_line(const std::string &path, const std::string &target) {
    return "L " + path + '\0' + target + '\0';
}
const std::string head = "fkvm scripts 1\n";

void hashes(void **) {
    expect_text(digest_of("abc").hex(),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(fkvm::Digest::of_hex(digest_of("abc").hex()) == digest_of("abc"));
    const std::string digits = digest_of("abc").hex();
    for (const std::string &text : {""s, digits.substr(1), digits + "0", "B" + digits.substr(1),
                                    "../../../" + digits.substr(9), '\0' + digits.substr(1)})
        assert_false(fkvm::Digest::of_hex(text).has_value());
}

void comes_back_as_it_was(void **) {
    const std::vector<ScriptEntry> entries = {file("a"),
                                              link("a b/l", "../a"),
                                              file("a-b", ""),
                                              file("b/c/d.lua"),
                                              link("b/c/e", "../../b/./c//d.lua"),
                                              file("b/c-d"),
                                              file("\xff\n")};
    const ScriptSet set = fkvm::make_script_set(entries);
    const ScriptSet read = fkvm::read_script_set(set.manifest);
    assert_true(read.entries == entries && read.id == set.id && read.manifest == set.manifest);
    assert_int_equal(read.bytes, 4 * 9);
    assert_true(digest_of(set.manifest) == set.id);
    for (const ScriptEntry &entry : read.entries) assert_ptr_equal(read.find(entry.path), &entry);
    for (const char *path : {"", "b", "b/c", "a ", "c"}) assert_null(read.find(path));
    assert_int_equal(fkvm::read_script_set(head).entries.size(), 0);
}

void refused(void **) {
    std::string folders, parts;
    for (size_t i = 0; i < ScriptBounds::depth; i++) folders += "d/";
    for (size_t i = 0; i < 4; i++) parts += std::string(220, 'p') + "/";
    const struct {
        std::string text;
        const char *why;
    } rows[] = {
        {"", "is not one"},
        {"fkvm scripts 1", "another version"},
        {"fkvm scripts 2\n", "another version"},
        {head + line("../x"), "begins with a dot"},
        {head + line("a/../x"), "begins with a dot"},
        {head + line("a/.."), "begins with a dot"},
        {head + line("."), "begins with a dot"},
        {head + line(".git/config"), "begins with a dot"},
        {head + line("/etc/passwd"), "absolute"},
        {head + line(""), "without a name"},
        {head + line("a//b"), "without a name"},
        {head + line("a/"), "without a name"},
        {head + line("a") + line("a"), "there twice"},
        {head + line("a") + link_line("a", "b"), "there twice"},
        {head + line("a") + line("a/b"), "below what is no folder"},
        {head + line("a/b") + line("a"), "not in its place"},
        {head + line("a-b") + line("a/b"), "not in its place"},
        {head + link_line("a", "b") + line("a/b"), "below what is no folder"},
        {head + link_line("out", "/etc") + line("out/passwd"), "leads out"},
        {head + link_line("out", ".."), "leads out"},
        {head + link_line("a/out", "../.."), "leads out"},
        {head + link_line("a/out", "../../etc"), "leads out"},
        {head + link_line("a/out", "b/../../x"), "leads out"},
        {head + link_line("a/out", ".hidden"), "leads out"},
        {head + link_line("a", std::string(ScriptBounds::path + 1, '/')), "leads out"},
        {head + link_line("a", ""), "leads nowhere"},
        {head + line("a", "9223372036854775808"), "more than 1073741824 bytes"},
        {head + line("a", "18446744073709551615"), "more than 1073741824 bytes"},
        {head + line("a", "1073741825"), "more than 1073741824 bytes"},
        {head + line("a", "1073741824") + line("b", "1"), "more than 1073741824 bytes"},
        {head + line("a", "18446744073709551616"), "a size that is none"},
        {head + line("a", "-1"), "a size that is none"},
        {head + line("a", "09"), "a size that is none"},
        {head + line("a", "0x9"), "a size that is none"},
        {head + line("a", ""), "a size that is none"},
        {head + line("a", "0"), "no bytes but a hash"},
        {head + "F abc 9 a\0"s, "a hash that is none"},
        {head + "D a\0"s, "an unknown kind"},
        {head + line("a").substr(0, 40), "in the middle"},
        {head + line("a").substr(0, line("a").size() - 1), "in the middle"},
        {head + "L a\0b"s, "in the middle"},
        {head + line(folders + "x"), "65 parts, the limit is 64"},
        {head + line(parts + std::string(217, 'x')), "1101 bytes, the limit is 1000"},
        {head + line(std::string(256, 'n')), "more than 255 bytes"},
        {head + std::string(ScriptBounds::manifest, 'x'), "too long"},
    };
    for (const auto &row : rows) expect_error(row.why, [&] { fkvm::read_script_set(row.text); });
}

void too_many_names(void **) {
    std::string text = head, folders = head;
    char name[16];
    for (size_t i = 0; i <= ScriptBounds::names; i++) {
        std::snprintf(name, sizeof name, "%06zu", i);
        text += link_line(name, "x");
        if (i <= ScriptBounds::names / 2) folders += link_line(name + "/l"s, "x");
    }
    expect_error("more than 100000 files, links and folders", [&] { fkvm::read_script_set(text); });
    expect_error("more than 100000 files", [&] { fkvm::read_script_set(folders); });
    text.resize(text.size() - link_line(name, "x").size());
    assert_int_equal(fkvm::read_script_set(text).entries.size(), ScriptBounds::names);
}

void a_long_list(void **) {
    std::vector<ScriptEntry> entries;
    char name[16];
    for (size_t i = 0; i < 20'000; i++) {
        std::snprintf(name, sizeof name, "%06zu", i);
        entries.push_back(link(name, std::string(1'000, 'x')));
        for (size_t part = 200; part < 1'000; part += 200) entries.back().target[part] = '/';
    }
    assert_true(fkvm::make_script_set(entries).manifest.size() > 20'000'000);
    for (size_t i = 20'000; i < 40'000; i++) {
        std::snprintf(name, sizeof name, "%06zu", i);
        entries.push_back(link(name, entries[0].target));
    }
    expect_error("33554432 bytes", [&] { fkvm::make_script_set(entries); });
}

// Whatever is accepted is the one text of its set, and each path of it is plain.
void one_mistake(void **) {
    const std::string good =
        fkvm::make_script_set({file("a"), link("b/l", "../a"), file("b/m.lua"), file("c/d/e", "")})
            .manifest;
    std::mt19937 random(20261127);
    size_t accepted = 0;
    for (int i = 0; i < 20'000; i++) {
        std::string text = good;
        const size_t at = random() % text.size();
        constexpr char bytes[] = "./\0 a0L";
        switch (random() % 4) {
        case 0:
            text[at] = static_cast<char>(random());
            break;
        case 1:
            text.erase(at, 1 + random() % 3);
            break;
        case 2:
            text.insert(at, 1, bytes[random() % 7]);
            break;
        default:
            text[at] = bytes[random() % 7];
        }
        try {
            const ScriptSet set = fkvm::read_script_set(text);
            assert_true(set.manifest == text);
            for (const ScriptEntry &entry : set.entries) {
                const fs::path path(entry.path);
                assert_true(path.is_relative() && path.lexically_normal() == path);
                assert_true(entry.path[0] != '.');
                accepted++;
            }
        } catch (const fkvm::ScriptsError &) { // as it should be, nearly always
        }
    }
    assert_true(accepted > 100); // another name is another set
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(hashes),      cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(refused),     cmocka_unit_test(too_many_names),
        cmocka_unit_test(a_long_list), cmocka_unit_test(one_mistake)};
    return cmocka_run_group_tests_name("script-manifest", tests, nullptr, nullptr);
}
