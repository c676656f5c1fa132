// SPDX-License-Identifier: MIT
// The codec's small parts: base64, UTF-8, arena, buffer, lines.
#include "base/utf8.h"
#include "unit.h"

#include "base/base64.h"
#include "wire/line_reader.h"

#include <cstring>
#include <vector>

namespace {

std::string encoded(std::string_view bytes) {
    std::string out(fkvm::base64_size(bytes.size()), '\0');
    fkvm::base64_encode(bytes, out.data());
    return out;
}

bool decodes(std::string_view text, std::string *out) {
    size_t size = 99;
    out->assign(text.size() / 4 * 3, '\0');
    const bool good = fkvm::base64_decode(text, out->data(), &size);
    if (good) out->resize(size);
    return good;
}

void base64_of_rfc_4648(void **) {
    const std::string_view plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    const std::string_view coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                      "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    std::string back;
    for (size_t i = 0; i < std::size(plain); i++) {
        expect_text(encoded(plain[i]), coded[i]);
        assert_true(decodes(coded[i], &back));
        expect_text(back, plain[i]);
    }
    std::string all;
    for (int i = 0; i < 256; i++) all += static_cast<char>(i);
    for (size_t n = 0; n <= all.size(); n++) {
        assert_true(decodes(encoded(all.substr(0, n)), &back));
        expect_text(back, all.substr(0, n));
    }
}

void base64_is_canonical(void **) {
    std::string back;
    for (const auto *text : {"A", "AA", "AAA", "====", "A===", "AA=A", "=AAA",
                             "AB==", "AAB=", "AA-_", "AA\n=", "AA==AAAA", "AAAA===="})
        if (decodes(text, &back)) fail_msg("%s was decoded", text);
}

// By the table of RFC 3629, one byte sequence at a time, at every place in a word of eight.
void utf8_at_every_place(void **) {
    struct Case {
        std::string_view bytes;
        bool good;
    };
    constexpr Case cases[] = {{"\x7f", true},
                              {"\x80", false},
                              {"\xc2\x80", true},
                              {"\xc1\xbf", false},
                              {"\xdf\xbf", true},
                              {"\xe0\xa0\x80", true},
                              {"\xe0\x9f\xbf", false},
                              {"\xed\x9f\xbf", true},
                              {"\xed\xa0\x80", false},
                              {"\xee\x80\x80", true},
                              {"\xf0\x90\x80\x80", true},
                              {"\xf0\x8f\xbf\xbf", false},
                              {"\xf4\x8f\xbf\xbf", true},
                              {"\xf4\x90\x80\x80", false},
                              {"\xe6\x96", false},
                              {"\xff", false}};
    for (const auto &[bytes, good] : cases)
        for (size_t before = 0; before < 17; before++)
            for (size_t after = 0; after < 10; after++) {
                const std::string text =
                    std::string(before, 'a') + std::string(bytes) + std::string(after, 'z');
                assert_int_equal(fkvm::is_utf8(text), good);
                assert_int_equal(fkvm::is_plain_text(text), good);
            }
    for (size_t before = 0; before < 17; before++) {
        std::string text(20, 'a');
        text[before] = '\0';
        assert_true(fkvm::is_utf8(text));
        assert_false(fkvm::is_plain_text(text));
        text[before] = '\1'; // a neighbour that the trick with words must not take for it
        assert_true(fkvm::is_plain_text(text));
    }
}

void arena_rewinds_to_marks(void **) {
    fkvm::Arena arena;
    char *const kept = arena.copy("kept", 4);
    const auto mark = arena.mark();
    void *const first = arena.allocate(100);
    for (const size_t size : {0u, 1u, 15u, 16u, 17u, 5000u, 100'000u, 3'000'000u}) {
        auto *block = static_cast<char *>(arena.allocate(size));
        assert_non_null(block);
        assert_int_equal(reinterpret_cast<uintptr_t>(block) % 16, 0);
        std::memset(block, 0x55, size);
    }
    assert_null(arena.allocate(SIZE_MAX));
    assert_null(arena.array<fk_value>(SIZE_MAX / 8));
    arena.rewind(mark);
    assert_ptr_equal(arena.allocate(100), first);
    assert_memory_equal(kept, "kept", 4);
}

void buffer_grows_and_consumes(void **) {
    fkvm::Buffer buffer;
    assert_true(buffer.append(""));
    std::string wanted;
    for (int i = 0; i < 5000; i++) {
        assert_true(buffer.append("0123456789"));
        assert_true(buffer.append(static_cast<char>('a' + i % 26)));
        wanted += std::string("0123456789") + static_cast<char>('a' + i % 26);
    }
    expect_text(buffer.view(), wanted);
    buffer.consume(4001);
    expect_text(buffer.view(), std::string_view(wanted).substr(4001));
    assert_null(buffer.reserve(SIZE_MAX));
    assert_true(buffer.broken());
    buffer.consume(buffer.size() + 5);
    assert_true(buffer.empty());
    assert_false(buffer.broken());
    buffer.shrink(16);
    assert_true(buffer.append(wanted));
    expect_text(buffer.view(), wanted);
}

void put(fkvm::LineReader &reader, std::string_view bytes) {
    while (!bytes.empty()) {
        size_t room;
        char *to = reader.room(&room);
        assert_non_null(to);
        const size_t n = std::min(room, bytes.size());
        std::memcpy(to, bytes.data(), n);
        reader.add(n);
        bytes.remove_prefix(n);
    }
}

void lines_split_at_every_byte(void **) {
    const std::string text = "first\n\nthird line\r\nx\n";
    const std::string_view wanted[] = {"first", "", "third line\r", "x"};
    for (size_t a = 0; a <= text.size(); a++)
        for (size_t b = a; b <= text.size(); b++) {
            fkvm::LineReader reader(100);
            size_t count = 0;
            for (const auto &part : {text.substr(0, a), text.substr(a, b - a), text.substr(b)}) {
                put(reader, part);
                std::string_view line;
                while (reader.next(&line)) expect_text(line, wanted[count++]);
            }
            assert_int_equal(count, 4);
            assert_int_equal(reader.pending(), 0);
        }
}

void lines_stay_while_pinned(void **) {
    fkvm::LineReader reader(64 << 20);
    put(reader, "pinned line\nnext\n");
    std::string_view line, other;
    assert_true(reader.next(&line));
    reader.pin();
    for (int i = 0; i < 200; i++) put(reader, std::string(10'000, 'x') + "\n");
    assert_true(reader.next(&other));
    expect_text(other, "next");
    size_t count = 0;
    while (reader.next(&other)) count += other.size() == 10'000;
    assert_int_equal(count, 200);
    expect_text(line, "pinned line");
    reader.unpin();
    put(reader, "after\n");
    assert_true(reader.next(&line));
    expect_text(line, "after");
}

void lines_of_the_longest_length(void **) {
    for (const size_t size : {10u, 200'000u}) {
        fkvm::LineReader reader(size);
        put(reader, std::string(size, 'x'));
        assert_false(reader.too_long());
        assert_false(reader.has_line());
        put(reader, "\n");
        std::string_view line;
        assert_true(reader.next(&line));
        assert_int_equal(line.size(), size);
        put(reader, std::string(size + 1, 'y'));
        assert_true(reader.too_long());
        expect_text(reader.rest(), std::string(size + 1, 'y'));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(base64_of_rfc_4648),        cmocka_unit_test(base64_is_canonical),
        cmocka_unit_test(utf8_at_every_place),       cmocka_unit_test(arena_rewinds_to_marks),
        cmocka_unit_test(buffer_grows_and_consumes), cmocka_unit_test(lines_split_at_every_byte),
        cmocka_unit_test(lines_stay_while_pinned),   cmocka_unit_test(lines_of_the_longest_length)};
    return cmocka_run_group_tests_name("bytes", tests, nullptr, nullptr);
}
