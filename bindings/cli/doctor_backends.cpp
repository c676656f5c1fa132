// SPDX-License-Identifier: MIT
// fkvm doctor: does each backend open a VM that answers, and how well is it confined?
#include "checks.h"
#include "clocks.h"
#include "format.h"
#include "share.h"
#include "vm.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace cli {

namespace {

std::string text_of(const fk_value &object, const char *name) {
    const fk_value *member = fk_value_member(&object, name);
    return member && member->kind == FK_STRING ? std::string(member->string, member->size)
                                               : std::string();
}

// What the child runs: /proc tells.
std::string program_of(int64_t pid) {
    std::error_code ignored;
    return pid ? std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", ignored)
                     .string()
               : std::string();
}

const char *advice_for(const std::string &backend) {
    if (backend != "process")
        return "if it is a plug-in, build it against the installed headers; else install fkvm "
               "again";
    return getenv("FK_VM_COMMAND")
               ? "fix the command in FK_VM_COMMAND, or unset it to use fkvm-host"
               : "install fkvm again, or name fkvm-host in FK_VM_HOST";
}

class Opened {
  public:
    Opened(const std::string &backend, const char *sandbox) : messages_(Loudness::Quiet) {
        arguments_.backend = backend;
        arguments_.script = share_file("doctor.lua");
        arguments_.sandbox = sandbox;
        const size_t before = open_files();
        const int64_t begin = monotonic_ns();
        status_ = vm_.open(arguments_, nullptr, messages_);
        seconds_ = double(monotonic_ns() - begin) / 1e9;
        files_ = open_files() - before;
    }
    fk_status status() const { return status_; }
    Vm &vm() { return vm_; }
    double seconds() const { return seconds_; }
    size_t files() const { return files_; }

  private:
    VmArguments arguments_;
    Messages messages_;
    Vm vm_;
    fk_status status_;
    double seconds_;
    size_t files_;
};

Check check_calls(const std::string &name, Opened &opened, std::string what) {
    Value result;
    const fk_status status = opened.vm().call("ping", FK_NIL, &result);
    if (status == FK_NO_METHOD)
        return {name, Verdict::Warning, what + ", but does not know the method ping",
                "a child of your own should answer it with \"PONG\""};
    if (status != FK_OK)
        return {name, Verdict::Bad, what + ", but ping fails: " + last_failure(),
                advice_for(opened.vm().stats().backend)};
    if (opened.vm().call("about", FK_NIL, &result) == FK_OK) what += "; " + text_of(*result, "lua");
    return {name, Verdict::Good, what + "; answers ping"};
}

// Only a child has more to offer than Lua's own rules.
void check_sandbox(Checks &checks, const std::string &backend, const fk_stats &stats) {
    const std::string name = "sandbox " + backend,
                      reached = stats.sandbox_reached ? stats.sandbox_reached : "";
    if (!stats.pid)
        return checks.push_back(
            {name, Verdict::Good, "level game holds by Lua's own rules (" + reached + ")",
             backend == "embedded" ? "for packages of strangers use the backend process" : ""});
    Opened strict(backend, "strict");
    if (strict.status() == FK_OK)
        return checks.push_back(
            {name, Verdict::Good, "all of it: " + reached + ", so level strict opens too"});
    checks.push_back(
        {name, Verdict::Warning,
         "level game holds by " + reached + "; level strict does not open: " + last_failure(),
         "see landlock and seccomp above; a child of your own must confine itself"});
}

size_t check_backend(Checks &checks, const std::string &backend) {
    const std::string name = "backend " + backend;
    Opened opened(backend, "game");
    if (opened.status() != FK_OK)
        return checks.push_back(
                   {name, Verdict::Bad, "no VM opens: " + last_failure(), advice_for(backend)}),
               0;
    const fk_stats stats = opened.vm().stats();
    const std::string program = program_of(stats.pid);
    const std::string what =
        (program.empty() ? "a VM opens in " : program + " starts in ") + seconds(opened.seconds());
    checks.push_back(check_calls(name, opened, what));
    check_sandbox(checks, backend, stats);
    return opened.files();
}

void refuse(Checks &checks, const char *name, const std::string &what) {
    checks.push_back({name, Verdict::Bad, what, "install fkvm again"});
}

} // namespace

size_t check_backends(Checks &checks) {
    const char *chosen = getenv("FK_VM_BACKEND");
    bool chosen_known = !chosen;
    size_t files = 0;
    if (share_file("doctor.lua").empty())
        return refuse(checks, "files", "doctor.lua, a file that comes with fkvm, is missing"), 0;
    fk_value *raw = nullptr;
    if (fk_backend_list(&raw) != FK_OK)
        return refuse(checks, "backends", "they cannot be listed: " + last_failure()), 0;
    const Value list(raw);
    for (uint32_t i = 0; i < list->size; i++) {
        const fk_value &entry = list->items[i];
        const std::string name = text_of(entry, "name");
        const fk_value *available = fk_value_member(&entry, "available");
        chosen_known = chosen_known || name == chosen;
        if (available && available->integer)
            files = std::max(files, check_backend(checks, name));
        else
            checks.push_back({"backend " + name, Verdict::Bad, text_of(entry, "about"),
                              "build it anew, or remove " + text_of(entry, "source")});
    }
    // A path, an alias, or a slip: the library knows.
    return chosen_known ? files : std::max(files, check_backend(checks, chosen));
}

} // namespace cli
