// SPDX-License-Identifier: MIT
// Host methods: lambdas and slots, their params, answers and failures.
#include "receiver.h"
#include "support.h"

#include <limits>

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

const char *const all_slots[] = {"doNotify", "join",    "twice", "unsignedOnly", "small",
                                 "large",    "negated", "sum",   "reversed",     "counted",
                                 "words",    "suit",    "half",  "same",         "onPoint"};

// As fk/vm.hpp: nothing is cut, rounded, or taken for something else.
void slots_refuse_what_does_not_fit(void **) {
    Receiver receiver;
    FkVm vm;
    for (const char *name : all_slots) assert_true(vm.bind(name, &receiver, name));
    open(vm);
    const struct {
        QVariantList params;
        const char *why;
    } rows[] = {
        {{"twice", 1e10},
         "twice: parameter 1 must be an integer of 32 bits, got the float 10000000000"},
        {{"twice", 10000000000LL}, "must be an integer of 32 bits, got the integer 10000000000"},
        {{"twice", 7.5}, "got the float 7.5"},
        {{"twice", 7.0}, "got the float 7"},
        {{"twice", 9007199254740992.0}, "got the float 9007199254740992"},
        {{"twice", true}, "got true"},
        {{"twice", "12"}, "got a string of 2 bytes"},
        {{"twice", QVariantList{}}, "got an array of 0 items"},
        {{"twice", QVariant()}, "got null"},
        {{"unsignedOnly", -1}, "parameter 1 must be an integer of 32 bits, got the integer -1"},
        {{"small", 128}, "must be an integer of 8 bits, got the integer 128"},
        {{"large", -1}, "must be an integer, got the integer -1"},
        {{"negated", 1}, "must be a bool, got the integer 1"},
        {{"half", "1.5"}, "must be a number"},
        {{"join", 5, "b"}, "parameter 1 must be a string of UTF-8, got the integer 5"},
        {{"join", "a", QByteArray("\xff")}, "parameter 2 must be a string of UTF-8"},
        {{"sum", 5}, "must be an array, got the integer 5"},
        {{"reversed", QVariantList{1, 2, 1e10}},
         "parameter 1[2] must be an integer of 32 bits, got the float 10000000000"},
        {{"counted", QVariantMap{{"a", true}}}, "parameter 1.a must be an integer of 32 bits"},
        {{"words", QVariantList{"a", 5}}, "parameter 1[1] must be a string of UTF-8"},
        {{"suit", 256}, "must be an integer of 8 bits"},
        {{"onPoint", 5}, "must be a QPoint, got the integer 5"},
        {{"doNotify", 1}, "parameter 2 must be a string of UTF-8, got nothing"},
        {{"doNotify", 1, "c", "p", 4}, "takes at most 3 parameters, 4 came"},
        {{"join"}, "-32602"},
    };
    for (const auto &row : rows) expect_caught(vm, row.params, row.why);
    assert_int_equal(receiver.conn, 0);
}

void slots_take_what_fits(void **) {
    auto *receiver = new Receiver;
    FkVm vm;
    for (const char *name : all_slots) assert_true(vm.bind(name, receiver, name));
    open(vm);
    const struct {
        QVariantList params;
        QVariant answer;
    } rows[] = {
        {{"unsignedOnly", 4294967295LL}, true},
        {{"small", -128}, -128LL},
        {{"large", std::numeric_limits<qint64>::max()}, std::numeric_limits<qint64>::max()},
        {{"negated", false}, true},
        {{"half", 3}, 1.5},
        {{"join", "\xe6\x96\xb0", "b"},
         QByteArray("\xe6\x96\xb0"
                    "b")},
        {{"join", "a", QVariant(), QVariant()}, QByteArray("adefault")},
        {{"reversed", QVariantList{1, 2, 3}}, QVariantList{3LL, 2LL, 1LL}},
        {{"reversed", QVariantMap{}}, QVariantList{}},
        {{"counted", QVariantMap{{"a", 1}, {"b", 2}}}, QVariantMap{{"a", 1LL}, {"b", 2LL}}},
        {{"words", QVariantList{"a", "b"}}, QVariantList{QByteArray("a"), QByteArray("b")}},
        {{"suit", 0}, 1LL},
        {{"same", QVariant()}, QVariant::fromValue(nullptr)},
    };
    for (const auto &row : rows)
        if (const QVariant came = vm.call("forward", row.params); came != row.answer)
            fail_msg("%s gave %s", qPrintable(row.params[0].toString()),
                     qPrintable(came.toString()));
    delete receiver;
    expect_caught(vm, {"join", "a"}, "the receiver of this method is gone");
}

void all_slots_at_once(void **) {
    Receiver receiver;
    FkVm vm;
    vm.bind("Room_twice", [](int number) { return number + 100; });
    const QStringList names = vm.bindAll(&receiver, "Room_");
    assert_true(names.contains("Room_doNotify") && names.contains("Room_half"));
    assert_int_equal(names.count("Room_join"), 1);
    for (const char *none :
         {"Room_twice", "Room_told", "Room_inside", "Room_ofTheBase", "Room_deleteLater"})
        assert_false(names.contains(none));
    open(vm);
    assert_int_equal(vm.call("forward", {"Room_sum", QVariantList{1, 2}}).toInt(), 3);
    assert_int_equal(vm.call("forward", {"Room_twice", 1}).toInt(), 101); // bound before
    expect_caught(vm, {"Room_told"}, "-32601");
    assert_int_equal(vm.bindAll(&receiver).size(), names.size() + 1);
}

void what_cannot_be_bound_is_said(void **) {
    Receiver receiver;
    FkVm vm;
    assert_false(vm.bind("x", &receiver, "noSuchSlot"));
    expect_error(FK_INVALID, "Receiver has no slot and no Q_INVOKABLE 'noSuchSlot'");
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
    vm.call("warn_of", {"one\ntwo"}); // whole
    vm.call("tell", {"refuses"});
    assert_int_equal(lines.size(), 3);
    assert_string_equal(lines[0].constData(), "hello");
    assert_string_equal(lines[1].constData(), "one\ntwo");
    assert_true(lines[2].startsWith("the notification 'refuses' failed: no"));
}

} // namespace

int run_method_tests() {
    const CMUnitTest tests[] = {cmocka_unit_test(lambdas),
                                cmocka_unit_test(slots_and_invokables),
                                cmocka_unit_test(slots_refuse_what_does_not_fit),
                                cmocka_unit_test(slots_take_what_fits),
                                cmocka_unit_test(all_slots_at_once),
                                cmocka_unit_test(what_cannot_be_bound_is_said),
                                cmocka_unit_test(nested_calls_and_closing),
                                cmocka_unit_test(output_is_a_signal)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
