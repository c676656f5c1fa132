// SPDX-License-Identifier: MIT
// fkvm trace: reads a trace once, and makes a picture of it, a table, or both.
#include "commands.h"
#include "format.h"
#include "json.h"
#include "picture.h"
#include "progress.h"
#include "top.h"

#include <filesystem>
#include <optional>
#include <stdexcept>

namespace cli {

namespace {

namespace fs = std::filesystem;

bool would_overwrite(const TraceArguments &arguments) {
    std::error_code none;
    if (!fs::equivalent(arguments.trace, arguments.perfetto, none)) return false;
    complain("--perfetto " + arguments.perfetto + " is the trace itself: give another file");
    return true;
}

void warn_of(const TraceWalk &walk) {
    if (walk.strange_lines())
        complain("passed over " + plural(walk.strange_lines(), "line", "lines") +
                 " of the trace, from line " + std::to_string(walk.first_strange()) +
                 " on, that are no messages");
    if (walk.cut()) complain("the last line of the trace is unfinished and was left out");
    if (walk.unanswered())
        complain(plural(walk.unanswered(), "call has", "calls have") +
                 " no answer in the trace: the server was killed or still runs");
}

void read_all(TraceWalk &walk, const TraceArguments &arguments) {
    std::error_code none;
    const bool is_file = fs::is_regular_file(arguments.trace, none);
    const uintmax_t size = is_file ? fs::file_size(arguments.trace, none) : 0;
    Progress progress(!arguments.quiet);
    uint64_t lines = 0;
    walk.read(arguments.trace, [&](const TraceWalk &now, long offset) {
        if (++lines % 1024 || !progress.due()) return;
        progress.draw(size ? double(offset) / double(size) : 0,
                      bytes(uint64_t(offset)) + (size ? " of " + bytes(size) : ""),
                      plural(now.messages(), "message", "messages") + "   " +
                          plural(now.vms(), "VM", "VMs"));
    });
}

int make_all(const TraceArguments &arguments) {
    Top top;
    std::optional<Picture> picture;
    std::vector<TraceListener *> listeners;
    if (!arguments.perfetto.empty()) listeners.push_back(&picture.emplace(arguments.perfetto));
    const bool wants_top = arguments.top || arguments.json || !picture;
    if (wants_top) listeners.push_back(&top);
    TraceWalk walk(listeners, arguments.vm);
    read_all(walk, arguments);
    if (picture) picture->finish();
    warn_of(walk);
    if (arguments.vm > walk.vms()) {
        complain("the trace holds " + plural(walk.vms(), "VM", "VMs") + ": there is no --vm " +
                 std::to_string(arguments.vm));
        return Usage;
    }
    if (arguments.json)
        printf("%s\n", top.json(walk).c_str());
    else if (wants_top)
        top.print(walk);
    if (picture && !arguments.quiet && arguments.perfetto != "-")
        fprintf(stderr, "%s: open it in https://ui.perfetto.dev or chrome://tracing\n",
                arguments.perfetto.c_str());
    return Fine;
}

} // namespace

int trace(const TraceArguments &arguments) {
    try {
        if (arguments.perfetto == "-" && (arguments.top || arguments.json)) {
            complain("--perfetto - and a table would both go to standard output");
            return Usage;
        }
        return would_overwrite(arguments) ? Usage : make_all(arguments);
    } catch (const PictureFailure &problem) {
        complain(problem.what());
        return Failed;
    } catch (const std::runtime_error &problem) {
        complain(problem.what());
        return Unreadable;
    }
}

} // namespace cli
