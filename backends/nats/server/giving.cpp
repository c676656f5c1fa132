// SPDX-License-Identifier: MIT
// The scripts of a VM: which they are, and what of them its worker lacks.
#include "base/per_process.h"
#include "nats/notes.h"
#include "nats/scripts/scripts_error.h"
#include "remote_source.h"

#include <algorithm>

namespace fkvm {
namespace {

constexpr size_t piece = 60 << 10;

ScriptSets &sets() { return of_this_process<ScriptSets>(); }

} // namespace

// The VM's directory travels, and the folder of a script that lies elsewhere.
void RemoteSource::take_scripts(const fk_vm_options &options) {
    const std::string directory = options.directory;
    std::string script = options.script ? options.script : "";
    if (script.starts_with(directory + "/")) script.erase(0, directory.size() + 1);
    sets_.push_back(sets().of(directory));
    wish_.scripts = sets_.back()->id.hex();
    if (script.starts_with('/') || script.starts_with("../")) {
        const size_t slash = script.rfind('/');
        const std::string folder = script.starts_with('/')
                                       ? script.substr(0, std::max<size_t>(slash, 1))
                                       : directory + "/" + script.substr(0, slash);
        sets_.push_back(sets().of(folder));
        wish_.beside = sets_.back()->id.hex();
        script.erase(0, slash + 1);
    }
    wish_.script = std::move(script);
}

void RemoteSource::give(const std::string &wanted, uint64_t until) {
    const Notes notes = Notes::of(wanted);
    if (const std::string id = notes.text("manifest"); !id.empty()) give_manifest(id, until);
    for (const std::string &hash : notes.texts("files")) give_file(hash, until);
}

// "M", the size of the whole, and a piece of it.
void RemoteSource::give_manifest(const std::string &id, uint64_t until) {
    for (const auto &set : sets_) {
        if (set->id.hex() != id) continue;
        const std::string &text = set->manifest;
        for (size_t at = 0; at < text.size(); at += piece) {
            std::string message("M\0\0\0\0", 5);
            put_u32(message.data() + 1, static_cast<uint32_t>(text.size()));
            child_->send_scripts(message.append(text, at, piece), until);
        }
        return;
    }
    child_->send_scripts("Xthe server has no such set of scripts", until);
}

// "F", the hash, where the piece begins, and the piece; or "X", and why there is none.
void RemoteSource::give_file(const std::string &hash, uint64_t until) {
    const auto digest = Digest::of_hex(hash);
    uint32_t at = 0;
    for (std::string bytes; digest; at += static_cast<uint32_t>(bytes.size())) {
        if (!sets().read(*digest, at, piece, &bytes)) break;
        if (bytes.empty()) return;
        std::string message("F" + hash + std::string(4, '\0'));
        put_u32(message.data() + 1 + hash.size(), at);
        child_->send_scripts(message.append(bytes), until);
    }
    child_->send_scripts("Xa file of the scripts has changed while they were sent: open again",
                         until);
}

} // namespace fkvm
