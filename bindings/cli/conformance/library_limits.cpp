// SPDX-License-Identifier: MIT
// The same child at the limits of fk_vm_options: what is too much fails, and the VM lives.
#include "library.h"

namespace cli::protocol {

namespace {

#if defined                                                                                        \
    __SANITIZE_ADDRESS__ // its memory cannot be counted: backends/process/server/confine.cpp
constexpr bool counts_memory = false;
#else
constexpr bool counts_memory = true;
#endif

void longest(Trial &trial) {
    Library library(trial);
    library.options.max_message = 100000;
    library.open();
    library.expect_status(library.call("fill", "[200000]"), FK_BAD_VALUE,
                          "a result of 200,000 bytes, with a max_message of 100,000");
    library.expect_alive("after it");
}

void too_many_values(Trial &trial) {
    Library library(trial);
    library.options.max_values = 1000;
    library.open();
    Value got;
    if (library.call("many", "[1000]", &got) != FK_OK) throw Wrong(library.failure("many(1000)"));
    if (got->kind != FK_ARRAY || got->size != 1000)
        throw Wrong("many(1000) is no list of 1000 items");
    for (const char *count : {"[1001]", "[5000]"})
        library.expect_status(library.call("many", count), FK_BAD_VALUE,
                              "a result of more than 1000 values with max_values of 1000");
    library.expect_alive("after it");
}

void memory(Trial &trial) {
    Library library(trial);
    library.options.memory_limit = 256 << 20;
    library.open();
    library.expect("hold", "[1000000]", "1000000");
    const fk_status status = library.call("hold", "[1073741824]");
    if (status == FK_OK && !counts_memory)
        throw NotTried("this build, with ASan, does not limit the memory of a command");
    library.expect_status(status, FK_MEMORY_LIMIT, "1 GiB with a memory_limit of 256 MiB");
    library.expect_alive("after it");
}

void flood(Trial &trial) {
    Library library(trial);
    library.options.max_output = 100'000;
    library.open();
    const std::string text = json_of(std::string(300'000, 'o'));
    if (library.call("print_line", "[" + text + "]") != FK_OK)
        throw Wrong(library.failure("'print_line' with 300,000 bytes"));
    fk_stats stats = FK_STATS_INIT;
    for (int i = 0; i < 10 && stats.output_cut == 0; i++) {
        library.expect_alive("after much output"); // standard error is read while it waits
        fk_vm_stats(library.vm, &stats);
    }
    if (stats.output_cut == 0)
        throw Wrong("of 300,000 bytes only " + std::to_string(library.heard.size()) + " came");
    trial.remark = std::to_string(library.heard.size()) + " bytes of 300,000 were heard";
}

} // namespace

std::vector<Row> library_limit_rows() {
    return {{"library-longest", "a result over max_message is FK_BAD_VALUE", longest,
             "answer with the error -32003 in place of a line longer than $FK_VM_MAX_MESSAGE"},
            {"library-values-limit", "a result over max_values is FK_BAD_VALUE", too_many_values,
             "answer with all values, or with the error -32003: the library refuses what is too "
             "much"},
            {"library-memory", "memory over memory_limit is FK_MEMORY_LIMIT", memory,
             "catch what your language raises where it gets no more memory; answer with the error "
             "-32002"},
            {"library-flood", "output over max_output is cut, and the VM lives", flood,
             "write all of it: it blocks until the library has read it"}};
}

} // namespace cli::protocol
