// SPDX-License-Identifier: MIT
// The function of glibc by which Debian's libgcc_eh finds how to unwind, for programs of musl.
#include <link.h>
#include <stdint.h>

// As <dlfcn.h> of glibc 2.35 has it.
struct dl_find_object {
    unsigned long long flags;
    void *begin, *end;
    struct link_map *map;
    void *eh_frame;
    unsigned long long reserved[7];
};

struct search {
    uintptr_t address;
    struct dl_find_object *result;
};

static int look(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    const struct search *search = data;
    const ElfW(Phdr) *eh_frame = 0, *around = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const uintptr_t begin = info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_GNU_EH_FRAME) eh_frame = part;
        if (part->p_type == PT_LOAD && search->address - begin < part->p_memsz) around = part;
    }
    if (!around || !eh_frame) return 0;
    const uintptr_t begin = info->dlpi_addr + around->p_vaddr;
    *search->result =
        (struct dl_find_object){.begin = (void *)begin,
                                .end = (void *)(begin + around->p_memsz),
                                .eh_frame = (void *)(info->dlpi_addr + eh_frame->p_vaddr)};
    return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
    const struct search search = {(uintptr_t)address, result};
    return dl_iterate_phdr(look, (void *)&search) ? 0 : -1;
}
