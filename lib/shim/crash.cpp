// SPDX-License-Identifier: MIT
// The reports of a VM: written into a hidden folder that this process makes, which gets its name
// when it is complete.
#include "crash.h"

#include "base/environment.h"
#include "base/files.h"
#include "base/folder.h"
#include "base/new_folder.h"
#include "base/paths.h"
#include "base/system.h"
#include "described_options.h"
#include "fk_backend.h"
#include "vm.h"
#include "wire/json.h"
#include "wire/rpc.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>
#include <vector>

namespace fkvm {
namespace {

constexpr size_t most_reports = 100; // the oldest goes when another comes

constexpr const char report_file[] = "report.json", messages_file[] = "messages.jsonl";

std::string_view without_dot(const std::string &name) noexcept {
    return std::string_view(name).substr(name[0] == '.');
}

size_t digits(std::string_view text) noexcept {
    return std::min(text.find_first_not_of("0123456789"), text.size());
}

// fkvm-20261127T120000Z-1234-1; with a dot before it one that was never completed.
bool is_report(const std::string &name) noexcept {
    std::string_view rest = without_dot(name);
    if (!rest.starts_with("fkvm-")) return false;
    for (const char *end : {"T", "Z-", "-"}) {
        rest.remove_prefix(end[0] == 'T' ? 5 : 0);
        const size_t size = digits(rest);
        if (!size || !rest.substr(size).starts_with(end)) return false;
        rest.remove_prefix(size + std::strlen(end));
    }
    return !rest.empty() && digits(rest) == rest.size();
}

// Names begin with the time, so their order is that of age.
void make_room(const std::string &path, const FolderOfFolders &directory) {
    int error;
    std::vector<std::string> names = names_in(path, &error); // an error: there is none to remove
    std::erase_if(names, [](const std::string &name) { return !is_report(name); });
    std::sort(names.begin(), names.end(), [](const std::string &a, const std::string &b) {
        return without_dot(a) < without_dot(b);
    });
    for (size_t i = 0; i + most_reports <= names.size(); i++)
        directory.remove(names[i], {report_file, messages_file});
}

std::string report_name(std::time_t now) {
    static std::atomic<unsigned> reports{0};
    const std::tm moment = utc(now);
    char text[96];
    const size_t n = std::strftime(text, sizeof text, "fkvm-%Y%m%dT%H%M%SZ", &moment);
    std::snprintf(text + n, sizeof text - n, "-%ld-%u", process_id(), ++reports);
    return text;
}

bool opening(const fk_vm *vm) noexcept { return !vm->frame || vm->frame->work.kind == Work::Open; }

fk_value text_or_null(const char *text) { return text ? FK_STR(text) : FK_NIL; }

std::string json_of(const fk_value &value) {
    Buffer out;
    if (!write_json(out, value)) throw std::bad_alloc();
    return std::string(out.view()) + "\n";
}

std::string describe(const fk_vm *vm, const Failure &failure, std::time_t now) {
    fk_stats s{};
    fill_stats(vm, &s);
    const std::string system = system_name();
    const DescribedOptions options(vm->options.get());
    const fk_member versions[] = {{FK_STR("fkvm"), FK_STR(fk_version())},
                                  {FK_STR("backend_abi"), FK_INT(FK_BACKEND_ABI)},
                                  {FK_STR("protocol"), FK_INT(protocol_version)},
                                  {FK_STR("runtime"), FK_STR(s.runtime)},
                                  {FK_STR("system"), FK_STR(system.c_str())}};
    const fk_member error[] = {{FK_STR("status"), FK_STR(fk_status_name(failure.status))},
                               {FK_STR("message"), text_or_null(failure.message)},
                               {FK_STR("traceback"), text_or_null(failure.traceback)},
                               {FK_STR("death"), FK_STR(fk_death_name(failure.death))},
                               {FK_STR("exit_status"), FK_INT(failure.exit_status)},
                               {FK_STR("vm_alive"), FK_BOOL(!failure.vm_dead && !opening(vm))}};
    const fk_member stats[] = {{FK_STR("messages"), FK_INT(vm->recorder.total())},
                               {FK_STR("calls"), FK_INT(s.calls)},
                               {FK_STR("errors"), FK_INT(s.errors)},
                               {FK_STR("requests"), FK_INT(s.requests)},
                               {FK_STR("notifications"), FK_INT(s.notifications)},
                               {FK_STR("failed_notifications"), FK_INT(s.failed_notifications)},
                               {FK_STR("memory"), FK_INT(s.memory)},
                               {FK_STR("memory_peak"), FK_INT(s.memory_peak)},
                               {FK_STR("bytes_in"), FK_INT(s.bytes_in)},
                               {FK_STR("bytes_out"), FK_INT(s.bytes_out)},
                               {FK_STR("output_cut"), FK_INT(s.output_cut)}};
    const fk_member report[] = {{FK_STR("fkvm_crash"), FK_INT(1)},
                                {FK_STR("time"), FK_INT(now)},
                                {FK_STR("ns"), FK_INT(now_ns() - vm->opened)},
                                {FK_STR("backend"), FK_STR(vm->backend->name)},
                                {FK_STR("pid"), FK_INT(s.pid)},
                                {FK_STR("server_pid"), FK_INT(process_id())},
                                {FK_STR("sandbox_reached"), FK_STR(s.sandbox_reached)},
                                {FK_STR("error"), FK_OBJECT(error)},
                                {FK_STR("versions"), FK_OBJECT(versions)},
                                {FK_STR("options"), options.value()},
                                {FK_STR("stats"), FK_OBJECT(stats)}};
    const fk_value value = FK_OBJECT(report);
    return json_of(value);
}

// The path of the report.
std::string write_report(const fk_vm *vm, const Failure &failure, const std::string &path) {
    const std::time_t now = std::time(nullptr);
    const std::string text = describe(vm, failure, now), messages = vm->recorder.lines(vm->opened);
    const FolderOfFolders directory(path);
    make_room(path, directory);
    const std::string name = report_name(now), unfinished = "." + name;
    directory.make(unfinished);
    try {
        directory.write(unfinished, report_file, text);
        directory.write(unfinished, messages_file, messages);
        directory.rename(unfinished, name);
    } catch (...) {
        directory.remove(unfinished, {report_file, messages_file});
        throw;
    }
    return path + "/" + name;
}

} // namespace

void CrashFolder::take() {
    const char *path = environment("FK_VM_CRASH_DIR");
    if (!path) return;
    path_ = joined(current_folder(), path);
}

// A VM that never opened, since its script is missing or wrong, has told all in its error.
bool CrashFolder::due(const fk_vm *vm, const Failure &failure) noexcept {
    if (path_.empty() || failure.death == FK_DEATH_OPERATOR) return false;
    const bool limit = failure.status == FK_TIMEOUT || failure.status == FK_MEMORY_LIMIT;
    if (!failure.vm_dead) return limit && !std::exchange(limit_reported_, true);
    const bool lived = failure.death != FK_DEATH_NONE || limit || !opening(vm);
    return lived && !std::exchange(death_reported_, true);
}

std::string CrashFolder::report(const fk_vm *vm, const Failure &failure) noexcept {
    if (!due(vm, failure)) return {};
    try {
        try {
            return "\nA report is in " + write_report(vm, failure, path_);
        } catch (const std::system_error &e) {
            return "\nNo report could be written to '" + path_ + "' (FK_VM_CRASH_DIR): " + e.what();
        }
    } catch (...) { // out of memory: the server goes on without a report
        return {};
    }
}

} // namespace fkvm
