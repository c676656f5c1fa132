// SPDX-License-Identifier: MIT
// fk/vm.hpp allocates nothing of its own for scalars and strings: as many allocations as the C API.
#include "support.hpp"

#include <cstdlib>
#include <new>

namespace {
size_t allocations = 0;
}

[[gnu::noinline]] void *operator new(size_t size) {
    allocations++;
    if (void *block = std::malloc(size)) return block;
    throw std::bad_alloc();
}
[[gnu::noinline]] void *operator new(size_t size, const std::nothrow_t &) noexcept {
    allocations++;
    return std::malloc(size);
}
// None is inlined: gcc would see a block of one kind that the other gets.
[[gnu::noinline]] void operator delete(void *block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void *block, size_t) noexcept { std::free(block); }

namespace {

const std::string long_text(1000, 'x');

fk_status answer_c(void *, fk_request *request, const fk_value *params) {
    const fk_value result = FK_INT(params->items[0].integer + 1);
    return fk_reply(request, &result);
}

void open(fk::Vm &vm) {
    static const fk_method methods[] = {{"answer_c", answer_c, nullptr, 0, {}}, {}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = FK_TEST_SCRIPT;
    options.methods = methods;
    vm.bind("answer_x", [](int64_t n, std::string_view, std::span<const std::byte>,
                           std::optional<bool>) { return n + 1; });
    vm.open(options);
}

int64_t call_c(fk::Vm &vm, const char *method) {
    const fk_value items[] = {FK_STR(method), FK_INT(1), FK_STR("text"),
                              FK_BYTES(long_text.data(), long_text.size()), FK_NIL};
    const fk_value params = FK_ARRAY(items);
    fk_value *result = nullptr;
    fk::check(fk_vm_call(vm.get(), "forward", &params, &result));
    const int64_t number = result->integer;
    fk_value_free(result);
    return number;
}

int64_t call_x(fk::Vm &vm, const char *method) {
    return vm.call<int64_t>("forward", method, 1, "text", long_text, std::optional<bool>());
}

template <class Call>
size_t count(fk::Vm &vm, Call call, const char *method) {
    for (int i = 0; i < 10; i++) call(vm, method); // buffers have grown
    const size_t before = allocations;
    for (int i = 0; i < 100; i++) assert_int_equal(call(vm, method), 2);
    return allocations - before;
}

void scalars_and_strings_allocate_nothing(void **) {
    fk::Vm vm;
    open(vm);
    const size_t in_c = count(vm, call_c, "answer_c");
    assert_int_equal(count(vm, call_x, "answer_c"), in_c);
    assert_int_equal(count(vm, call_c, "answer_x"), in_c);
}

void the_count_sees_allocations(void **) {
    const size_t before = allocations;
    fk::Scratch scratch;
    fk::to_value(std::vector<int>{1, 2}, scratch);
    assert_true(allocations > before);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(scalars_and_strings_allocate_nothing),
                                cmocka_unit_test(the_count_sees_allocations)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
