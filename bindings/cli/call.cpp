// SPDX-License-Identifier: MIT
// fkvm call: one call, its result as JSON.
#include "commands.h"
#include "json.h"
#include "players.h"
#include "stats.h"

namespace cli {

namespace {

// The text as parameters of a call; false: a complaint has been made.
bool read_params(const std::string &text, Value &params) {
    fk_value *value = nullptr;
    if (fk_value_from_json(text.data(), text.size(), &value) != FK_OK) {
        complain_last("the parameters are not JSON");
        return false;
    }
    params.reset(value);
    if (value->kind == FK_ARRAY || value->kind == FK_OBJECT || value->kind == FK_NULL) return true;
    complain("the parameters must be a JSON array, e.g. '[" + text + "]'");
    return false;
}

bool is_json(const std::string &word) { return word.starts_with('[') || word.starts_with('{'); }

// A child by command may have no script: METHOD, or METHOD and PARAMS, stand in its place then.
bool place_words(CallArguments &arguments) {
    std::string &script = arguments.vm.script, &method = arguments.method;
    const bool without = !arguments.vm.command.empty() &&
                         (method.empty() || (arguments.params.empty() && is_json(method)));
    if (without) {
        arguments.params = std::move(method);
        method = std::exchange(script, {});
    }
    if (arguments.params.empty()) arguments.params = "[]";
    return !method.empty() && (without || !script.empty());
}

int fail(const CallArguments &arguments, const char *what, ExitCode code) {
    if (arguments.json)
        printf("{\"ok\":false,\"error\":%s}\n", json_of_last_error().c_str());
    else
        complain_last(what);
    return code;
}

} // namespace

int call(const CallArguments &given) {
    CallArguments arguments = given;
    if (!place_words(arguments)) {
        complain("SCRIPT and METHOD are needed; SCRIPT may be left out with --command. Try: fkvm "
                 "call --help");
        return Usage;
    }
    Value params;
    if (!read_params(arguments.params, params)) return Usage;
    set_environment(arguments.vm);
    Messages messages(Loudness::Verbose);
    House house({}, false);
    Vm vm;
    if (vm.open(arguments.vm, house.methods(), messages) != FK_OK)
        return fail(arguments, "the VM did not open", NotOpened);
    Value result;
    if (vm.call(arguments.method.c_str(), *params, &result) != FK_OK)
        return fail(arguments, arguments.method.c_str(), Failed);
    const std::string json = json_of(*result);
    printf("%s\n", arguments.json ? JsonObject().add("ok", true).raw("result", json).text().c_str()
                                  : json.c_str());
    return Fine;
}

} // namespace cli
