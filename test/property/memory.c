/* SPDX-License-Identifier: MIT */
/* Random bits, and memory that is freed at once. */
#include "generate.h"

#include <stdlib.h>

typedef struct block {
    struct block *next;
    _Alignas(16) char bytes[];
} block;

static block *blocks;
static uint64_t state = 1;

void *generate_memory(size_t size) {
    block *fresh = malloc(sizeof *fresh + size);
    if (!fresh) abort();
    fresh->next = blocks;
    blocks = fresh;
    return fresh->bytes;
}

void generate_free(void) {
    while (blocks) {
        block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

void generate_seed(uint64_t seed) { state = seed * 2 + 1; }

uint64_t random_bits(void) { /* splitmix64 */
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t random_below(size_t end) { return (size_t)(random_bits() % end); }
bool one_in(size_t n) { return random_below(n) == 0; }
