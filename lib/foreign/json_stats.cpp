// SPDX-License-Identifier: MIT
// fk_vm_stats as JSON.
#include "fk_foreign.h"
#include "handed_out.h"
#include "shim/json_text.h"

#include <forward_list>
#include <string_view>
#include <vector>

using namespace fkvm;

namespace {

fk_value number(uint64_t n) { return FK_INT(n); }

fk_value methods_of(fk_vm *vm, std::vector<fk_member> *list,
                    std::forward_list<fk_member[3]> *entries) {
    fk_method_stats s{};
    s.size = sizeof s;
    for (size_t i = 0; fk_vm_method_stats(vm, i, &s) == FK_OK; i++) {
        auto &entry = entries->emplace_front();
        entry[0] = {FK_STR("calls"), number(s.calls)};
        entry[1] = {FK_STR("total_ns"), number(s.total_ns)};
        entry[2] = {FK_STR("max_ns"), number(s.max_ns)};
        list->push_back({FK_STR(s.name), FK_MEMBERS(entry, 3)});
    }
    return FK_MEMBERS(list->data(), list->size());
}

char *describe(const fk_stats &s, fk_value methods) {
    const fk_member members[] = {{FK_STR("backend"), FK_STR(s.backend)},
                                 {FK_STR("pid"), FK_INT(s.pid)},
                                 {FK_STR("alive"), FK_BOOL(s.alive)},
                                 {FK_STR("from_template"), FK_BOOL(s.from_template)},
                                 {FK_STR("sandbox"), FK_INT(s.sandbox)},
                                 {FK_STR("sandbox_reached"), FK_STR(s.sandbox_reached)},
                                 {FK_STR("memory"), number(s.memory)},
                                 {FK_STR("memory_peak"), number(s.memory_peak)},
                                 {FK_STR("rss"), number(s.rss)},
                                 {FK_STR("calls"), number(s.calls)},
                                 {FK_STR("errors"), number(s.errors)},
                                 {FK_STR("requests"), number(s.requests)},
                                 {FK_STR("notifications"), number(s.notifications)},
                                 {FK_STR("failed_notifications"), number(s.failed_notifications)},
                                 {FK_STR("messages_dropped"), number(s.messages_dropped)},
                                 {FK_STR("bytes_in"), number(s.bytes_in)},
                                 {FK_STR("bytes_out"), number(s.bytes_out)},
                                 {FK_STR("output_cut"), number(s.output_cut)},
                                 {FK_STR("vm_ns"), number(s.vm_ns)},
                                 {FK_STR("host_ns"), number(s.host_ns)},
                                 {FK_STR("host_ns_max"), number(s.host_ns_max)},
                                 {FK_STR("wants_poll"), FK_BOOL(s.wants_poll)},
                                 {FK_STR("runtime"), FK_STR(s.runtime)},
                                 {FK_STR("limited_by"), FK_STR(s.limited_by)},
                                 {FK_STR("methods"), methods}};
    return json_text(FK_OBJECT(members));
}

} // namespace

extern "C" fk_status fk_vm_stats_json(fk_vm *vm, char **answer) {
    return answered(answer, [&] {
        fk_stats stats{};
        stats.size = sizeof stats;
        if (const fk_status s = fk_vm_stats(vm, &stats)) return s;
        std::vector<fk_member> list;
        std::forward_list<fk_member[3]> entries;
        const fk_value methods = methods_of(vm, &list, &entries);
        if (answer) *answer = describe(stats, methods);
        return succeed();
    });
}
