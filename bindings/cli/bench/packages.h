// SPDX-License-Identifier: MIT
// A generated game with many packages (share/packages), in a folder of its own until it goes.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

class PackageSet {
  public:
    // So many files of packages. Throws std::runtime_error.
    explicit PackageSet(uint64_t files);
    ~PackageSet();
    PackageSet(const PackageSet &) = delete;
    PackageSet &operator=(const PackageSet &) = delete;

    std::string script() const { return folder_ + "/main.lua"; }

  private:
    void generate(uint64_t files) const;
    void remove() const noexcept;

    std::string folder_;
};

} // namespace cli
