// SPDX-License-Identifier: MIT
// fkvm replay: chooses the VM of a trace, does it once more, and tells how that went.
#include "clocks.h"
#include "commands.h"
#include "format.h"
#include "interrupts.h"
#include "json.h"
#include "replay.h"
#include "rows.h"
#include "table.h"
#include "term.h"

#include <cstdlib>
#include <ctime>
#include <stdexcept>

namespace cli {

namespace {

using Outcome = Replay::Outcome;

std::string time_of(const RecordedVm &vm) {
    const fk_value *seconds = vm.opening ? fk_value_member(vm.opening.get(), "time") : nullptr;
    const std::time_t time = seconds && seconds->kind == FK_INT ? seconds->integer : 0;
    char text[64] = "";
    const std::tm *local = time ? localtime(&time) : nullptr;
    if (local) strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", local);
    return text;
}

std::string text_of(const fk_value *value) {
    return value && value->kind == FK_STRING ? std::string(value->string, value->size) : "";
}

void list_vms(const std::vector<RecordedVm> &vms, bool json) {
    JsonArray list;
    Table table("rrrlrlll",
                {"--vm", "server", "its VM", "opened", "messages", "closed", "backend", "script"});
    for (size_t i = 0; i < vms.size(); i++) {
        const RecordedVm &vm = vms[i];
        const std::string backend = text_of(vm.option("backend"));
        list.raw(JsonObject()
                     .add("vm", i + 1)
                     .add("server_pid", vm.pid)
                     .add("number", vm.vm)
                     .add("messages", vm.messages)
                     .add("backend", backend)
                     .add("script", vm.script())
                     .add("closed", vm.closed)
                     .text());
        table.row({std::to_string(i + 1), std::to_string(vm.pid), std::to_string(vm.vm),
                   time_of(vm), grouped(vm.messages), vm.closed ? "yes" : "no", backend,
                   harmless(vm.script())});
    }
    if (json)
        printf("%s\n", JsonObject().raw("vms", list.text()).text().c_str());
    else
        table.print(stdout);
}

// nullptr: a complaint has been made.
const RecordedVm *choose(const Contents &contents, const ReplayArguments &arguments) {
    const std::vector<RecordedVm> &vms = contents.vms;
    const size_t wanted = arguments.vm ? arguments.vm : vms.size() == 1 ? 1 : 0;
    if (wanted == 0 || wanted > vms.size()) {
        list_vms(vms, arguments.json);
        complain("the trace holds " + plural(vms.size(), "VM", "VMs") +
                 ": choose one of them by --vm N");
        return nullptr;
    }
    const RecordedVm &vm = vms[wanted - 1];
    if (vm.opening || !arguments.script.empty()) return &vm;
    complain("the trace does not say how this VM was opened: it begins in the middle, or fkvm was "
             "older. "
             "Give --script, and --directory if need be");
    return nullptr;
}

void set_environment(const RecordedVm &vm) {
    unsetenv("FK_VM_TRACE"); // which may be the very file
    setenv("FK_VM_TEMPLATE", vm.from_template ? "first" : "off", 0);
}

struct Replayed {
    const ReplayArguments &arguments;
    const Contents &contents;
    const RecordedVm &vm;
    const Replay &replay;
    Outcome outcome;
    double seconds;

    int tell() const;

  private:
    int exit_code() const;
    std::string json() const;
    void print() const;
    void print_parting(const Parting &parting) const;
    std::string headline() const;
    void warn() const;
};

int Replayed::exit_code() const {
    switch (outcome) {
    case Outcome::Equal:
    case Outcome::Ended:
        return Fine;
    case Outcome::Parted:
        return Failed;
    case Outcome::NotOpened:
        return NotOpened;
    case Outcome::Unreadable:
        return Unreadable;
    default:
        return Interrupted;
    }
}

const char *name_of(Outcome outcome) {
    static const char *const names[] = {"equal",      "ended",      "parted",
                                        "not opened", "unreadable", "stopped"};
    return names[static_cast<int>(outcome)];
}

std::string Replayed::json() const {
    const Replay::Counts &counts = replay.counts();
    JsonObject json;
    json.add("outcome", name_of(outcome))
        .add("messages", counts.messages)
        .add("messages_recorded", counts.total)
        .add("calls", counts.calls)
        .add("host_calls", counts.host_calls)
        .add("backend", replay.backend())
        .add("script", vm.script())
        .add("server_pid", vm.pid)
        .add("vm", vm.vm)
        .add("strange_lines", contents.strange_lines)
        .add("wall_s", seconds);
    if (!replay.problem().empty()) json.add("problem", replay.problem());
    if (!replay.parting()) return json.text();
    const Parting &p = *replay.parting();
    JsonObject parted;
    parted.add("message", p.number)
        .add("line", p.line)
        .add("expected", p.expected)
        .add("got", p.got)
        .add("call", p.call)
        .add("traceback", p.traceback);
    if (!p.path.empty())
        parted.add("path", p.path)
            .add("expected_value", p.expected_value)
            .add("got_value", p.got_value);
    return json.raw("parted", parted.text()).text();
}

void Replayed::print_parting(const Parting &parting) const {
    print_row("expected", parting.expected, Style::Green);
    print_row("got", parting.got, Style::Red);
    const std::string values =
        parting.expected_value + " in the record, " + parting.got_value + " here";
    if (!parting.path.empty()) print_row("differs", parting.path + ": " + values, Style::Yellow);
    if (!parting.call.empty()) print_row("inside", parting.call);
    if (!parting.traceback.empty()) print_row("traceback", parting.traceback);
    print_row("reasons", "another script, or what is not in a trace: the clock, random numbers, "
                         "the order of pairs(), "
                         "addresses (docs/crash.md)");
}

std::string place_of(const Parting &parting) {
    if (!parting.number) return "behind the last message";
    return "at message " + grouped(parting.number) + ", line " + std::to_string(parting.line);
}

std::string Replayed::headline() const {
    const Replay::Counts &counts = replay.counts();
    std::string done = plural(counts.messages, "message", "messages") + " in " +
                       plural(counts.calls, "call", "calls") + ", " + cli::seconds(seconds);
    if (!replay.backend().empty()) done += ", " + replay.backend();
    switch (outcome) {
    case Outcome::Equal:
        return "equal: " + done +
               (replay.problem().empty() ? "" : "; the VM did not open, as in the record");
    case Outcome::Ended:
        return "equal, and the record ends before the VM's close: " + done;
    case Outcome::Parted:
        return "parted " + place_of(*replay.parting()) + ": " + done;
    default:
        return std::string(name_of(outcome)) + ": " + done;
    }
}

void Replayed::print() const {
    const bool good = exit_code() == Fine;
    printf("%s\n", styled(stdout, good ? Style::Green : Style::Red, headline()).c_str());
    if (replay.parting()) print_parting(*replay.parting());
    if (outcome == Outcome::Equal && !replay.problem().empty())
        print_row("error", replay.problem());
}

void Replayed::warn() const {
    if (contents.strange_lines)
        complain("passed over " + plural(contents.strange_lines, "line", "lines") +
                 " of the trace, from line " + std::to_string(contents.first_strange) +
                 " on, that are no messages");
    if (contents.cut) complain("the last line of the trace is unfinished and was left out");
    if (outcome == Outcome::NotOpened) complain("the VM did not open: " + replay.problem());
    if (outcome == Outcome::Unreadable) complain(replay.problem());
}

int Replayed::tell() const {
    warn();
    if (arguments.json)
        printf("%s\n", json().c_str());
    else
        print();
    return exit_code();
}

std::string words_of(const fk_value &list) {
    std::string words;
    for (uint32_t i = 0; list.kind == FK_ARRAY && i < list.size; i++)
        words += (i ? " " : "") + text_of(&list.items[i]);
    return words;
}

// A trace may come from a stranger: what it names is not started.
bool may_start(const ReplayArguments &arguments, const RecordedVm &vm) {
    const fk_value *command = vm.option("command");
    if (!command || command->kind != FK_ARRAY || arguments.backend == "embedded" ||
        getenv("FK_VM_COMMAND"))
        return true;
    complain("the VM of the trace was a child by the command: " + harmless(words_of(*command)) +
             ". If you trust it, give it by --command \"...\"");
    return false;
}

int replay_vm(const ReplayArguments &arguments, const Contents &contents, const RecordedVm &vm) {
    set_environment(vm);
    if (!arguments.command.empty()) setenv("FK_VM_COMMAND", arguments.command.c_str(), 1);
    if (!may_start(arguments, vm)) return Usage;
    Progress progress(!arguments.quiet);
    Messages messages(arguments.quiet     ? Loudness::Quiet
                      : arguments.verbose ? Loudness::Verbose
                                          : Loudness::Normal);
    messages.around = [&](bool before) { before ? progress.clear() : progress.redraw(); };
    Record record(arguments.trace, vm);
    RecordedOptions options(vm, arguments);
    options.take_output(messages);
    Replay replay(record, vm, options, progress);
    const int64_t begin = monotonic_ns();
    replay.open();
    {
        Interrupts interrupts(replay.handle());
        replay.run([&] { return interrupts.asked(); });
    }
    const Outcome outcome = replay.close();
    return Replayed{arguments, contents, vm, replay, outcome, double(monotonic_ns() - begin) / 1e9}
        .tell();
}

} // namespace

int replay(const ReplayArguments &arguments) {
    try {
        const Contents contents = read_contents(arguments.trace);
        const RecordedVm *vm = choose(contents, arguments);
        return vm ? replay_vm(arguments, contents, *vm) : Usage;
    } catch (const std::runtime_error &problem) {
        complain(problem.what());
        return Unreadable;
    }
}

} // namespace cli
