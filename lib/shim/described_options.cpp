// SPDX-License-Identifier: MIT
// A VM's options as a value.
#include "described_options.h"

namespace fkvm {
namespace {

constexpr uint32_t public_flags = FK_OPEN_NO_TEMPLATE | FK_OPEN_FOLLOW_LINKS;

fk_value text(const char *text) { return text ? FK_STR(text) : FK_NIL; }
fk_value limit(uint32_t limit) { return limit == FK_NO_LIMIT ? FK_NIL : FK_INT(limit); }
fk_value limit(uint64_t limit) { return limit == FK_NO_LIMIT_64 ? FK_NIL : FK_INT(limit); }

fk_value list(const char *const *texts, std::vector<fk_value> *items) {
    if (!texts) return FK_NIL;
    for (; *texts; texts++) items->push_back(FK_STR(*texts));
    return FK_ITEMS(items->data(), items->size());
}

} // namespace

DescribedOptions::DescribedOptions(const fk_vm_options &o)
    : members_{{FK_STR("backend"), text(o.backend)},
               {FK_STR("script"), text(o.script)},
               {FK_STR("directory"), text(o.directory)},
               {FK_STR("command"), list(o.command, &command_)},
               {FK_STR("preload"), list(o.preload, &preload_)},
               {FK_STR("memory_limit"), limit(o.memory_limit)},
               {FK_STR("open_timeout"), limit(o.open_timeout)},
               {FK_STR("call_timeout"), limit(o.call_timeout)},
               {FK_STR("close_timeout"), limit(o.close_timeout)},
               {FK_STR("max_message"), limit(o.max_message)},
               {FK_STR("max_output"), limit(o.max_output)},
               {FK_STR("max_nesting"), FK_INT(o.max_nesting)},
               {FK_STR("max_values"), limit(o.max_values)},
               {FK_STR("max_host_calls"), limit(o.max_host_calls)},
               {FK_STR("sandbox"), FK_INT(o.sandbox)},
               {FK_STR("flags"), FK_INT(o.flags & public_flags)},
               {FK_STR("interrupt_signal"), FK_INT(o.interrupt_signal)}} {}

} // namespace fkvm
