// SPDX-License-Identifier: MIT
// What FreeKill's host methods answer beside plain values: objects in either form that its servers
// have them in, and saves that come later.
#pragma once

#include <fk/bind.hpp>

#include <optional>
#include <string>
#include <variant>

namespace fk::freekill {

// Bytes that stand for an object, as freekill-asio makes them with its CBOR library.
struct Cbor {
    std::string bytes;
};

// A T, its CBOR, or nothing: there is none, and the script gets nil.
template <class T>
class Answer {
  public:
    Answer() = default;
    Answer(std::nullopt_t) {}
    Answer(T object) : value_(std::move(object)) {}
    Answer(Cbor cbor) : value_(std::move(cbor)) {}

  private:
    friend Convert<Answer<T>>;
    std::variant<std::monostate, T, Cbor> value_;
};

struct Later {};
inline constexpr Later later;

// A save: its text, at once, or later: the script waits, and ResumeRoom(id, text) goes on with it.
// A save that does not exist is the text "{}"; one that could not be read resumes with
// "query_failed".
class Loaded {
  public:
    Loaded() = default; // later
    Loaded(Later) {}
    Loaded(std::string text) : text_(std::move(text)) {}

  private:
    friend Convert<Loaded>;
    std::optional<std::string> text_;
};

} // namespace fk::freekill

template <class T>
struct fk::Convert<fk::freekill::Answer<T>> {
    static constexpr std::string_view name = Convert<T>::name;
    static fk_value to(const freekill::Answer<T> &in, Scratch &scratch) {
        if (const T *const object = std::get_if<T>(&in.value_)) return to_value(*object, scratch);
        if (const auto *const cbor = std::get_if<freekill::Cbor>(&in.value_))
            return FK_BYTES(cbor->bytes.data(), cbor->bytes.size());
        return FK_NIL;
    }
};

template <>
struct fk::Convert<fk::freekill::Loaded> {
    static constexpr std::string_view name = "a save";
    static fk_value to(const freekill::Loaded &in, Scratch &scratch) {
        return in.text_ ? to_value(*in.text_, scratch) : FK_BOOL(true);
    }
};
