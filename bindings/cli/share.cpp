// SPDX-License-Identifier: MIT
// Files that come with fkvm.
#include "share.h"

#include <filesystem>

namespace cli {

namespace fs = std::filesystem;

namespace {

std::string first_of(std::initializer_list<fs::path> places) {
    std::error_code ignored;
    for (const fs::path &place : places)
        if (fs::exists(place, ignored)) return place.lexically_normal().string();
    return {};
}

} // namespace

std::string own_path() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).string();
}

std::string share_file(const std::string &name) {
    const fs::path here = fs::path(own_path()).parent_path();
    return first_of({here / "share" / name, here / "../../cli/share" / name,
                     here / "../../examples" / name, here / "../../bindings/cli/share" / name,
                     here.parent_path() / "share/fkvm" / name});
}

std::string example_game(std::string &problem) {
    const std::string path = share_file("cardgame/main.lua");
    if (path.empty())
        problem = "the example game, which comes with fkvm, is missing: name a game, or use "
                  "--freekill DIR";
    return path;
}

std::string worker_program() {
    const fs::path here = fs::path(own_path()).parent_path();
    return first_of(
        {here / "../../backends/nats/worker/fkvm-worker", here / FKVM_HOST_FOLDER / "fkvm-worker"});
}

std::string bench_helper(const std::string &name) {
    const fs::path here = fs::path(own_path()).parent_path();
    return first_of({here / "../../test/bench" / name, here.parent_path() / "share/fkvm" / name});
}

} // namespace cli
