// SPDX-License-Identifier: MIT
#include "command.h"

#include "base/environment.h"
#include "host_path.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <initializer_list>
#include <unistd.h>

extern char **environ;

namespace fkvm {
namespace {

namespace stdfs = std::filesystem;

// What a child may know of the server's environment.
bool passes(std::string_view name, bool is_host) {
    if (is_privileged()) // PATH and the like are the caller's
        return name == "LANG" || name == "LANGUAGE" || name.starts_with("LC_");
    static constexpr std::string_view allowed[] = {
        "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "LOGNAME", "FK_DISABLED_PACKS"};
    if (std::find(std::begin(allowed), std::end(allowed), name) != std::end(allowed)) return true;
    // Sanitizers and valgrind speak through these; harmless elsewhere.
    if (name == "ASAN_OPTIONS" || name == "UBSAN_OPTIONS" || name == "TSAN_OPTIONS") return true;
    return name.starts_with("LC_") ||
           (!is_host && (name.starts_with("LUA_PATH") || name.starts_with("LUA_CPATH")));
}

// What every child is asked for (docs/environment.md).
void add_settings(const fk_vm_options &options, std::vector<std::string> *environment) {
    const auto add = [&](const char *name, const std::string &value) {
        environment->push_back(std::string(name) + "=" + value);
    };
    add("FK_VM_FEATURES", "each"); // what this parent understands beyond protocol 1
    add("FK_VM_MEMORY_LIMIT", std::to_string(options.memory_limit));
    add("FK_VM_MAX_MESSAGE", std::to_string(options.max_message));
    add("FK_VM_MAX_VALUES", std::to_string(options.max_values));
    add("FK_VM_MAX_HOST_CALLS", std::to_string(options.max_host_calls));
    add("FK_VM_SANDBOX", std::to_string(options.sandbox));
    if (options.flags & FK_OPEN_FOLLOW_LINKS) add("FK_VM_FOLLOW_LINKS", "1");
    std::string preload;
    for (const char *const *entry = options.preload; entry && *entry; entry++)
        preload += (preload.empty() ? "" : " ") + std::string(*entry);
    if (!preload.empty()) add("FK_VM_PRELOAD", preload);
    if (options.globals) add("FK_VM_GLOBALS", options.globals);
}

std::vector<std::string> make_environment(const fk_vm_options &options, bool is_host) {
    std::vector<std::string> result;
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = std::strchr(*entry, '=');
        if (equals && passes({*entry, static_cast<size_t>(equals - *entry)}, is_host))
            result.push_back(*entry);
    }
    if (is_privileged()) result.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
    for (const char *const *entry = options.environment; entry && *entry; entry++) {
        const std::string_view added = *entry;
        const std::string_view name = added.substr(0, added.find('=') + 1);
        std::erase_if(result, [&](const std::string &old) { return old.starts_with(name); });
        result.emplace_back(added);
    }
    add_settings(options, &result);
    return result;
}

// The first of these programs, relative to the folder of file, that can be run; else empty.
std::string first_beside(const stdfs::path &file, std::initializer_list<const char *> programs) {
    for (const char *program : programs) {
        const auto path = (stdfs::absolute(file).parent_path() / program).lexically_normal();
        if (::access(path.c_str(), X_OK) == 0) return path.string();
    }
    return {};
}

// Where the installation puts it relative to this library, else the build tree, else relative to
// the program, of which the library may be a part.
std::string host_beside_us() {
    Dl_info info;
    if (dladdr(reinterpret_cast<void *>(&split_command), &info) && info.dli_fname) {
        std::string path =
            first_beside(info.dli_fname, {FKVM_HOST_FROM_LIBRARY, FKVM_HOST_IN_BUILD});
        if (!path.empty()) return path;
    }
    std::error_code ignored;
    const stdfs::path program = stdfs::read_symlink("/proc/self/exe", ignored);
    return program.empty() ? "" : first_beside(program, {FKVM_HOST_FROM_PROGRAM});
}

// $FK_VM_HOST, else the one that belongs to this library.
std::string host_file() {
    if (const char *path = environment("FK_VM_HOST")) return path;
    const std::string path = is_privileged() ? "" : host_beside_us();
    return path.empty() ? FKVM_HOST_INSTALLED : path;
}

} // namespace

bool split_command(std::string_view line, std::vector<std::string> *words) {
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (size_t i = 0; i < line.size(); i++) {
        const char c = line[i];
        if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
            const char next = line[++i];
            if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`')
                word += c;
            word += next;
            in_word = true;
        } else if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
            in_word = true;
        } else if (!quote && (c == ' ' || c == '\t' || c == '\n')) {
            if (in_word) words->push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (in_word) words->push_back(std::move(word));
    return !quote;
}

void add_limits(ChildCommand *command) {
    const auto add = [&](const char *name, uint32_t ms) {
        command->environment.push_back(std::string(name) + "=" + std::to_string(ms));
    };
    add("FK_VM_OPEN_TIMEOUT", command->limits.open_timeout);
    add("FK_VM_CALL_TIMEOUT", command->limits.call_timeout);
    add("FK_VM_CLOSE_TIMEOUT", command->limits.close_timeout);
}

bool make_command(const fk_vm_options &options, ChildCommand *command, bool *is_host,
                  std::string *problem) {
    command->directory = options.directory;
    command->confinement = confinement_of(options);
    command->limits = {options.open_timeout, options.call_timeout, options.close_timeout};
    const char *from_environment = options.command ? nullptr : environment("FK_VM_COMMAND");
    *is_host = !options.command && !from_environment;
    if (*is_host) {
        if (!options.script)
            return *problem = "options.script is NULL: fkvm-host needs a script", false;
        command->file = host_file();
        command->arguments = {"fkvm-host"};
        command->arguments.emplace_back(options.script);
    } else {
        if (from_environment && !split_command(from_environment, &command->arguments))
            return *problem =
                       std::string("a quote does not end in FK_VM_COMMAND: ") + from_environment,
                   false;
        for (const char *const *word = options.command; word && *word; word++)
            command->arguments.emplace_back(*word);
        if (command->arguments.empty()) return *problem = "FK_VM_COMMAND has no word in it", false;
        command->file = command->arguments[0];
        if (options.script) command->arguments.emplace_back(options.script);
    }
    command->environment = make_environment(options, *is_host);
    return true;
}

} // namespace fkvm
