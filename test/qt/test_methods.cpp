// SPDX-License-Identifier: MIT
// Host methods: lambdas and slots, their params, answers and failures.
#include "receiver.h"
#include "support.h"

namespace {

QString caught(FkVm &vm, const QVariantList &params) {
    return vm.call("caught", params).toString();
}

void expect_caught(FkVm &vm, const QVariantList &params, const char *text) {
    const QString came = caught(vm, params);
    if (!came.contains(QLatin1String(text))) fail_msg("'%s' is not in: %s", text, qPrintable(came));
}

void lambdas(void **) {
    FkVm vm;
    vm.bind("sum", [](const QVariantList &params) {
        qlonglong all = 0;
        for (const QVariant &param : params) all += param.toLongLong();
        return QVariant(all);
    });
    vm.bind("keys", [](const QVariantList &params) { return QVariant(params[0].toMap().keys()); });
    vm.bind("none", [](const QVariantList &) { return QVariant(); });
    vm.bind("point", [](const QVariantList &) { return QVariant(QPoint()); });
    vm.bind("fails", [](const QVariantList &) -> QVariant {
        throw FkVm::Failure{-32050, "not now"};
    });
    vm.bind("throws", [](const QVariantList &) -> QVariant {
        throw std::runtime_error("the shelf is empty");
    });
    vm.bind("*", [](const QVariantList &) { return QVariant("anything"); });
    open(vm);
    assert_int_equal(vm.call("forward", {"sum", 1, 2, 3}).toInt(), 6);
    assert_true(vm.call("forward", {"keys", QVariantMap{{"a", 1}, {"b", 2}}}).toStringList() ==
                QStringList({"a", "b"}));
    assert_true(vm.call("forward", {"none"}).isNull());
    assert_string_equal(vm.call("forward", {"unheard of"}).toByteArray().constData(), "anything");
    expect_caught(vm, {"fails"}, "not now");
    expect_caught(vm, {"fails"}, "-32050");
    expect_caught(vm, {"throws"}, "the shelf is empty");
    expect_caught(vm, {"point"}, "result: a QPoint cannot cross");
}

void slots_and_invokables(void **) {
    Receiver receiver;
    FkVm vm;
    for (const char *name : {"doNotify", "join", "room", "same", "sum", "half", "throws", "point"})
        assert_true(vm.bind(name, &receiver, name));
    assert_false(vm.bind("x", &receiver, "noSuchSlot"));
    open(vm);
    vm.call("forward", {"doNotify", 3, "PropertyUpdate", QByteArray("\0\xff", 2)});
    assert_int_equal(receiver.conn, 3);
    assert_true(receiver.command == "PropertyUpdate" &&
                receiver.payload == QByteArray("\0\xff", 2));
    assert_string_equal(vm.call("forward", {"join", "a", "b"}).toByteArray().constData(), "ab");
    assert_string_equal(vm.call("forward", {"join", "a"}).toByteArray().constData(), "adefault");
    assert_true(vm.call("forward", {"room", 9}).toMap() ==
                QVariantMap({{"id", 9LL}, {"players", QVariantList{1LL, 2LL}}}));
    assert_true(vm.call("forward", {"same", QVariantList{1, "x"}}) ==
                QVariant(QVariantList{1LL, QByteArray("x")}));
    assert_int_equal(vm.call("forward", {"sum", QVariantList{1, 2, 3}}).toInt(), 6);
    assert_true(vm.call("forward", {"half", 3}).toDouble() == 1.5);
    expect_caught(vm, {"throws"}, "the shelf is empty");
    expect_caught(vm, {"point"}, "QPoint");
}

void slots_refuse_what_does_not_fit(void **) {
    auto *receiver = new Receiver;
    FkVm vm;
    for (const char *name : {"doNotify", "join", "unsignedOnly", "sum"})
        vm.bind(name, receiver, name);
    open(vm);
    expect_caught(vm, {"doNotify", 1},
                  "invalid params: doNotify(int,QString,QByteArray): takes 3 parameters, 1 came");
    expect_caught(vm, {"doNotify", "x", "y", "z"}, "parameter 1, a QByteArray, cannot become int");
    expect_caught(vm, {"doNotify", 1LL << 32, "y", "z"},
                  "parameter 1, a qlonglong, cannot become int");
    expect_caught(vm, {"unsignedOnly", -1}, "cannot become uint");
    expect_caught(vm, {"sum", 5}, "cannot become QVariantList");
    expect_caught(vm, {"join"}, "-32602");
    assert_int_equal(receiver->conn, 0);
    assert_true(vm.call("forward", {"unsignedOnly", 4294967295LL}).toBool());
    delete receiver;
    expect_caught(vm, {"join", "a"}, "the receiver of this method is gone");
}

void nested_calls_and_closing(void **) {
    FkVm vm;
    bool closed = true;
    vm.bind("back", [&](const QVariantList &params) { return vm.call("down", params); });
    vm.bind("close", [&](const QVariantList &) {
        closed = vm.close();
        return QVariant(FkVm::error() == FK_BUSY);
    });
    open(vm);
    assert_int_equal(vm.call("down", {5}).toInt(), 5);
    assert_true(vm.call("forward", {"close"}).toBool());
    assert_false(closed);
    assert_true(vm.isOpen());
    assert_int_equal(vm.call("down", {2}).toInt(), 2);
}

void output_is_a_signal(void **) {
    FkVm vm;
    QList<QByteArray> lines;
    QObject::connect(&vm, &FkVm::output, [&](int level, const QByteArray &line) {
        if (level == FK_LEVEL_PRINT || level == FK_LEVEL_WARNING) lines.append(line);
    });
    vm.bind("refuses", [](const QVariantList &) -> QVariant {
        throw FkVm::Failure{FK_CODE_INTERNAL, "no"};
    });
    open(vm);
    vm.call("say", {"hello"});
    vm.call("tell", {"refuses"});
    assert_int_equal(lines.size(), 2);
    assert_string_equal(lines[0].constData(), "hello");
    assert_true(lines[1].startsWith("the notification 'refuses' failed: no"));
}

} // namespace

int run_method_tests() {
    const CMUnitTest tests[] = {cmocka_unit_test(lambdas), cmocka_unit_test(slots_and_invokables),
                                cmocka_unit_test(slots_refuse_what_does_not_fit),
                                cmocka_unit_test(nested_calls_and_closing),
                                cmocka_unit_test(output_is_a_signal)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
