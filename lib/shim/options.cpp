// SPDX-License-Identifier: MIT
// A VM's options: checks, defaults, copies.
#include "options.h"

#include "abi.h"
#include "base/arena.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/paths.h"
#include "base/reach.h"
#include "base/utf8.h"
#include "error.h"
#include "fk_backend.h"
#include "option_table.h"
#include "released.h"
#include "wire/json.h"

#include <cerrno>
#include <string_view>
#include <system_error>

namespace fkvm {
namespace {

constexpr uint32_t most_nesting = 100; // Lua allows 200 nested C calls, we use two a level

template <class T>
void fill(T &limit, T standard) {
    if (limit == 0) limit = standard;
}

bool invalid(const std::string &message) {
    fail(FK_INVALID, "fk_vm_open: " + message);
    return false;
}

} // namespace

bool Options::take(const fk_vm_options &from) {
    std::string problem;
    if (!adopt(&from, released::options, "fk_vm_options", &options_, &problem))
        return invalid(problem);
    if (!check()) return false;
    const char *from_environment = options_.backend ? nullptr : environment("FK_VM_BACKEND");
    backend_ = options_.backend   ? options_.backend
               : from_environment ? from_environment
                                  : "embedded";
    options_.backend = backend_.c_str();
    options_.script = keep(options_.script);
    options_.command = keep_list(options_.command);
    options_.environment = keep_list(options_.environment);
    options_.preload = keep_list(options_.preload);
    options_.globals = keep(options_.globals);
    for (const fk_method *m = options_.methods; m && m->name; m++) {
        methods_.push_back(*m);
        methods_.back().name = keep(m->name);
    }
    methods_.push_back(fk_method{});
    options_.methods = methods_.data();
    fill_limits();
    return resolve_directory() && resolve_script() && check_width();
}

bool Options::check() const {
    if (options_.sandbox > FK_SANDBOX_STRICT)
        return invalid("sandbox is " + std::to_string(options_.sandbox) +
                       ", not one of FK_SANDBOX_...");
    if (options_.flags & ~known_flags)
        return invalid("flags has unknown bits: " + std::to_string(options_.flags & ~known_flags));
    if (options_.interrupt_signal < FK_NO_SIGNAL || options_.interrupt_signal > 64)
        return invalid("interrupt_signal is " + std::to_string(options_.interrupt_signal) +
                       ", not a signal number");
    if (options_.max_nesting > most_nesting)
        return invalid("max_nesting is " + std::to_string(options_.max_nesting) + ", at most " +
                       std::to_string(most_nesting) + " is possible");
    if (options_.command && !options_.command[0]) return invalid("command is an empty list");
    if (options_.backend && !*options_.backend) return invalid("backend is an empty string");
    return check_globals() && check_methods();
}

// A child gets them as one variable of its environment, for which systems have a limit.
bool Options::check_globals() const {
    constexpr size_t most = 65'536;
    if (!options_.globals) return true;
    const std::string_view text(options_.globals);
    if (text.size() > most)
        return invalid("globals has " + std::to_string(text.size()) + " bytes, at most " +
                       std::to_string(most) + " are possible");
    Arena arena;
    fk_value value;
    JsonError error;
    if (!read_json(text, arena, JsonLimits{}, &value, &error))
        return invalid(std::string("globals is no JSON: ") + error.what + " (at byte " +
                       std::to_string(error.offset) + ")");
    return value.kind == FK_OBJECT ||
           invalid(std::string("globals is no JSON object: ") + options_.globals);
}

bool Options::check_methods() const {
    for (const fk_method *m = options_.methods; m && m->name; m++) {
        if (!m->call)
            return invalid(std::string("the host method '") + m->name + "' has no function");
        if ((m->flags & ~(FK_METHOD_LIST | FK_METHOD_ANSWERS)) || m->reserved[0] ||
            m->reserved[1] || m->reserved[2])
            return invalid(std::string("the host method '") + m->name +
                           "' has unknown flags: start from {0}");
        for (const fk_method *other = options_.methods; other != m; other++)
            if (std::string_view(other->name) == m->name)
                return invalid(std::string("the host method '") + m->name +
                               "' stands twice in the list");
    }
    return true;
}

void Options::fill_limits() {
    fill(options_.memory_limit, uint64_t{1} << 30);
    fill(options_.open_timeout, 30'000u);
    fill(options_.call_timeout, 15'000u);
    fill(options_.close_timeout, 500u);
    fill(options_.max_message, default_max_message);
    fill(options_.max_output, 16u << 20);
    fill(options_.max_nesting, 32u);
    fill(options_.max_values, default_max_values);
    fill(options_.max_host_calls, 1'000'000u);
    fill(options_.host_timeout, FK_NO_LIMIT);
}

void Options::stand_beside_script() {
    const std::string script(options_.script);
    const size_t name = name_in(script);
    const std::string folder = name ? script.substr(0, name) : ".";
    options_.directory = keep(folder.c_str());
    if (!is_absolute(script)) options_.script = keep(script.c_str() + name);
}

// Resolved once, here: a later chdir() of the server moves no VM.
bool Options::resolve_directory() {
    const char *script = options_.script;
    const bool beside = script && !options_.directory;
    if (beside) stand_beside_script();
    const char *wanted = options_.directory ? options_.directory : ".";
    const std::string path = real_path(wanted);
    FileStatus status;
    int error = path.empty() || !file_status(path.c_str(), &status) ? errno : 0;
    if (!error && status.kind != FileKind::Folder) error = ENOTDIR;
    if (!error) return options_.directory = keep(path.c_str()), true;
    const std::string what = beside ? std::string("cannot open the script '") + script
                                    : std::string("cannot use the directory '") + wanted;
    fail(FK_OPEN_FAILED, what + "': " + std::generic_category().message(error));
    return false;
}

bool Options::resolve_script() const {
    if (!options_.script) return true; // the backend knows whether it needs one
    FileStatus status;
    const std::string path = script_path();
    const bool is_there = file_status(path.c_str(), &status);
    if (is_there && status.kind == FileKind::Regular) return true;
    const std::string why = is_there ? "it is not a file" : std::generic_category().message(errno);
    fail(FK_OPEN_FAILED, std::string("cannot open the script '") + options_.script + "' in '" +
                             options_.directory + "': " + why);
    return false;
}

std::string Options::script_path() const { return joined(options_.directory, options_.script); }

// What a confined script may read must not be all that there is. A command without a script reads
// what it likes.
bool Options::check_width() const {
    if (!options_.script || options_.sandbox == FK_SANDBOX_TRUSTED) return true;
    for (const std::string &folder :
         {std::string(options_.directory), real_path(folder_of(script_path()))}) {
        if (!is_too_wide(folder)) continue;
        fail(FK_OPEN_FAILED,
             "cannot use the directory '" + folder +
                 "': it is the root or a home directory, and scripts could read all of it. Put "
                 "the script in a folder of its own (options.directory), or open the VM "
                 "at the level trusted");
        return false;
    }
    return true;
}

void Options::finalize() noexcept {
    if (!options_.finalize) return;
    try {
        options_.finalize(options_.user);
    } catch (...) { // not ours to report: the VM is gone
    }
}

const char *Options::keep(const char *text) {
    return text ? texts_.emplace_front(text).c_str() : nullptr;
}

const char *const *Options::keep_list(const char *const *list) {
    if (!list) return nullptr;
    auto &copy = lists_.emplace_front();
    for (; *list; list++) copy.push_back(keep(*list));
    copy.push_back(nullptr);
    return copy.data();
}

} // namespace fkvm
