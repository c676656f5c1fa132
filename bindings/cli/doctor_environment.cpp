// SPDX-License-Identifier: MIT
// fkvm doctor: the environment variables that the library reads (docs/environment.md).
#include "checks.h"

#include <cstring>
#include <filesystem>
#include <sstream>
#include <unistd.h>

extern char **environ;

namespace cli {

namespace {

namespace fs = std::filesystem;

std::string problem_of_backend(const std::string &) { return {}; } // check_backends() opens it
std::string problem_if_empty(const std::string &value) {
    return value.find_first_not_of(" \t\n") == std::string::npos ? "it is empty" : "";
}

std::string problem_of_host(const std::string &path) {
    if (access(path.c_str(), F_OK) != 0) return "there is no such file";
    return access(path.c_str(), X_OK) == 0 && !fs::is_directory(path)
               ? ""
               : "it is not an executable file";
}

std::string problem_of_folders(const std::string &list) {
    std::stringstream folders(list);
    std::error_code ignored;
    for (std::string folder; std::getline(folders, folder, ':');)
        if (!folder.empty() && !fs::is_directory(folder, ignored))
            return "'" + folder + "' is not a folder";
    return {};
}

std::string problem_of_trace(const std::string &path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return "it is a folder, not a file";
    if (access(path.c_str(), F_OK) == 0)
        return access(path.c_str(), W_OK) == 0 ? "" : "it cannot be written";
    const fs::path folder = fs::absolute(path).parent_path();
    return access(folder.c_str(), W_OK) == 0 ? "" : "it cannot be made in " + folder.string();
}

std::string problem_of_template(const std::string &value) {
    return value == "off" || value == "first" ? "" : "only off and first mean something";
}

std::string problem_of_crash_folder(const std::string &path) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return "it is not a folder";
    return access(path.c_str(), W_OK | X_OK) == 0 ? "" : "it cannot be written";
}

std::string problem_of_socket(const std::string &path) {
    const fs::path folder = fs::absolute(path).parent_path();
    return access(folder.c_str(), W_OK) == 0 ? "" : "it cannot be made in " + folder.string();
}

struct Variable {
    const char *name, *meaning;
    std::string (*problem)(const std::string &value);
    const char *advice;
};

const Variable variables[] = {
    {"FK_VM_BACKEND", "the backend where a program names none", problem_of_backend, ""},
    {"FK_VM_COMMAND", "the child's command in place of fkvm-host", problem_if_empty,
     "unset it, or give a command"},
    {"FK_VM_HOST", "the path of fkvm-host", problem_of_host,
     "correct it, or unset it: fkvm-host is found beside the library"},
    {"FK_VM_BACKEND_PATH", "folders with plug-ins", problem_of_folders,
     "correct it, or make the folder"},
    {"FK_VM_TEMPLATE_IDLE", "milliseconds after which an unused template ends", problem_if_empty,
     "correct it, or unset it"},
    {"FK_VM_TRACE", "the file that gets every message; it grows fast", problem_of_trace,
     "name a file that this user can write; until then no VM opens"},
    {"FK_VM_CRASH_DIR", "the folder that gets a report of each dead VM", problem_of_crash_folder,
     "make the folder, for this user to write; until then no VM leaves a report"},
    {"FK_VM_STATUS", "the status socket of the program that opens a VM first", problem_of_socket,
     "make its folder, for this user to write; until then fkvm top sees nothing"},
    {"FK_VM_TEMPLATE", "when children are copies of a template", problem_of_template,
     "correct it, or unset it"},
};

// What the process backend sets for its children.
const char *const of_children[] = {
    "FK_VM_FEATURES",     "FK_VM_OPEN_TIMEOUT", "FK_VM_CALL_TIMEOUT", "FK_VM_CLOSE_TIMEOUT",
    "FK_VM_MEMORY_LIMIT", "FK_VM_MAX_MESSAGE",  "FK_VM_SANDBOX",      "FK_VM_PRELOAD"};

Check check_variable(const std::string &name, const std::string &value) {
    for (const char *child : of_children)
        if (name == child)
            return {name, Verdict::Warning,
                    "it is set to '" + value +
                        "', but only children get it, from the process backend",
                    "unset it: here it does nothing"};
    for (const Variable &known : variables) {
        if (name != known.name) continue;
        const std::string problem = known.problem(value);
        const std::string set = "'" + value + "', " + known.meaning;
        if (problem.empty()) return {name, Verdict::Good, set};
        return {name, Verdict::Bad, set + ": " + problem, known.advice};
    }
    return {name, Verdict::Warning,
            "it is set to '" + value + "', but no variable of that name is known",
            "look for a slip in docs/environment.md"};
}

} // namespace

void check_environment(Checks &checks) {
    const size_t before = checks.size();
    for (char **entry = environ; *entry; entry++) {
        const std::string text = *entry;
        const size_t equals = text.find('=');
        if (text.starts_with("FK_VM_") && equals != std::string::npos)
            checks.push_back(check_variable(text.substr(0, equals), text.substr(equals + 1)));
    }
    if (checks.size() == before)
        checks.push_back({"environment", Verdict::Good, "no variable FK_VM_... is set"});
}

} // namespace cli
