// SPDX-License-Identifier: MIT
// The same child behind fk_vm_open(): what the library makes of it.
#include "library.h"

namespace cli::protocol {

namespace {

void errors(Trial &trial) {
    Library library(trial);
    library.open();
    library.expect_status(library.call("no_such_method", "[]"), FK_NO_METHOD, "an unknown method");
    library.expect_status(library.call("fail", "[\"on purpose\"]"), FK_SCRIPT_ERROR, "'fail'");
    library.expect_alive("after an error");
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(library.vm, &stats);
    trial.remark = *stats.runtime ? stats.runtime : "it does not say what it is";
}

void values(Trial &trial) {
    Library library(trial);
    library.host = [](fk_request *request, const fk_value *params) {
        return fk_reply(request,
                        params->kind == FK_ARRAY && params->size ? params->items : nullptr);
    };
    library.open();
    size_t count = 0;
    for (const ValueGroup &group : tricky_values())
        for (const std::string &text : group.texts) {
            library.expect("echo", "[" + text + "]", text);
            library.expect("call_host", "[\"same\"," + text + "]", text);
            count++;
        }
    constexpr size_t depth = FK_MAX_DEPTH - 1; // the list of params is a level
    std::string deepest(depth, '[');
    const Value value = read_value(deepest.append(depth, ']'));
    Value got;
    if (library.call("echo", FK_ITEMS(value.get(), 1), &got) != FK_OK)
        throw Wrong(library.failure("with a depth of 127"));
    expect_equal(deepest, *got);
    trial.remark = std::to_string(count) + " values, to a depth of 127";
}

void nesting(Trial &trial) {
    Library library(trial);
    const int depth = 30;
    int level = 0;
    library.host = [&](fk_request *request, const fk_value *) {
        const int here = ++level;
        if (here < depth) library.expect("call_host", "[\"deeper\"]", std::to_string(here + 1));
        const fk_value number = FK_INT(here);
        return fk_reply(request, &number);
    };
    library.open();
    library.expect("call_host", "[\"deeper\"]", "1");
    trial.remark = std::to_string(depth) + " levels";
}

void output(Trial &trial) {
    Library library(trial);
    library.open();
    if (library.call("print_line", "[\"one line\"]") != FK_OK)
        throw Wrong(library.failure("'print_line'"));
    for (int i = 0; i < 10 && library.heard.find("one line\n") == std::string::npos; i++)
        library.expect_alive("after output"); // standard error is read while it waits
    if (library.heard.find("one line\n") == std::string::npos)
        throw Wrong("the line did not come, but: " + shown(library.heard));
}

// The wish comes in a host method, so that the method runs for certain.
void interrupted(Trial &trial) {
    trial.need_interrupt();
    Library library(trial);
    library.host = [&](fk_request *, const fk_value *) {
        fk_vm_interrupt(library.vm);
        return FK_OK;
    };
    library.open();
    const fk_status status = library.call("loop", "[]");
    library.expect_status(status, FK_INTERRUPTED, "an interrupted call");
    library.expect_alive("after an interrupt");
}

void timeout(Trial &trial) {
    trial.need_interrupt();
    Library library(trial);
    library.options.call_timeout = 300;
    library.open();
    library.expect_status(library.call("loop", "[]"), FK_TIMEOUT, "a call that loops");
    library.expect_alive("after its time limit");
}

} // namespace

std::vector<Row> library_rows() {
    return {{"library-errors", "errors have their status, and the VM lives", errors,
             "answer with the error codes of docs/protocol.md"},
            {"library-values", "fk_vm_call and fk_reply carry every value", values,
             "see the rows of values above; params nest 128 deep"},
            {"library-nesting", "fk_vm_call nests in host methods", nesting,
             "serve calls while you wait for the answer of a host method"},
            {"library-output", "what is printed reaches fk_vm_options.output", output,
             "print to standard error, or send $/output"},
            {"library-interrupt", "fk_vm_interrupt ends a call, and the VM lives", interrupted,
             "end the method at SIGINT within 50 ms, and answer with an error"},
            {"library-timeout", "call_timeout ends a call, and the VM lives", timeout,
             "end the method at SIGINT within 50 ms, and answer with an error"}};
}

} // namespace cli::protocol
