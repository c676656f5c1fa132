// SPDX-License-Identifier: MIT
// QVariant both ways: without a VM, and through one.
#include "support.h"

#include <QPoint>

#include <cmath>
#include <limits>

namespace {

struct Row {
    QVariant from, to; // what is sent, what comes back
    uint32_t type;
};

const qlonglong least = std::numeric_limits<qlonglong>::min(),
                most = std::numeric_limits<qlonglong>::max();

const QList<Row> &rows() {
    static const QVariantMap map{{"a", 1}, {"ä", QVariantList{true}}},
        map_back{{"a", 1LL}, {"ä", QVariantList{true}}};
    static const QList<Row> all{
        {QVariant(), QVariant::fromValue(nullptr), FK_NULL},
        {QVariant::fromValue(nullptr), QVariant::fromValue(nullptr), FK_NULL},
        {true, true, FK_BOOL},
        {false, false, FK_BOOL},
        {7, 7LL, FK_INT},
        {7u, 7LL, FK_INT},
        {least, least, FK_INT},
        {most, most, FK_INT},
        {static_cast<qulonglong>(most), most, FK_INT},
        {QVariant::fromValue<short>(-3), -3LL, FK_INT},
        {QVariant::fromValue<uchar>(255), 255LL, FK_INT},
        {QVariant::fromValue<long>(-9), -9LL, FK_INT},
        {3.0, 3.0, FK_DOUBLE},
        {0.5f, 0.5, FK_DOUBLE},
        {QString("新月杀"), QString("新月杀").toUtf8(), FK_STRING},
        {QString(), QByteArray(), FK_STRING},
        {QByteArray("a\0\xff", 3), QByteArray("a\0\xff", 3), FK_STRING},
        {QVariantList{1, QString("x"), QVariant()},
         QVariantList{1LL, QByteArray("x"), QVariant::fromValue(nullptr)}, FK_ARRAY},
        {QStringList{"x", "y"}, QVariantList{QByteArray("x"), QByteArray("y")}, FK_ARRAY},
        {QVariantList{}, QVariantList{}, FK_ARRAY},
        {map, map_back, FK_OBJECT},
        {QVariantHash{{"k", 1.5}}, QVariantMap{{"k", 1.5}}, FK_OBJECT},
    };
    return all;
}

void expect_same(const QVariant &came, const QVariant &wanted, qsizetype row) {
    if (came.metaType() != wanted.metaType() || came != wanted)
        fail_msg("row %d: a %s came for a %s", static_cast<int>(row), came.typeName(),
                 wanted.typeName());
}

void each_row_without_a_vm(void **) {
    for (qsizetype i = 0; i < rows().size(); i++) {
        FkStorage storage;
        fk_value value;
        QString problem;
        assert_true(fkFromVariant(rows()[i].from, &storage, &value, &problem));
        assert_int_equal(value.kind, rows()[i].type);
        assert_int_equal(fk_value_check(&value, "value"), FK_OK);
        expect_same(fkToVariant(value), rows()[i].to, i);
    }
}

void each_row_through_a_vm(void **) {
    FkVm vm;
    open(vm);
    for (qsizetype i = 0; i < rows().size(); i++)
        expect_same(vm.call("same", {rows()[i].from}), rows()[i].to, i);
    assert_true(std::isnan(vm.call("same", {std::nan("")}).toDouble()));
    assert_true(std::signbit(vm.call("same", {-0.0}).toDouble()));
    const QVariant several = vm.call("list", {1, QVariant(), QByteArray("z")});
    expect_same(several, QVariantList({1LL, QVariant::fromValue(nullptr), QByteArray("z")}), -1);
}

void what_cannot_cross_is_named(void **) {
    FkVm vm;
    open(vm);
    assert_false(vm.call("same", {1, QVariantMap{{"where", QPoint(1, 2)}}}).isValid());
    expect_error(FK_BAD_VALUE, "params[1].where: a QPoint cannot cross");
    assert_false(
        vm.call("same", {1, QVariantList{std::numeric_limits<qulonglong>::max()}}).isValid());
    expect_error(FK_BAD_VALUE, "params[1][0]: 18446744073709551615");
    assert_false(vm.notify("same", {QPoint()}));
    expect_error(FK_BAD_VALUE, "params[0]");
    assert_int_equal(vm.call("same", {1}).toInt(), 1);
    assert_int_equal(FkVm::error(), FK_OK);
    assert_true(FkVm::errorText().isEmpty());
}

void globals_are_there_when_the_script_loads(void **) {
    FkVm vm;
    vm.setGlobal("FK_VER", "0.5.22");
    vm.setGlobal("LIMITS", QVariantMap{{"rooms", 50}, {"rate", 1.0}});
    for (int i = 0; i < 2; i++) { // of a child the second is a copy
        open(vm);
        expect_same(
            vm.call("globals"),
            QVariantList({QByteArray("0.5.22"), QVariantMap{{"rooms", 50LL}, {"rate", 1.0}}}), -1);
    }
    vm.setGlobal("BAD", QPoint());
    assert_false(vm.open(QStringLiteral(FK_TEST_SCRIPT)));
    expect_error(FK_BAD_VALUE, "globals.BAD: a QPoint cannot cross");
}

void calls_answer_or_fail(void **) {
    FkVm vm;
    assert_false(vm.call("same").isValid());
    expect_error(FK_INVALID, "NULL");
    open(vm);
    const QVariant nothing = vm.call("same");
    assert_true(nothing.isValid() && nothing.metaType().id() == QMetaType::Nullptr);
    assert_false(vm.call("nobody").isValid());
    expect_error(FK_NO_METHOD, "nobody");
    assert_false(vm.call("fails", {"why"}).isValid());
    expect_error(FK_SCRIPT_ERROR, "why");
    expect_error(FK_SCRIPT_ERROR, "qt.lua"); // the traceback
    assert_true(vm.close() && vm.close() && !vm.isOpen());
    assert_false(vm.open("no such script.lua"));
    expect_error(FK_OPEN_FAILED, "no such script.lua");
    open(vm);
    assert_int_equal(vm.call("same", {5}).toInt(), 5);
}

} // namespace

int run_variant_tests() {
    const CMUnitTest tests[] = {cmocka_unit_test(each_row_without_a_vm),
                                cmocka_unit_test(each_row_through_a_vm),
                                cmocka_unit_test(what_cannot_cross_is_named),
                                cmocka_unit_test(globals_are_there_when_the_script_loads),
                                cmocka_unit_test(calls_answer_or_fail)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
