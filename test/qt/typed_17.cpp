// SPDX-License-Identifier: MIT
// usage: qt17 - the tests of typed callables, as a program in C++17, which Qt builds by default.
#include "support.h"

#include <QCoreApplication>

static_assert(__cplusplus < 202002L, "this is the program in C++17");

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    return run_typed_tests();
}
