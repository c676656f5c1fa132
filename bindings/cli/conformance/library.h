// SPDX-License-Identifier: MIT
// A child behind fk_vm_open(), for the rows of the library.
#pragma once

#include "json.h"
#include "rows.h"
#include "vm.h"

#include <cstring>

namespace cli::protocol {

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

} // namespace cli::protocol
