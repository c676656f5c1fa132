// SPDX-License-Identifier: MIT
#include "fetcher.h"

#include "nats/notes.h"
#include "nats/scripts/scripts_error.h"

#include <algorithm>
#include <vector>

namespace fkvm {
namespace {

constexpr size_t at_once = 200; // files asked for with one message
constexpr size_t hash_size = 64;

} // namespace

std::string Fetcher::folder(LentVm &vm, const std::string &hex, uint64_t until) {
    const auto id = Digest::of_hex(hex);
    if (!id) throw ScriptsError("the server named no set of scripts");
    if (std::string path = store_.path(*id); !path.empty()) return path;
    const auto mine = turn(*id);
    const std::lock_guard lock(*mine);
    if (std::string path = store_.path(*id); !path.empty()) return path;
    const auto incoming = store_.begin(*id, manifest(vm, *id, until));
    fetch(vm, *incoming, until);
    return incoming->finish();
}

std::shared_ptr<std::mutex> Fetcher::turn(const Digest &id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(turns_, [](const auto &entry) { return entry.second.expired(); });
    auto mine = turns_[id].lock();
    if (!mine) turns_[id] = mine = std::make_shared<std::mutex>();
    return mine;
}

// What the server sends next, which has to be of that kind; without the letter of it.
std::string Fetcher::next(LentVm &vm, char kind, uint64_t until) {
    std::string bytes;
    if (!vm.next_scripts(&bytes, until))
        throw ScriptsError("the scripts did not come from the server within open_timeout");
    if (bytes.empty() || bytes[0] != kind)
        throw ScriptsError(bytes.starts_with('X') ? bytes.substr(1)
                                                  : "the server sent other scripts than it named");
    return bytes.erase(0, 1);
}

std::string Fetcher::manifest(LentVm &vm, const Digest &id, uint64_t until) {
    vm.want(Notes().text("manifest", id.hex()).json());
    std::string text;
    for (size_t whole = 1; text.size() < whole;) {
        const std::string piece = next(vm, 'M', until);
        if (piece.size() <= 4) throw ScriptsError("the server sent an empty list of scripts");
        whole = get_u32(piece.data());
        if (whole > ScriptBounds::manifest)
            throw ScriptsError("the server's list of scripts is longer than 32 MiB");
        text.append(piece, 4);
    }
    return text;
}

void Fetcher::fetch(LentVm &vm, IncomingSet &incoming, uint64_t until) {
    const auto &missing = incoming.missing();
    for (size_t first = 0; first < missing.size(); first += at_once) {
        const size_t end = std::min(missing.size(), first + at_once);
        std::vector<std::string> hashes;
        for (size_t i = first; i < end; i++) hashes.push_back(missing[i].hash.hex());
        vm.want(Notes().texts("files", hashes).json());
        for (size_t i = first; i < end; i++)
            while (incoming.taken(missing[i].hash) < missing[i].size) {
                const std::string piece = next(vm, 'F', until);
                const auto hash = Digest::of_hex(std::string_view(piece).substr(0, hash_size));
                if (!hash || piece.size() <= hash_size + 4)
                    throw ScriptsError("the server sent scripts that cannot be read");
                incoming.take(*hash, get_u32(piece.data() + hash_size),
                              std::string_view(piece).substr(hash_size + 4));
            }
    }
}

} // namespace fkvm
