// SPDX-License-Identifier: MIT
// Names of members: found twice, found again, and at a cost that nobody can raise by choosing them.
#include "base/hash.h"
#include "unit.h"
#include "wire/name_set.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace {

void duplicates_of_few_and_many(void **) {
    for (const size_t n : {2u, 12u, 13u, 14u, 100u, 5000u}) {
        std::vector<std::string> names;
        for (size_t i = 0; i < n; i++) names.push_back("n" + std::to_string(i));
        std::vector<fk_member> members;
        for (const auto &name : names)
            members.push_back({FK_BYTES(name.data(), name.size()), FK_NIL});
        fkvm::Arena arena;
        assert_int_equal(fkvm::find_duplicate(members.data(), n, arena).index, n);
        members[n - 1].name = members[0].name;
        const fkvm::Duplicate twice = fkvm::find_duplicate(members.data(), n, arena);
        assert_int_equal(twice.index, n - 1);
        assert_false(twice.out_of_memory);
    }
}

// Names that collide under the standard library's hash, as a stranger would choose them.
void chosen_names_do_not_collide(void **) {
    constexpr size_t mask = (1 << 12) - 1;
    size_t collide = 0, chosen = 0;
    uint64_t first = 0;
    for (size_t i = 0; chosen < 500; i++) {
        const std::string name = "n" + std::to_string(i);
        if ((std::hash<std::string_view>()(name) & mask) != 7) continue;
        const uint64_t hash = fkvm::keyed_hash(name);
        if (chosen++ == 0) first = hash;
        collide += (hash & mask) == (first & mask);
    }
    assert_true(collide < 20); // the first itself, and one in 4,096
    assert_true(fkvm::keyed_hash("a") != fkvm::keyed_hash(std::string_view("a\0", 2)));
    assert_true(fkvm::keyed_hash("12345678") == fkvm::keyed_hash(std::string("12345678")));
}

// Eight printable characters whose std::hash of libstdc++ (Murmur with a fixed seed) ends in 16
// zero bits: made by doing its steps backwards.
std::string colliding_name(uint64_t *number) {
    constexpr uint64_t mul = 0xc6a4a7935bd1e995ull;
    uint64_t inverse = mul;
    for (int i = 0; i < 6; i++) inverse *= 2 - mul * inverse;
    const auto unmix = [](uint64_t v) { return v ^ v >> 47; };
    for (;;) {
        uint64_t h = unmix(unmix(++*number << 16) * inverse) * inverse;
        h = unmix((h ^ (0xc70f6907ull ^ 8 * mul)) * inverse) * inverse;
        std::string name(reinterpret_cast<const char *>(&h), sizeof h);
        const auto plain = [](char c) { return c > ' ' && c < 127; };
        if (std::all_of(name.begin(), name.end(), plain)) return name;
    }
}

// The number of steps stays below twice the number of names, whoever has chosen them.
void names_that_collide(void **) {
    constexpr size_t n = 20'000;
    std::vector<std::string> names, numbered;
    uint64_t number = 0;
    for (size_t i = 0; i < n; i++) {
        names.push_back(colliding_name(&number));
        numbered.push_back(std::to_string(i));
    }
#if defined(__GLIBCXX__) && defined(__x86_64__)
    for (const std::string &name : names) // they are what they should be
        assert_int_equal(std::hash<std::string_view>()(name) & 0xffff, 0);
#endif
    fkvm::Arena arena;
    for (const auto &list : {names, numbered}) {
        std::vector<fk_member> members;
        for (const auto &name : list)
            members.push_back({FK_BYTES(name.data(), name.size()), FK_NIL});
        const fkvm::Duplicate found = fkvm::find_duplicate(members.data(), n, arena);
        assert_int_equal(found.index, n);
        assert_true(found.steps < 2 * n);
    }
}

// Other orders are the same object, and cost no more than a table.
void objects_in_any_order(void **) {
    constexpr size_t n = 200'000;
    std::vector<std::string> names;
    for (size_t i = 0; i < n; i++) names.push_back("name " + std::to_string(i));
    std::vector<fk_member> members;
    for (size_t i = 0; i < n; i++)
        members.push_back({FK_BYTES(names[i].data(), names[i].size()), FK_INT(i)});
    for (const size_t size : {size_t{1}, size_t{2}, size_t{12}, size_t{13}, n}) {
        std::vector<fk_member> other(members.begin(), members.begin() + long(size));
        const fk_value a = FK_MEMBERS(members.data(), size);
        assert_true(fkvm::equal_values(a, FK_MEMBERS(other.data(), size)));
        std::reverse(other.begin(), other.end()); // pair by pair it would take a minute
        const fk_value b = FK_MEMBERS(other.data(), size);
        assert_true(fkvm::equal_values(a, b));
        assert_true(fkvm::equal_values(b, a));
        other[size / 2].value = FK_INT(-1);
        assert_false(fkvm::equal_values(a, b));
        other[size / 2] = {FK_STR("no other has it"), members[0].value};
        assert_false(fkvm::equal_values(a, b));
        assert_false(fkvm::equal_values(b, a));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(duplicates_of_few_and_many), cmocka_unit_test(chosen_names_do_not_collide),
        cmocka_unit_test(names_that_collide), cmocka_unit_test(objects_in_any_order)};
    return cmocka_run_group_tests_name("names", tests, nullptr, nullptr);
}
