// SPDX-License-Identifier: MIT
// What a child may read: links are followed, however many a folder holds.
#include "process/child/readable.h"

#include <algorithm>
#include <filesystem>

extern "C" {
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
}

namespace {

namespace stdfs = std::filesystem;

// The list of folders grows while it is gone through.
void many_links(void **) {
    char name[] = "/tmp/fk-readable-XXXXXX";
    assert_non_null(mkdtemp(name));
    const stdfs::path folder = stdfs::canonical(name);
    constexpr int links = 200;
    stdfs::create_directories(folder / "vm");
    for (int i = 0; i < links; i++) {
        const stdfs::path target = folder / "elsewhere" / std::to_string(i);
        stdfs::create_directories(target);
        stdfs::create_symlink(target, folder / "vm" / ("link" + std::to_string(i)));
    }
    const auto paths = fkvm::readable_paths((folder / "vm").c_str(), nullptr);
    for (int i = 0; i < links; i++) {
        const std::string target = (folder / "elsewhere" / std::to_string(i)).string();
        if (std::find(paths.begin(), paths.end(), target) == paths.end())
            fail_msg("%s is missing", target.c_str());
    }
    stdfs::remove_all(folder);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(many_links)};
    return cmocka_run_group_tests_name("readable", tests, nullptr, nullptr);
}
