// SPDX-License-Identifier: MIT
// fkvm shell: calls methods of one VM, line by line.
#include "commands.h"
#include "format.h"
#include "interrupts.h"
#include "json.h"
#include "line_input.h"
#include "players.h"
#include "shell_line.h"
#include "stats.h"
#include "term.h"

#include <algorithm>

namespace cli {

namespace {

const char help[] =
    "METHOD              calls a global function of the script, without parameters\n"
    "METHOD [..]         with a JSON array of positional parameters, or with one {table}\n"
    "METHOD word word    with each word as a parameter: JSON, or else a string\n"
    "                    'a b' is one word; METHOD [[1,2]] passes one list\n"
    ":methods            what can be called (Tab completes it)\n"
    ":stats              the VM: backend, memory, calls, time\n"
    ":reload             opens the script anew; the old VM stays if that fails\n"
    ":help  :quit        this text; the end (as Ctrl-D). Ctrl-C interrupts a call,\n"
    "                    twice it ends the shell; it drops a line\n";

class Shell {
  public:
    explicit Shell(const ShellArguments &arguments)
        : arguments_(arguments), messages_(Loudness::Verbose), house_({}, false),
          input_("fkvm", [this](const std::string &line) { return complete(line); }) {}

    int run();

  private:
    struct Command {
        const char *word;
        void (Shell::*run)();
    };
    static const Command commands[];

    bool open();
    void obey(const ShellLine &line);
    void call(const ShellLine &line);
    void poll();
    const std::string &what_runs() const {
        return arguments_.vm.script.empty() ? arguments_.vm.command : arguments_.vm.script;
    }
    bool alive() const { return vm_.stats().alive; }
    std::vector<std::string> methods(bool *known);
    std::vector<std::string> complete(const std::string &line) const;

    void show_help();
    void show_methods();
    void show_stats();
    void reload();
    void quit() { done_ = true; }

    void print(JsonObject answer);
    void refuse(const std::string &what, const std::string &message);
    void refuse_last(const std::string &what);

    const ShellArguments &arguments_;
    Messages messages_;
    House house_;
    Vm vm_;
    std::optional<Interrupts> interrupts_; // of vm_
    LineInput input_;
    std::vector<std::string> methods_;
    bool done_ = false, failed_ = false, dead_ = false;
};

const Shell::Command Shell::commands[] = {{":help", &Shell::show_help},
                                          {":methods", &Shell::show_methods},
                                          {":quit", &Shell::quit},
                                          {":reload", &Shell::reload},
                                          {":stats", &Shell::show_stats}};

bool Shell::open() {
    Vm fresh;
    if (fresh.open(arguments_.vm, house_.methods(), messages_) != FK_OK) return false;
    interrupts_.reset();
    vm_ = std::move(fresh);
    interrupts_.emplace(vm_.handle());
    dead_ = false;
    bool known;
    methods_ = methods(&known);
    return true;
}

std::vector<std::string> Shell::methods(bool *known) {
    std::vector<std::string> names;
    Value list;
    *known = vm_.call("$/methods", FK_NIL, &list) == FK_OK && list->kind == FK_ARRAY;
    for (uint32_t i = 0; *known && i < list->size; i++)
        if (list->items[i].kind == FK_STRING)
            names.emplace_back(list->items[i].string, list->items[i].size);
    return names;
}

std::vector<std::string> Shell::complete(const std::string &line) const {
    std::vector<std::string> fits;
    const std::string text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (text.find(' ') != text.npos) return fits;
    for (const Command &command : commands)
        if (std::string(command.word).starts_with(text)) fits.push_back(command.word);
    for (const std::string &name : methods_)
        if (name.starts_with(text)) fits.push_back(name);
    return fits;
}

// ---- what it says
// --------------------------------------------------------------------------------

void Shell::print(JsonObject answer) {
    printf("%s\n", answer.text().c_str());
    fflush(stdout);
}

void Shell::refuse(const std::string &what, const std::string &message) {
    failed_ = true;
    if (!arguments_.json) return complain(what + ": " + message);
    print(JsonObject()
              .add("ok", false)
              .add("word", what)
              .raw("error", JsonObject().add("status", "INVALID").add("message", message).text()));
}

void Shell::refuse_last(const std::string &what) {
    failed_ = true;
    if (!arguments_.json) return complain_last(what);
    const std::string error = json_of_last_error();
    print(JsonObject().add("ok", false).add("word", what).raw("error", error));
}

// ---- what it does
// --------------------------------------------------------------------------------

void Shell::show_help() {
    if (arguments_.json)
        return print(JsonObject().add("ok", true).add("word", ":help").add("result", help));
    fputs(help, stdout);
}

void Shell::show_methods() {
    bool known;
    methods_ = methods(&known);
    if (!known && fk_error_last()->status == FK_NO_METHOD)
        return refuse(":methods", "this VM does not answer $/methods (see docs/protocol.md), so "
                                  "its methods are not known");
    if (!known) return refuse_last(":methods");
    if (!arguments_.json) {
        for (const std::string &name : methods_) printf("%s\n", name.c_str());
        return;
    }
    JsonArray list;
    for (const std::string &name : methods_) list.raw(json_of(name));
    print(JsonObject().add("ok", true).add("word", ":methods").raw("result", list.text()));
}

void Shell::show_stats() {
    if (!arguments_.json) return print_stats(vm_.handle(), stdout);
    print(JsonObject()
              .add("ok", true)
              .add("word", ":stats")
              .raw("result", json_of_stats(vm_.handle())));
}

void Shell::reload() {
    if (!open()) {
        refuse_last(":reload");
        if (alive() && !arguments_.json) complain("the VM of before goes on");
        return;
    }
    if (arguments_.json)
        return print(JsonObject().add("ok", true).add("word", ":reload").raw("result", "null"));
    printf("a new VM runs %s\n", what_runs().c_str());
}

void Shell::call(const ShellLine &line) {
    Value result;
    interrupts_->forget();
    if (vm_.call(line.word.c_str(), *line.params, &result) != FK_OK) return refuse_last(line.word);
    if (!arguments_.json) {
        printf("%s\n", json_of(*result).c_str());
        return;
    }
    print(JsonObject().add("ok", true).add("word", line.word).raw("result", json_of(*result)));
}

void Shell::obey(const ShellLine &line) {
    if (!line.problem.empty())
        return refuse(line.word.empty() ? "the line" : line.word, line.problem);
    if (line.word.empty()) return;
    if (line.word[0] != ':') return call(line);
    for (const Command &command : commands)
        if (line.word == command.word) return (this->*command.run)();
    refuse(line.word, "there is no such command. Try :help");
}

// Lets the VM say what it has to say, and tells of its death once.
void Shell::poll() {
    const fk_status status = fk_vm_poll(vm_.handle());
    if (alive() || dead_) return;
    dead_ = true;
    if (status != FK_OK && input_.interactive())
        complain_last("the VM is dead; :reload opens another");
}

int Shell::run() {
    set_environment(arguments_.vm);
    if (!open()) {
        complain_last("the VM did not open");
        return NotOpened;
    }
    if (input_.interactive() && !arguments_.json)
        printf("%s in %s, %s. :help tells more\n", what_runs().c_str(), vm_.stats().backend,
               plural(methods_.size(), "method", "methods").c_str());
    while (!done_) {
        poll();
        const std::optional<Line> line = input_.next(dead_ ? "fkvm (dead)> " : "fkvm> ");
        if (!line) break;
        obey(read_shell_line(line->text));
        fflush(stdout);
    }
    return failed_ && !input_.interactive() ? Failed : Fine;
}

} // namespace

int shell(const ShellArguments &arguments) {
    if (!arguments.vm.script.empty() || !arguments.vm.command.empty())
        return Shell(arguments).run();
    complain("SCRIPT is needed; it may be left out with --command. Try: fkvm shell --help");
    return Usage;
}

} // namespace cli
