// SPDX-License-Identifier: MIT
// fk_vm_open with options as JSON and one function for all host methods.
#include "handed_out.h"
#include "json_host.h"
#include "json_options.h"
#include "shim/json_text.h"

#include <memory>

using namespace fkvm;

namespace {

void add_methods(const std::vector<const char *> *names, JsonHost *host,
                 std::vector<fk_method> *methods) {
    const auto add = [&](const char *name) {
        methods->push_back({name, call_json_host, host, FK_METHOD_ANSWERS, {}});
    };
    if (!host->host) return methods->push_back({});
    if (!names) add("*");
    for (const char *name : names ? *names : std::vector<const char *>()) add(name);
    methods->push_back({});
}

fk_status open(const char *text, const JsonHost &functions, fk_vm **vm) {
    BriefArena arena;
    fk_value object;
    JsonOptions options;
    if (!parse_json("fk_vm_open_json: options", text, *arena, &object) || !options.take(object))
        return last_status();
    auto host = std::make_unique<JsonHost>(functions);
    std::vector<fk_method> methods;
    add_methods(options.methods(), host.get(), &methods);
    fk_vm_options &wanted = options.get();
    wanted.methods = methods.data();
    wanted.output = host->output ? write_json_output : nullptr;
    wanted.finalize = drop_json_host;
    wanted.user = host.release(); // finalize is called whatever happens
    return fk_vm_open(&wanted, vm);
}

} // namespace

extern "C" fk_status fk_vm_open_json(const char *options, fk_json_host_fn host,
                                     fk_json_output_fn output, void *user, fk_vm **vm,
                                     char **error) {
    if (vm) *vm = nullptr;
    return answered(error, [&] {
        if (!options || !vm) return fail(FK_INVALID, "fk_vm_open_json: options or vm is NULL");
        return open(options, {host, output, user}, vm);
    });
}
