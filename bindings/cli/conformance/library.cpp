// SPDX-License-Identifier: MIT
// The same child behind fk_vm_open(): what the library makes of it.
#include "json.h"
#include "rows.h"
#include "vm.h"

#include <cstring>

namespace cli::protocol {

namespace {

// A VM of the child. Its host methods are those of `host`, or answer null.
class Library {
  public:
    explicit Library(Trial &trial) : words_(trial.launch().words) {
        if (!trial.script().empty()) words_.pop_back(); // the library appends it
        for (const std::string &word : words_) command_.push_back(word.c_str());
        command_.push_back(nullptr);
        options.backend = "process";
        options.command = command_.data();
        options.script = trial.script().empty() ? nullptr : trial.script().c_str();
        options.directory = trial.launch().directory.c_str();
        options.methods = methods_;
        options.output = hear;
        options.user = this;
        options.open_timeout = static_cast<uint32_t>(trial.limit().count());
        options.call_timeout = static_cast<uint32_t>(trial.limit().count());
    }
    ~Library() {
        if (vm) fk_vm_close(vm);
    }

    void open() {
        if (fk_vm_open(&options, &vm) != FK_OK) throw Wrong(failure("fk_vm_open"));
        opened_ = true; // what a child asks before is answered with null
    }

    std::string failure(const std::string &what) const {
        const fk_error *error = fk_error_last();
        const std::string_view text = error->message;
        return what + ": " + fk_status_name(error->status) + ": " +
               shown(text.substr(0, text.find('\n')));
    }

    fk_status call(const char *method, const fk_value &params, Value *result = nullptr) {
        fk_value *got = nullptr;
        const fk_status status = fk_vm_call(vm, method, &params, &got);
        Value taken(got);
        if (status == FK_NO_METHOD && strcmp(method, "no_such_method") != 0)
            throw NotTried("it offers no method '" + std::string(method) + "'");
        if (result) *result = std::move(taken);
        return status;
    }
    fk_status call(const char *method, const std::string &params, Value *result = nullptr) {
        return call(method, *read_value(params), result);
    }

    void expect(const char *method, const std::string &params, const std::string &wanted) {
        Value got;
        if (call(method, params, &got) != FK_OK) throw Wrong(failure("with " + shown(params)));
        expect_equal(wanted, *got);
    }

    void expect_alive(const char *when) {
        fk_stats stats = FK_STATS_INIT;
        fk_vm_stats(vm, &stats);
        if (!stats.alive) throw Wrong(std::string("the VM is dead ") + when);
        expect("echo", "[7]", "7");
    }

    // Of the thread that calls.
    void expect_status(fk_status got, fk_status wanted, const char *what) {
        if (got == wanted) return;
        if (got == FK_OK) throw Wrong(std::string(what) + " succeeded");
        throw Wrong(failure(what));
    }

    fk_vm_options options = FK_VM_OPTIONS_INIT;
    fk_vm *vm = nullptr;
    std::function<fk_status(fk_request *, const fk_value *)> host;
    std::string heard; // output

  private:
    static fk_status answer(void *self, fk_request *request, const fk_value *params) {
        auto &library = *static_cast<Library *>(self);
        return library.opened_ && library.host ? library.host(request, params) : FK_OK;
    }
    static void hear(void *self, fk_level, const char *text, size_t size) {
        static_cast<Library *>(self)->heard.append(text, size).append("\n");
    }

    bool opened_ = false;
    std::vector<std::string> words_;
    std::vector<const char *> command_;
    fk_method methods_[2] = {{"*", answer, this, 0, {}}, {}};
};

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

void longest(Trial &trial) {
    Library library(trial);
    library.options.max_message = 100000;
    library.open();
    library.expect_status(library.call("fill", "[200000]"), FK_BAD_VALUE,
                          "a result of 200,000 bytes, with a max_message of 100,000");
    library.expect_alive("after it");
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
            {"library-longest", "a result over max_message is FK_BAD_VALUE", longest,
             "answer with the error -32003 in place of a line longer than $FK_VM_MAX_MESSAGE"},
            {"library-interrupt", "fk_vm_interrupt ends a call, and the VM lives", interrupted,
             "end the method at SIGINT within 50 ms, and answer with an error"},
            {"library-timeout", "call_timeout ends a call, and the VM lives", timeout,
             "end the method at SIGINT within 50 ms, and answer with an error"}};
}

} // namespace cli::protocol
