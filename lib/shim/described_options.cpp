// SPDX-License-Identifier: MIT
// A VM's options as a value.
#include "described_options.h"

#include "option_table.h"

namespace fkvm {
namespace {

template <class T>
fk_value limit(T limit) {
    return limit == static_cast<T>(-1) ? FK_NIL : FK_INT(limit);
}

} // namespace

DescribedOptions::DescribedOptions(const fk_vm_options &options) {
    for (const Option &option : option_table) {
        if (option.kind == Option::Secret) continue;
        members_.push_back({FK_STR(option.name), describe(option, options)});
    }
}

fk_value DescribedOptions::describe(const Option &option, const fk_vm_options &options) {
    switch (option.kind) {
    case Option::Text:
    case Option::Json: {
        const char *text = option.of<const char *>(options);
        return text ? FK_STR(text) : FK_NIL;
    }
    case Option::List:
        return list(option.of<const char *const *>(options));
    case Option::Limit64:
        return limit(option.of<uint64_t>(options));
    case Option::Limit32:
        return limit(option.of<uint32_t>(options));
    case Option::Flags:
        return FK_INT(option.of<uint32_t>(options) & known_flags);
    case Option::Signal:
        return FK_INT(option.of<int>(options));
    default:
        return FK_INT(option.of<uint32_t>(options));
    }
}

fk_value DescribedOptions::list(const char *const *texts) {
    if (!texts) return FK_NIL;
    auto &items = lists_.emplace_front();
    for (; *texts; texts++) items.push_back(FK_STR(*texts));
    return FK_ITEMS(items.data(), items.size());
}

} // namespace fkvm
