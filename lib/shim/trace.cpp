// SPDX-License-Identifier: MIT
// The RPC trace file: one write() a line, appended, so that several VMs and processes can share it.
#include "trace.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/system.h"
#include "base/write.h"
#include "described_options.h"
#include "error.h"
#include "wire/json.h"
#include "wire/rpc.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

namespace fkvm {
namespace {

constexpr uint64_t state_interval_ns = 10'000'000;

std::atomic<int> vms{0};

template <class... Numbers>
void append(Buffer &line, const char *format, Numbers... numbers) noexcept {
    char text[160];
    const int n =
        std::snprintf(text, sizeof text, format, static_cast<unsigned long long>(numbers)...);
    line.append({text, static_cast<size_t>(n)});
}

void append_methods(Buffer &line, const Methods &methods) noexcept {
    line.append(R"(,"methods":[)");
    bool first = true;
    for (size_t i = 0; const HostMethod *method = methods.at(i); i++) {
        if (!method->calls.get()) continue;
        line.append(first ? R"({"name":)" : R"(,{"name":)");
        first = false;
        write_json_string(line, method->name);
        append(line, ",\"calls\":%llu,\"total_ns\":%llu,\"max_ns\":%llu}", method->calls.get(),
               method->total_ns.get(), method->max_ns.get());
    }
    line.append("]");
}

} // namespace

bool Trace::open(std::unique_ptr<Trace> *trace, Output &output) {
    const char *path = environment("FK_VM_TRACE");
    if (!path) return true;
    Fd file = open_to_append(path);
    if (!file) {
        fail(FK_OPEN_FAILED, std::string("cannot write the trace '") + path +
                                 "' ($FK_VM_TRACE): " + std::strerror(errno));
        return false;
    }
    trace->reset(new Trace(std::move(file), output));
    return true;
}

Trace::Trace(Fd file, Output &output) noexcept
    : file_(std::move(file)), output_(output), vm_(++vms), start_(now_ns()), last_state_(start_) {}

void Trace::begin() noexcept {
    char head[96];
    const int n =
        std::snprintf(head, sizeof head, "{\"pid\":%ld,\"vm\":%d,\"ns\":%llu,", process_id(), vm_,
                      static_cast<unsigned long long>(now_ns() - start_));
    line_.clear();
    line_.append({head, static_cast<size_t>(n)});
}

void Trace::begin(Direction to) noexcept {
    messages_++;
    begin();
    line_.append(to == ToVm ? R"("to":"vm","rpc":)" : R"("to":"server","rpc":)");
}

// The message writers end their line; the record's own brace has to stand before that end.
void Trace::end() noexcept {
    if (line_.size() && line_.data()[line_.size() - 1] == '\n') line_.truncate(line_.size() - 1);
    line_.append("}\n");
    if (line_.broken() || !file_) return;
    if (const int error = write_all(file_.get(), {line_.data(), line_.size()})) give_up(error);
    line_.shrink(1 << 20);
}

// A full disk must not stop the game.
void Trace::give_up(int error) noexcept {
    file_.reset();
    char text[200];
    std::snprintf(text, sizeof text, "the trace ($FK_VM_TRACE) ends here: %s\n",
                  std::strerror(error));
    output_.write(FK_LEVEL_WARNING, text);
}

void Trace::request(Direction to, std::string_view method, const fk_value *params,
                    int64_t id) noexcept {
    begin(to);
    if (id)
        write_rpc_request(line_, method, params, id);
    else
        write_rpc_notification(line_, method, params);
    end();
}

void Trace::result(Direction to, int64_t id, const fk_value &result) noexcept {
    begin(to);
    write_rpc_result(line_, id, result);
    end();
}

void Trace::error(Direction to, int64_t id, int64_t code, std::string_view message,
                  const fk_value *data) noexcept {
    begin(to);
    write_rpc_error(line_, id, code, message, data);
    end();
}

void Trace::failure(int64_t id, const fk_error &failed) noexcept {
    const fk_member data[] = {
        {FK_STR("status"), FK_STR(fk_status_name(failed.status))},
        {FK_STR("traceback"), failed.traceback ? FK_STR(failed.traceback) : FK_NIL},
        {FK_STR("death"), FK_STR(fk_death_name(failed.death))},
        {FK_STR("exit_status"), FK_INT(failed.exit_status)},
        {FK_STR("vm_alive"), FK_BOOL(failed.vm_alive)}};
    const fk_value value = FK_OBJECT(data);
    error(ToServer, id, failed.code ? failed.code : FK_CODE_SCRIPT_ERROR, failed.message, &value);
}

int64_t Trace::opening(const fk_vm_options &options) {
    const DescribedOptions described(options);
    const fk_member members[] = {{FK_STR("fkvm"), FK_STR(fk_version())},
                                 {FK_STR("time"), FK_INT(std::time(nullptr))},
                                 {FK_STR("clock"), FK_INT(static_cast<int64_t>(start_))},
                                 {FK_STR("options"), described.value()}};
    const fk_value params = FK_OBJECT(members);
    const int64_t id = next_id();
    request(ToVm, "$/open", &params, id);
    return id;
}

void Trace::opened(int64_t id, const fk_stats &stats) noexcept {
    const fk_member members[] = {{FK_STR("pid"), FK_INT(stats.pid)},
                                 {FK_STR("runtime"), FK_STR(stats.runtime)},
                                 {FK_STR("from_template"), FK_BOOL(stats.from_template)},
                                 {FK_STR("sandbox_reached"), FK_STR(stats.sandbox_reached)}};
    result(ToServer, id, FK_OBJECT(members));
}

bool Trace::is_state_due() const noexcept { return now_ns() - last_state_ >= state_interval_ns; }

void Trace::state(const fk_stats &stats, uint64_t idle_ns, const Methods *methods) noexcept {
    last_state_ = now_ns();
    begin();
    append(line_, "\"state\":{\"memory\":%llu,\"memory_peak\":%llu,\"idle_ns\":%llu", stats.memory,
           stats.memory_peak, idle_ns);
    if (methods) append_methods(line_, *methods);
    line_.append("}");
    end();
}

} // namespace fkvm
