// SPDX-License-Identifier: MIT
// The options of the commands that call a script.
#include "option_parts.h"

namespace cli {

void add_call(CLI::App &app, int &exit_code) {
    auto [command, call] = add_command<CallArguments>(
        app, "call", "Call one method and print its result as JSON", cli::call, exit_code,
        "Examples:\n"
        "  fkvm call game.lua ping\n"
        "  fkvm call game.lua HandleRequest '[\"-1,1,newroom\"]' --backend process\n"
        "  fkvm call game.lua ping --json | jq .result\n"
        "  fkvm call --command 'python3 child.py game.py' ping     # no SCRIPT: METHOD [PARAMS]\n"
        "Bytes that are no text are written {\"$bytes\":\"base64\"}.");
    command->add_option("SCRIPT", call->vm.script,
                        "The entry script of the VM; may be left out with --command");
    command->add_option("METHOD", call->method, "A global function of the script");
    command->add_option("PARAMS", call->params, "Its parameters, a JSON array (default: [])");
    command->add_flag("--json", call->json,
                      "Print {\"ok\":true,\"result\":..}, or {\"ok\":false,\"error\":..}");
    add_vm_options(*command, call->vm);
}

void add_shell(CLI::App &app, int &exit_code) {
    auto [command, shell] = add_command<ShellArguments>(
        app, "shell", "Call methods line by line, with editing, history and completion", cli::shell,
        exit_code,
        "Examples:\n"
        "  fkvm shell game.lua                 # then: ping, :methods, :help\n"
        "  fkvm shell game.lua --backend process\n"
        "  fkvm shell --command 'python3 child.py game.py'\n"
        "  echo 'ResumeRoom 1 delay_done' | fkvm shell game.lua --json\n"
        "Each line is METHOD, METHOD [JSON, ...] or METHOD word word; :help tells more. On a pipe "
        "there\n"
        "is no prompt, and the exit code is 1 if a line failed.");
    command->add_option("SCRIPT", shell->vm.script,
                        "The entry script of the VM; may be left out with --command");
    command->add_flag("--json", shell->json, "Answer each line with one line of JSON");
    add_vm_options(*command, shell->vm);
}

} // namespace cli
