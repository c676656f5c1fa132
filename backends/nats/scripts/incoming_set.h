// SPDX-License-Identifier: MIT
// A set of scripts on its way into a store: built under another name, there when it is whole.
#pragma once

#include "new_tree.h"
#include "script_store.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fkvm {

// One thread at a time. The store outlives it. If it ends before finish(), what came whole is kept
// for the next set that needs it; after an error of take() nothing is.
class IncomingSet {
  public:
    struct Missing {
        Digest hash;
        uint64_t size; // never 0
    };
    static constexpr size_t max_open = 64; // contents that have begun to come and are not complete

    ~IncomingSet();
    IncomingSet(const IncomingSet &) = delete;
    IncomingSet &operator=(const IncomingSet &) = delete;

    const ScriptSet &set() const noexcept { return set_; }

    // What the store lacked at begin(), each content once. Does not change.
    const std::vector<Missing> &missing() const noexcept { return missing_; }
    uint64_t bytes_missing() const noexcept { return bytes_missing_; } // shrinks with take()

    // Pieces of one content come in order; several contents may come at once. A piece that came
    // before is passed over, so a request may be repeated. Throws ScriptsError: nobody asked for
    // it, there is a gap, the content is too long or not what its hash names, or the disk is full.
    // The incoming set is of no use then.
    void take(const Digest &hash, uint64_t offset, std::string_view bytes);
    uint64_t taken(const Digest &hash) const; // bytes so far: where the next piece begins

    // Makes the set be there; bytes_missing() is 0. Returns its folder. If another process was
    // faster, that one's counts. Throws ScriptsError.
    std::string finish();

  private:
    friend class ScriptStore;

    struct Content {
        uint64_t size;
        std::vector<uint32_t> places; // entries of the set
        uint64_t taken = 0;
        std::unique_ptr<Sha256> sum = nullptr; // while it comes
        Fd file = Fd();

        bool is_whole() const noexcept { return taken == size; }
    };
    enum class State { Open, Failed, Finished };

    IncomingSet(const ScriptStore &store, ScriptSet set);

    void build();
    void place_file(int folder, const char *name, uint32_t index);
    void check_room() const;
    void write(const Digest &hash, Content &content, std::string_view bytes);
    void open(Content &content);
    void complete(const Digest &hash, Content &content);
    void keep_contents() noexcept;
    [[noreturn]] void fail_to_write(int error) const;

    const ScriptStore &store_;
    const ScriptSet set_;
    std::map<Digest, Content> contents_; // those that were missing
    std::vector<Missing> missing_;
    uint64_t bytes_missing_ = 0, bytes_needed_ = 0;
    size_t open_ = 0;
    State state_ = State::Open;
    NewTree tree_;
};

} // namespace fkvm
