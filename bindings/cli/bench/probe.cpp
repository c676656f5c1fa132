// SPDX-License-Identifier: MIT
// Runs a program and reads the JSON that it prints.
#include "probe.h"

#include "report.h"
#include "share.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace cli {

namespace {

using Scratch = std::unique_ptr<FILE, int (*)(FILE *)>;

Scratch scratch() {
    Scratch file(tmpfile(), fclose);
    if (!file)
        throw std::runtime_error("cannot make a temporary file: set TMPDIR to a folder with room");
    return file;
}

std::string contents(FILE *file) {
    rewind(file);
    std::string text;
    std::array<char, 4096> part;
    while (const size_t size = fread(part.data(), 1, part.size(), file))
        text.append(part.data(), size);
    return text;
}

std::string with_spaces(const std::vector<std::string> &command) {
    std::string line;
    for (const std::string &word : command) line += (line.empty() ? "" : " ") + word;
    return line;
}

int run_to_end(const std::vector<std::string> &command, FILE *out, FILE *error) {
    std::vector<char *> argv;
    for (const std::string &word : command) argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(error), STDERR_FILENO);
    pid_t pid;
    const int problem = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (problem) throw std::runtime_error("cannot run " + command[0] + ": " + strerror(problem));
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

double number(const fk_value &value) {
    if (value.kind == FK_NULL) return unknown;
    return value.kind == FK_DOUBLE ? value.number : static_cast<double>(value.integer);
}

std::vector<std::string> command_of(const ProbeArguments &probe) {
    std::vector<std::string> command = {own_path(), "bench-probe", probe.what};
    const auto add = [&](const char *option, const std::string &value) {
        if (value.empty()) return;
        command.push_back(option);
        command.push_back(value);
    };
    const auto add_number = [&](const char *option, uint64_t value) {
        add(option, std::to_string(value));
    };
    add("--script", probe.freekill.empty() ? probe.vm.script : "");
    add("--freekill", probe.freekill);
    add("--backend", probe.vm.backend);
    for (const std::string &entry : probe.vm.preload) add("--preload", entry);
    add_number("--players", static_cast<uint64_t>(probe.players));
    add_number("--vms", probe.vms);
    add_number("--rooms", probe.rooms);
    add_number("--games", probe.games);
    add_number("--longest", probe.longest);
    add_number("--halfway", probe.halfway);
    add_number("--after-pause", probe.after_pause);
    add_number("--count", probe.count);
    for (const uint64_t size : probe.sizes) add_number("--size", size);
    add("--seconds", std::to_string(probe.seconds));
    if (probe.pin) command.push_back("--pin");
    if (probe.vm.no_template) command.push_back("--no-template");
    return command;
}

} // namespace

Reading::Reading(const std::string &json) {
    fk_value *value = nullptr;
    if (fk_value_from_json(json.data(), json.size(), &value) != FK_OK)
        throw std::runtime_error(std::string("no figures: ") + fk_error_last()->message);
    object_.reset(value);
}

const fk_value &Reading::at(const char *name) const {
    const fk_value *found = fk_value_member(object_.get(), name);
    if (!found) throw std::runtime_error(std::string("there is no figure '") + name + "'");
    return *found;
}

double Reading::operator[](const char *name) const { return number(at(name)); }

std::vector<double> Reading::list(const char *name) const {
    const fk_value &array = at(name);
    std::vector<double> numbers;
    for (uint32_t i = 0; i < array.size; i++) numbers.push_back(number(array.items[i]));
    return numbers;
}

std::string Reading::text(const char *name) const {
    const fk_value &value = at(name);
    return value.kind == FK_STRING ? std::string(value.string, value.size) : "";
}

Reading read_program(const std::vector<std::string> &command) {
    const Scratch out = scratch(), error = scratch();
    const int status = run_to_end(command, out.get(), error.get());
    if (status == 0) return Reading(contents(out.get()));
    std::string said = contents(error.get());
    while (!said.empty() && said.back() == '\n') said.pop_back();
    throw std::runtime_error(with_spaces(command) + "\n" + said);
}

Reading read_probe(const ProbeArguments &arguments) { return read_program(command_of(arguments)); }

} // namespace cli
