// SPDX-License-Identifier: MIT
// fk_vm_open with options of any size and content, then the other structs that begin with their
// size: a status, never a crash, a byte written behind the caller's struct or a finalize too many.
#include "fk_vm.h"
#include "target.h"

#include <algorithm>

namespace {

constexpr size_t largest = (1 << 16) + 64;
int finalized;

fk_status answer(void *, fk_request *request, const fk_value *params) {
    return fk_reply(request, params);
}
void silent(void *, fk_level, const char *, size_t) {}
void finalize(void *) { finalized++; }

template <class T, size_t n>
T pick(const T (&list)[n], Choices &choices) {
    return list[choices.byte() % n];
}

void choose_texts(fk_vm_options *options, Choices &choices) {
    static const char *const backends[] = {"embedded", "thread",  "embedded",
                                           "",         "no-such", "/no/such.so"};
    static const char *const scripts[] = {"start.lua", "start.lua", "start.lua", nullptr,
                                          "",          "none.lua",  ".",         "fuzz_json.cpp"};
    static const char *const directories[] = {FK_FUZZ_DIRECTORY, FK_FUZZ_DIRECTORY,
                                              nullptr,           "",
                                              "/no/such",        FK_FUZZ_DIRECTORY "/start.lua"};
    static const char *const none[] = {nullptr}, *const two[] = {"A=1", "x", nullptr};
    static const char *const modules[] = {"cbor=fk.cbor", nullptr}, *const odd_modules[] = {
                                                                        "=", "a=", "=b", "c=no",
                                                                        nullptr};
    static const char *const *const lists[] = {nullptr, none, two, modules, odd_modules};
    options->backend = pick(backends, choices);
    options->script = pick(scripts, choices);
    options->directory = pick(directories, choices);
    options->command = pick(lists, choices);
    options->environment = pick(lists, choices);
    options->preload = pick(lists, choices);
}

void choose_functions(fk_vm_options *options, Choices &choices) {
    static const fk_method none[] = {{}}, one[] = {{"echo", answer, nullptr, 0, {}}, {}},
                           all[] = {{"echo", answer, nullptr, 0, {}},
                                    {"*", answer, nullptr, 0, {}},
                                    {}},
                           twice[] = {{"echo", answer, nullptr, 0, {}},
                                      {"echo", answer, nullptr, 0, {}},
                                      {}},
                           no_function[] = {{"echo", nullptr, nullptr, 0, {}}, {}},
                           flags[] = {{"echo", answer, nullptr, 1, {}}, {}},
                           odd[] = {{"", answer, nullptr, 0, {0, 1}}, {}};
    static const fk_method *const methods[] = {nullptr, one,         all,   none,
                                               twice,   no_function, flags, odd};
    options->methods = pick(methods, choices);
    options->output = silent;
    options->finalize = choices.byte() & 1 ? finalize : nullptr;
}

void choose_numbers(fk_vm_options *options, Choices &choices) {
    static const int signals[] = {0, 0, 35, -1, 65, 9, 64};
    static const uint64_t memory[] = {0,       0,       1,       4096,    1 << 15,
                                      1 << 16, 1 << 17, 1 << 18, 1 << 20, FK_NO_LIMIT_64};
    static const uint32_t limits[] = {0, 0, 0, 1, 50, 100, 101, 5000, FK_NO_LIMIT};
    options->memory_limit = pick(memory, choices) + choices.byte() * 16u;
    if (options->memory_limit < 4096u) options->memory_limit = 0; // the sum of FK_NO_LIMIT_64
    for (uint32_t *limit : {&options->open_timeout, &options->call_timeout, &options->close_timeout,
                            &options->max_message, &options->max_output, &options->max_nesting})
        *limit = pick(limits, choices);
    options->sandbox = choices.byte() % 5;
    options->flags = choices.byte() % 4;
    options->interrupt_signal = pick(signals, choices);
    options->max_values = pick(limits, choices);
    options->max_host_calls = pick(limits, choices);
}

// Calls with a struct of this size in a block of just that size.
template <class T, class Call>
void with_size(size_t size, Call call) {
    T *block = static_cast<T *>(std::calloc(1, std::max(size, sizeof(size_t))));
    block->size = size;
    call(block);
    require(block->size == size);
    std::free(block);
}

void use(fk_vm *vm, Choices &choices) {
    static const char *const methods[] = {"echo", "fail", "host", "grow",
                                          "none", "",     "deep", "print_much"};
    const size_t size = choices.number<uint16_t>() % 512;
    with_size<fk_stats>(size, [&](fk_stats *stats) { fk_vm_stats(vm, stats); });
    with_size<fk_method_stats>(
        size, [&](fk_method_stats *stats) { fk_vm_method_stats(vm, size & 1, stats); });
    for (int calls = 0; calls < 3; calls++) {
        const fk_value items[] = {FK_INT(calls), FK_STR("text")};
        const fk_value params = FK_ITEMS(items, 2);
        fk_value *result = nullptr;
        const fk_status status =
            fk_vm_call(vm, pick(methods, choices), choices.byte() & 1 ? &params : nullptr, &result);
        require((status == FK_OK) == (result != nullptr) && fk_error_last()->status == status);
        fk_value_free(result);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Choices choices(data, size);
    fk_vm_options options{};
    choose_texts(&options, choices);
    choose_functions(&options, choices);
    choose_numbers(&options, choices);
    static const size_t sizes[] = {sizeof options,
                                   sizeof options,
                                   sizeof options,
                                   sizeof options + 8,
                                   0,
                                   8,
                                   sizeof options - 8,
                                   1 << 16,
                                   largest,
                                   SIZE_MAX};
    options.size = pick(sizes, choices);
    const size_t real = std::min(options.size, largest);
    auto *block = static_cast<char *>(std::calloc(1, std::max(real, sizeof(size_t))));
    std::memcpy(block, &options, std::max(std::min(real, sizeof options), sizeof(size_t)));
    if (real > sizeof options && choices.byte() & 1) block[real - 1] = 1; // a field of the future
    finalized = 0;
    fk_vm *vm = nullptr;
    const fk_status status = fk_vm_open(reinterpret_cast<fk_vm_options *>(block), &vm);
    std::free(block); // all is copied
    require((status == FK_OK) == (vm != nullptr) && fk_error_last()->status == status);
    require(status == FK_OK || *fk_error_last()->message);
    if (vm) use(vm, choices);
    const bool known = finalized || status == FK_OK;
    require(fk_vm_close(vm) == FK_OK);
    require(finalized == (known && options.finalize ? 1 : 0));
    return 0;
}
