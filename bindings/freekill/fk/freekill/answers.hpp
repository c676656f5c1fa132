// SPDX-License-Identifier: MIT
// What FreeKill's host methods answer beside plain values: objects in either form that its servers
// have them in, and saves, now or later.
#pragma once

#include <fk/bind.hpp>

#include <functional>
#include <memory>
#include <mutex>
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

// What a host method gives a save to: its text ("{}": there is none; "query_failed": it could not be
// read), once, from any thread. Given inside the method, the script has it at once. Given later, the
// script waits, and the Scheduler resumes the room or task that asked; where that is over, nothing
// happens.
class Load {
  public:
    using Resume = std::function<void(std::string text)>;

    explicit Load(Resume resume) : state_(std::make_shared<State>(std::move(resume))) {}

    void operator()(std::string text) const {
        Resume resume;
        {
            const std::lock_guard lock(state_->mutex);
            resume = std::exchange(state_->resume, {});
            if (state_->asked) state_->text = std::move(text);
            if (state_->asked) return;
        }
        if (resume) resume(std::move(text));
    }

    // The method has returned: the text, if it is there. From now on a text resumes.
    std::optional<std::string> take() const {
        const std::lock_guard lock(state_->mutex);
        state_->asked = false;
        return std::move(state_->text);
    }

  private:
    struct State {
        explicit State(Resume resume) : resume(std::move(resume)) {}
        std::mutex mutex;
        bool asked = true; // the host method runs
        std::optional<std::string> text;
        Resume resume;
    };
    std::shared_ptr<State> state_;
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
