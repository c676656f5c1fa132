// SPDX-License-Identifier: MIT
// The slab: blocks keep their bytes through every change of size, overlap nothing, and are used
// again.
#include "slab.h"

#include <cstring>
#include <fstream>
#include <random>
#include <set>
#include <vector>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
}

namespace {

struct Block {
    unsigned char *at;
    size_t size;
    unsigned char mark;
};

void check(const Block &block, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (block.at[i] != block.mark)
            fail_msg("byte %zu of a block of %zu changed", i, block.size);
}

size_t any_size(std::mt19937 &random) {
    const size_t most = size_t{1} << (4 + random() % 15); // 16 B to 256 KiB
    return 1 + random() % most;
}

void bytes_survive(void **) {
    fkvm::Slab slab;
    std::mt19937 random(7);
    std::vector<Block> blocks;
    for (int round = 0; round < 200'000; round++) {
        const auto mark = static_cast<unsigned char>(random());
        if (blocks.size() < 300) {
            const size_t size = any_size(random);
            Block block{static_cast<unsigned char *>(slab.allocate(size)), size, mark};
            assert_non_null(block.at);
            assert_int_equal(reinterpret_cast<uintptr_t>(block.at) % 16, 0);
            std::memset(block.at, mark, size);
            blocks.push_back(block);
            continue;
        }
        const size_t which = random() % blocks.size();
        Block &block = blocks[which];
        check(block, block.size);
        if (random() % 2) {
            const size_t size = any_size(random), kept = std::min(size, block.size);
            block.at = static_cast<unsigned char *>(slab.resize(block.at, block.size, size));
            assert_non_null(block.at);
            check(block, kept);
            block.size = size;
            std::memset(block.at, block.mark, size);
        } else {
            slab.release(block.at, block.size);
            block = blocks.back();
            blocks.pop_back();
        }
    }
    for (const Block &block : blocks) slab.release(block.at, block.size);
}

void freed_blocks_are_used_again(void **) {
    fkvm::Slab slab;
    for (size_t size = 1; size <= 32 << 10; size++) {
        void *const block = slab.allocate(size);
        slab.release(block, size);
        void *const again = slab.allocate(size);
        if (again != block) fail_msg("a block of %zu bytes was not used again", size);
        slab.release(again, size);
    }
}

// The smallest class that holds a size: at most a quarter is lost.
void neighbours_do_not_overlap(void **) {
    fkvm::Slab slab;
    for (size_t size = 1; size <= 40'000; size += size < 2'000 ? 1 : 97) {
        auto *const a = static_cast<unsigned char *>(slab.allocate(size));
        auto *const b = static_cast<unsigned char *>(slab.allocate(size));
        const size_t apart = static_cast<size_t>(a < b ? b - a : a - b);
        if (apart < size) fail_msg("two blocks of %zu bytes are %zu apart", size, apart);
    }
}

size_t pages_of_process() {
    size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages;
}

// What is in use when the slab ends goes with it, however large, moved or shrunk.
void all_goes_with_it(void **) {
    const size_t before = pages_of_process();
    for (int round = 0; round < 50; round++) {
        fkvm::Slab slab;
        void *blocks[9];
        for (void *&block : blocks) block = slab.allocate(1 << 20);
        blocks[4] = slab.resize(blocks[4], 1 << 20, 8 << 20);
        blocks[0] = slab.resize(blocks[0], 1 << 20, 100);
        blocks[8] = slab.resize(blocks[8], 1 << 20, 64 << 10);
        slab.release(blocks[2], 1 << 20);
    }
    assert_true(pages_of_process() < before + 1024);
}

// After a trim, also one that was broken off, the blocks in use keep their bytes and all of the
// memory serves again.
void bytes_survive_trimming(void **) {
    fkvm::Slab slab;
    std::mt19937 random(11);
    std::vector<Block> blocks;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 3000; i++) {
            const size_t size = 1 + random() % (size_t{1} << (4 + random() % 12));
            blocks.push_back({static_cast<unsigned char *>(slab.allocate(size)), size,
                              static_cast<unsigned char>(random())});
            std::memset(blocks.back().at, blocks.back().mark, size);
        }
        const size_t from = blocks.size() * (random() % 4) / 8,
                     to = from + blocks.size() / 2; // whole pages get free
        for (size_t i = from; i < to; i++) slab.release(blocks[i].at, blocks[i].size);
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(from),
                     blocks.begin() + static_cast<std::ptrdiff_t>(to));
        for (int portions = round % 3 ? 1 << 20 : 20; portions-- > 0 && !slab.trim(100);) {
        }
        slab.stop_trimming();
        for (const Block &block : blocks) check(block, block.size);
    }
}

uintptr_t page_of(const void *address) { return reinterpret_cast<uintptr_t>(address) / 4096; }

// After seal() nothing is written to the pages that are there, whatever is freed or allocated.
void sealed_pages_stay_as_they_are(void **) {
    fkvm::Slab slab;
    std::mt19937 random(5);
    std::vector<Block> blocks;
    std::set<uintptr_t> pages;
    const auto add = [&] {
        const size_t size = 1 + random() % (size_t{1} << (4 + random() % 12));
        Block block{static_cast<unsigned char *>(slab.allocate(size)), size,
                    static_cast<unsigned char>(random())};
        std::memset(block.at, block.mark, size);
        blocks.push_back(block);
    };
    for (int i = 0; i < 4000; i++) add();
    for (int i = 0; i < 4000; i += 3) slab.release(blocks[i].at, blocks[i].size); // holes
    std::vector<Block> sealed;
    for (int i = 1; i < 4000; i += 3) sealed.push_back(blocks[i]);
    for (const Block &block : blocks) {
        pages.insert(page_of(block.at));
        pages.insert(page_of(block.at + block.size - 1));
    }
    slab.seal();
    for (int i = 1; i < 4000; i += 3) slab.release(blocks[i].at, blocks[i].size);
    blocks.clear();
    for (int i = 0; i < 8000; i++) add();
    for (const Block &block : blocks)
        if (pages.count(page_of(block.at)) || pages.count(page_of(block.at + block.size - 1)))
            fail_msg("a block of %zu bytes lies in a sealed page", block.size);
    for (const Block &block : sealed) check(block, block.size);
    for (const Block &block : blocks) slab.release(block.at, block.size);
    while (!slab.trim(1000)) {
    }
    for (const Block &block : sealed) check(block, block.size);
    auto *const block = static_cast<unsigned char *>(slab.allocate(24)); // of its own pages again
    assert_false(pages.count(page_of(block)));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(bytes_survive),
                                cmocka_unit_test(bytes_survive_trimming),
                                cmocka_unit_test(all_goes_with_it),
                                cmocka_unit_test(freed_blocks_are_used_again),
                                cmocka_unit_test(neighbours_do_not_overlap),
                                cmocka_unit_test(sealed_pages_stay_as_they_are)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
