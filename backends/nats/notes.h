// SPDX-License-Identifier: MIT
// A few named values as a JSON object, and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fkvm {

class Notes {
  public:
    Notes &text(std::string_view name, std::string_view value);
    Notes &number(std::string_view name, uint64_t value);
    Notes &texts(std::string_view name, const std::vector<std::string> &values);
    const std::string &json();

    // False: it is none; *problem says why. What is missing is empty, or 0.
    bool read(std::string_view json, std::string *problem);
    static Notes of(std::string_view json); // none where it is none
    std::string text(std::string_view name) const;
    uint64_t number(std::string_view name) const;
    std::vector<std::string> texts(std::string_view name) const;

  private:
    struct Note {
        std::string name;
        std::vector<std::string> texts;
        uint64_t number = 0;
        enum Kind { Text, Number, List } kind = Text;
    };
    const Note *find(std::string_view name) const noexcept;

    std::vector<Note> notes_;
    std::string json_;
};

} // namespace fkvm
