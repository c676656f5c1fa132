// SPDX-License-Identifier: MIT
// fkvm conformance: takes a child through the protocol, row by row.
#include "commands.h"
#include "format.h"
#include "json.h"
#include "rows.h"
#include "share.h"
#include "term.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace cli::protocol {

namespace {

namespace fs = std::filesystem;

// The program that fk_vm_open() would start: a VM of it says which.
std::string find_fkvm_host(const std::string &script) {
    const fk_method any[] = {
        {"*", [](void *, fk_request *, const fk_value *) { return FK_OK; }, nullptr, 0, {}}, {}};
    Messages messages(Loudness::Normal);
    VmArguments arguments;
    arguments.script = script;
    arguments.backend = "process";
    arguments.no_template = true;
    arguments.sandbox = "trusted"; // below, the system hides what a child runs
    unsetenv("FK_VM_COMMAND");
    Vm vm;
    if (vm.open(arguments, any, messages) != FK_OK)
        throw std::runtime_error("fkvm-host: " + last_failure());
    return fs::read_symlink("/proc/" + std::to_string(vm.stats().pid) + "/exe").string();
}

Trial make_trial(const ConformanceArguments &arguments) {
    const bool ours = arguments.command.empty();
    std::string script = arguments.script;
    if (arguments.lua || (ours && script.empty())) script = share_file("conformance.lua");
    if (script.empty() && (arguments.lua || ours))
        throw std::runtime_error(
            "conformance.lua, which comes with fkvm, is missing: use --script");
    if (!script.empty()) script = fs::absolute(script).string();
    Launch launch;
    launch.words = ours ? std::vector{find_fkvm_host(script)} : arguments.command;
    if (!script.empty()) launch.words.push_back(script);
    launch.directory =
        (script.empty() ? fs::current_path() : fs::path(script).parent_path()).string();
    return Trial(launch, script,
                 std::chrono::milliseconds(static_cast<int64_t>(arguments.timeout * 1000)));
}

Outcome try_row(const Row &row, Trial &trial) {
    trial.remark.clear();
    try {
        row.test(trial);
        return {&row, Holding::Holds, trial.remark};
    } catch (const NotTried &why) {
        trial.drop();
        return {&row, Holding::NotTried, why.what()};
    } catch (const Wrong &what) {
        trial.drop();
        return {&row, Holding::Fails, what.what()};
    }
}

bool is_asked_for(const ConformanceArguments &arguments, const Row &row) {
    const auto &names = arguments.rows;
    return names.empty() || std::find(names.begin(), names.end(), row.name) != names.end();
}

using Rows = std::vector<Row>;

Rows further_rows() {
    Rows all;
    for (const Rows &some : {value_rows(), call_rows(), host_rows(), flood_rows(), interrupt_rows(),
                             ending_rows(), library_rows(), library_limit_rows()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

bool know_rows(const ConformanceArguments &arguments, const Rows &first, const Rows &rest) {
    for (const std::string &name : arguments.rows) {
        const auto is = [&](const Row &row) { return name == row.name; };
        if (std::any_of(first.begin(), first.end(), is) ||
            std::any_of(rest.begin(), rest.end(), is))
            continue;
        complain("there is no row '" + name + "'. Without --rows all of them are listed");
        return false;
    }
    return true;
}

std::vector<Outcome> try_all(const ConformanceArguments &arguments, Trial &trial, const Rows &first,
                             const Rows &rest) {
    std::vector<Outcome> outcomes;
    std::string blocked;
    const auto attempt = [&](const Row &row) {
        outcomes.push_back(blocked.empty() ? try_row(row, trial)
                                           : Outcome{&row, Holding::NotTried, blocked});
    };
    for (const Row &row : first) {
        attempt(row);
        if (outcomes.back().holding != Holding::Holds && blocked.empty())
            blocked = "the row '" + std::string(row.name) + "' comes first";
    }
    for (const Row &row : rest)
        if (is_asked_for(arguments, row)) attempt(row);
    return outcomes;
}

const char *word_of(Holding holding) {
    return holding == Holding::Holds ? "holds" : holding == Holding::Fails ? "FAILS" : "not tried";
}

Style style_of(Holding holding) {
    return holding == Holding::Holds   ? Style::Green
           : holding == Holding::Fails ? Style::Red
                                       : Style::Yellow;
}

size_t count(const std::vector<Outcome> &outcomes, Holding holding) {
    return static_cast<size_t>(
        std::count_if(outcomes.begin(), outcomes.end(),
                      [&](const Outcome &outcome) { return outcome.holding == holding; }));
}

void print_json(const std::vector<Outcome> &outcomes, bool ok) {
    JsonArray list;
    for (const Outcome &outcome : outcomes) {
        const bool fails = outcome.holding == Holding::Fails;
        list.raw(JsonObject()
                     .add("row", outcome.row->name)
                     .add("promise", outcome.row->promise)
                     .add("verdict", fails ? "fails" : word_of(outcome.holding))
                     .add("what", outcome.what)
                     .add("advice", fails ? outcome.row->advice : "")
                     .text());
    }
    printf("%s\n", JsonObject().add("ok", ok).raw("rows", list.text()).text().c_str());
}

void print_table(const std::vector<Outcome> &outcomes) {
    size_t width = 0;
    for (const Outcome &outcome : outcomes)
        width = std::max(width, display_width(outcome.row->name));
    const std::string margin(9 + 2 + width + 2, ' ');
    for (const Outcome &outcome : outcomes) {
        const std::string what = outcome.what.empty() ? "" : ": " + harmless(outcome.what);
        printf(
            "%s  %s  %s%s\n",
            styled(stdout, style_of(outcome.holding), padded(word_of(outcome.holding), 9)).c_str(),
            padded(outcome.row->name, width).c_str(), outcome.row->promise, what.c_str());
        if (outcome.holding == Holding::Fails)
            printf("%s-> %s\n", margin.c_str(), outcome.row->advice);
    }
    const size_t fails = count(outcomes, Holding::Fails),
                 untried = count(outcomes, Holding::NotTried);
    printf("\n%s\n", styled(stdout,
                            fails     ? Style::Red
                            : untried ? Style::Yellow
                                      : Style::Green,
                            plural(count(outcomes, Holding::Holds), "row holds", "rows hold") +
                                ", " + plural(fails, "fails", "fail") + ", " +
                                std::to_string(untried) + " not tried")
                         .c_str());
}

} // namespace

} // namespace cli::protocol

namespace cli {

int conformance(const ConformanceArguments &arguments) {
    using namespace protocol;
    const Rows first = greeting_rows(), rest = further_rows();
    if (!know_rows(arguments, first, rest)) return Usage;
    signal(SIGPIPE, SIG_IGN); // a child that reads no more is one of the findings
    unsetenv("FK_VM_TRACE");
    std::vector<Outcome> outcomes;
    try {
        Trial trial = make_trial(arguments);
        outcomes = try_all(arguments, trial, first, rest);
    } catch (const std::runtime_error &problem) {
        complain(problem.what());
        return NotOpened;
    }
    const bool ok = count(outcomes, Holding::Fails) == 0 &&
                    (!arguments.all || count(outcomes, Holding::NotTried) == 0) &&
                    count(outcomes, Holding::Holds) > 0;
    if (arguments.json)
        print_json(outcomes, ok);
    else
        print_table(outcomes);
    return ok ? Fine : Failed;
}

} // namespace cli
