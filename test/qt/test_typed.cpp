// SPDX-License-Identifier: MIT
// Callables whose params are converted by their own signature; built as C++17 and as C++20.
#include "support.h"

#include <memory>

namespace {

void expect_caught(FkVm &vm, const QVariantList &params, const char *text) {
    const QString came = vm.call("caught", params).toString();
    if (!came.contains(QLatin1String(text))) fail_msg("'%s' is not in: %s", text, qPrintable(came));
}

void expect_answer(FkVm &vm, const QVariantList &params, const QVariant &answer) {
    const QVariant came = vm.call("forward", params);
    if (came != answer || came.metaType() != answer.metaType())
        fail_msg("%s gave %s, a %s", qPrintable(params[0].toString()), qPrintable(came.toString()),
                 came.typeName());
}

int free_function(int a, int b) noexcept { return a - b; }

void types_of_the_signature(void **) {
    FkVm vm;
    vm.bind("int", [](int n) { return n; });
    vm.bind("bool", [](bool b) { return !b; });
    vm.bind("double", [](double n) { return n / 2; });
    vm.bind("text", [](const QString &text) { return text.size(); });
    vm.bind("bytes", [](QByteArray bytes) { return bytes + "!"; });
    vm.bind("list", [](int first, const QVariantList &rest) { return first + rest.size(); });
    vm.bind("map", [](const QVariantMap &map) { return map.keys(); });
    vm.bind("numbers", [](const QList<int> &numbers) { return QList<int>{numbers.last(), 0}; });
    vm.bind("any", [](const QVariant &value) { return value; });
    vm.bind("literal", [] { return "text"; });
    vm.bind("function", free_function);
    vm.bind("owns", [kept = std::make_unique<int>(7)]() mutable { return (*kept)++; });
    open(vm);
    expect_answer(vm, {"int", -5}, -5LL);
    expect_answer(vm, {"bool", true}, false);
    expect_answer(vm, {"double", 3}, 1.5);
    expect_answer(vm, {"text", "新月杀"}, 3LL);
    expect_answer(vm, {"bytes", QByteArray("\0\xff", 2)}, QByteArray("\0\xff!", 3));
    expect_answer(vm, {"list", 1, QVariantList{1, 2}}, 3LL);
    expect_answer(vm, {"map", QVariantMap{{"a", 1}}}, QVariantList{QByteArray("a")});
    expect_answer(vm, {"numbers", QVariantList{1, 2}}, QVariantList{2LL, 0LL});
    expect_answer(vm, {"any", QVariantList{1}}, QVariantList{1LL});
    expect_answer(vm, {"literal"}, QByteArray("text"));
    expect_answer(vm, {"function", 7, 5}, 2LL);
    expect_answer(vm, {"owns"}, 7LL);
    expect_answer(vm, {"owns"}, 8LL);
    expect_caught(vm, {"int", 1e10},
                  "int: parameter 1 must be an integer of 32 bits, got the float");
    expect_caught(vm, {"int", "5"}, "parameter 1 must be an integer of 32 bits, got a string");
    expect_caught(vm, {"numbers", QVariantList{1, true}}, "parameter 1[1] must be an integer");
    expect_caught(vm, {"function", 7}, "parameter 2 must be an integer of 32 bits, got nothing");
    expect_caught(vm, {"function", 7, 5, 3}, "takes at most 2 parameters, 3 came");
    expect_answer(vm, {"function", 7, 5, QVariant()}, 2LL);
}

void optional_params_and_answers(void **) {
    FkVm vm;
    vm.bind("optional", [](int n, std::optional<double> by) -> std::optional<double> {
        if (n == 0) return {};
        return n * by.value_or(2);
    });
    vm.bind("fails", [](int code) { throw FkVm::Failure{code, "not now"}; });
    vm.bind("request", [](int n, fk_request *request) {
        return QString::fromUtf8(fk_request_method(request)) + QString::number(n);
    });
    open(vm);
    expect_answer(vm, {"optional", 2}, 4.0);
    expect_answer(vm, {"optional", 2, QVariant()}, 4.0);
    expect_answer(vm, {"optional", 2, 5}, 10.0);
    expect_answer(vm, {"optional", 0}, QVariant::fromValue(nullptr));
    expect_caught(vm, {"optional", 2, "x"}, "parameter 2 must be a number");
    expect_caught(vm, {"fails", -32050}, "-32050");
    expect_answer(vm, {"request", 3}, QByteArray("request3"));
}

// Notifications that differ in their first parameter alone may come together from a child.
void many_calls_in_one(void **) {
    FkVm vm;
    QList<int> conns;
    QStringList refused;
    int calls = 0;
    vm.bind("notify", [&](fk::Each<int> each, const QString &command, const QByteArray &) {
        for (int conn : each) conns.append(conn);
        assert_int_equal(each.size() > 0, true);
        assert_true(command == "PropertyUpdate");
        calls++;
    });
    QObject::connect(&vm, &FkVm::output,
                     [&](int, const QByteArray &text) { refused.append(QString::fromUtf8(text)); });
    open(vm);
    vm.call("tell_each",
            {"notify", QVariantList{3, 4, 5, 10000000000LL, 6}, "PropertyUpdate", "p"});
    assert_true(conns == QList<int>({3, 4, 5, 6}));
    assert_true(calls <= 5);
    assert_int_equal(refused.size(), 1);
    assert_true(refused[0].contains("notify: parameter 1 must be an integer of 32 bits"));
    fk_stats stats = FK_STATS_INIT;
    fk_vm_stats(vm.handle(), &stats);
    assert_int_equal(stats.failed_notifications, 1);
}

} // namespace

int run_typed_tests() {
    const CMUnitTest tests[] = {cmocka_unit_test(types_of_the_signature),
                                cmocka_unit_test(optional_params_and_answers),
                                cmocka_unit_test(many_calls_in_one)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
