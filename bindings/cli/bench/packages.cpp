// SPDX-License-Identifier: MIT
// A generated game with many packages.
#include "packages.h"

#include "share.h"
#include "stage.h"
#include "vm.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace cli {

namespace fs = std::filesystem;

namespace {

std::string new_folder() {
    std::error_code error;
    std::string folder = (fs::temp_directory_path(error) / "fkvm-packages-XXXXXX").string();
    if (error || !mkdtemp(folder.data()))
        throw std::runtime_error("cannot make a temporary folder: set TMPDIR to one with room");
    return folder;
}

} // namespace

PackageSet::PackageSet(uint64_t files) : folder_(new_folder()) {
    try {
        generate(files);
    } catch (...) {
        remove();
        throw;
    }
}

PackageSet::~PackageSet() { remove(); }

void PackageSet::generate(uint64_t files) const {
    VmArguments arguments;
    arguments.script = share_file("packages/generate.lua");
    if (arguments.script.empty())
        throw std::runtime_error("packages/generate.lua, which comes with fkvm, is missing. "
                                 "Install fkvm again");
    std::string problem;
    const std::string game = fs::path(example_game(problem)).parent_path().string();
    if (!problem.empty()) throw std::runtime_error(problem);
    arguments.backend = standard_backends().at(0);
    arguments.sandbox = "trusted"; // it writes files
    arguments.no_template = true;
    arguments.timeout = 600;
    Messages messages{Loudness::Normal};
    Vm vm;
    if (vm.open(arguments, nullptr, messages) != FK_OK)
        throw_last("the generator of packages did not open");
    const fk_value params[] = {FK_STR(folder_.c_str()), FK_INT(int64_t(files)),
                               FK_STR(game.c_str())};
    if (vm.call("generate", FK_ARRAY(params)) != FK_OK) throw_last("generating packages");
}

void PackageSet::remove() const noexcept {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

} // namespace cli
