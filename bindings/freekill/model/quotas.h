// SPDX-License-Identifier: MIT
// How much a server keeps for its scripts: quotas of each room or task, and of all of one VM.
#pragma once

#include <fk/error.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fkvm {

enum class Thing { Delays, Npcs, Queries, SaveBytes, SessionBytes, Results };

struct ThingRow {
    std::string_view option, words;
};

inline constexpr ThingRow thing_table[] = {
    {"delays", "open delays"},
    {"npcs", "computer players that scripts added"},
    {"queries", "saves and loads that wait for the storage"},
    {"save_bytes", "bytes of saves in memory"},
    {"session_bytes", "bytes of session data"},
    {"results", "results of games"},
};
inline constexpr size_t things = std::size(thing_table);

struct Quota {
    uint64_t room, vm;
};

struct Quotas {
    std::array<Quota, things> of{{{1000, 20'000},
                                  {100, 5000},
                                  {100, 5000},
                                  {4 << 20, 64 << 20},
                                  {1 << 20, 64 << 20},
                                  {1000, 100'000}}};
    uint64_t name_bytes = 256; // of a key, a mode, a role or a general
};

// What somebody has taken.
using Counts = std::array<std::atomic<uint64_t>, things>;

// Who takes: a room, a task, or neither.
struct Holder {
    int id = 0;
    std::shared_ptr<Counts> taken = {};
};

// Gives back what was taken, when the last copy of it goes; on any thread.
using Hold = std::shared_ptr<const void>;

// The quotas of a VM, and what has been taken of them. From any thread.
class Purse {
  public:
    explicit Purse(const Quotas &quotas) : quotas_(quotas) {}
    const Quotas &quotas() const { return quotas_; }

    // Throws fk::Failure, which names the quota.
    Hold take(const Holder &holder, Thing thing, uint64_t amount = 1) const {
        const auto taken = std::make_shared<const Taken>(thing, amount, holder.taken, vm_);
        const Quota &quota = quotas_.of[static_cast<size_t>(thing)];
        const std::string_view kind = holder.id > 0 ? "room" : "task";
        if (holder.taken && taken->now(*holder.taken) > quota.room)
            refuse(std::string(kind) + " " + std::to_string(holder.id), *taken,
                   taken->now(*holder.taken), quota.room, "room");
        if (taken->now(*vm_) > quota.vm)
            refuse("this VM", *taken, taken->now(*vm_), quota.vm, "vm");
        return taken;
    }

    // So often take() has refused.
    uint64_t refusals() const { return refusals_; }

    void check_name(std::string_view name) const {
        if (name.size() > quotas_.name_bytes)
            throw fk::Failure(
                "a name of " + std::to_string(name.size()) +
                    " bytes is too long: keys, modes, roles and generals have at most " +
                    std::to_string(quotas_.name_bytes) + " (quotas.name_bytes)",
                FK_CODE_INVALID_PARAMS);
    }

  private:
    struct Taken {
        Taken(Thing what, uint64_t much, std::shared_ptr<Counts> one, std::shared_ptr<Counts> all)
            : thing(static_cast<size_t>(what)), amount(much), room(std::move(one)),
              vm(std::move(all)) {
            if (room) (*room)[thing] += amount;
            (*vm)[thing] += amount;
        }
        ~Taken() {
            if (room) (*room)[thing] -= amount;
            (*vm)[thing] -= amount;
        }
        Taken(const Taken &) = delete;
        Taken &operator=(const Taken &) = delete;
        uint64_t now(const Counts &counts) const { return counts[thing]; }

        const size_t thing;
        const uint64_t amount;
        const std::shared_ptr<Counts> room, vm;
    };

    [[noreturn]] void refuse(const std::string &who, const Taken &taken, uint64_t now,
                             uint64_t limit, std::string_view which) const {
        refusals_++;
        const ThingRow &row = thing_table[taken.thing];
        throw fk::Failure(who + " has " + std::to_string(now - taken.amount) + " " +
                          std::string(row.words) + " and wants " + std::to_string(taken.amount) +
                          " more; its limit is " + std::to_string(limit) + " (quotas." +
                          std::string(row.option) + "." + std::string(which) + ")");
    }

    const Quotas quotas_;
    mutable std::atomic<uint64_t> refusals_ = 0;
    const std::shared_ptr<Counts> vm_ = std::make_shared<Counts>();
};

} // namespace fkvm
