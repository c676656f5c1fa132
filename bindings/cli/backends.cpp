// SPDX-License-Identifier: MIT
// fkvm backends: what FK_VM_BACKEND may be.
#include "commands.h"
#include "json.h"
#include "table.h"
#include "term.h"

namespace cli {

namespace {

std::string text_or_json(const fk_value &object, const char *name) {
    const fk_value *member = fk_value_member(&object, name);
    if (!member) return "";
    return member->kind == FK_STRING ? std::string(member->string, member->size) : json_of(*member);
}

} // namespace

int backends(const BackendsArguments &arguments) {
    fk_value *raw = nullptr;
    if (fk_backend_list(&raw) != FK_OK) {
        complain_last("the list of backends");
        return Failed;
    }
    const Value list(raw);
    if (arguments.json) {
        printf("%s\n", json_of(*list).c_str());
        return Fine;
    }
    Table table("llll", {"backend", "usable", "source", "about"});
    for (uint32_t i = 0; i < list->size; i++) {
        const fk_value &entry = list->items[i];
        const fk_value *available = fk_value_member(&entry, "available");
        const bool usable = available && available->integer;
        table.row({styled(stdout, Style::Bold, text_or_json(entry, "name")),
                   usable ? styled(stdout, Style::Green, "yes") : styled(stdout, Style::Red, "no"),
                   text_or_json(entry, "source"), text_or_json(entry, "about")});
    }
    table.print(stdout);
    return Fine;
}

} // namespace cli
