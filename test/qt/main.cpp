// SPDX-License-Identifier: MIT
// usage: qt variants|methods|typed|loop|life - one topic of the Qt binding, on the backend that
// FK_VM_BACKEND names.
#include "support.h"

#include <QCoreApplication>

#include <cstring>

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const char *topic = argc > 1 ? argv[1] : "";
    if (!std::strcmp(topic, "variants")) return run_variant_tests();
    if (!std::strcmp(topic, "methods")) return run_method_tests();
    if (!std::strcmp(topic, "typed")) return run_typed_tests();
    if (!std::strcmp(topic, "loop")) return run_loop_tests();
    if (!std::strcmp(topic, "life")) return run_life_tests();
    if (!std::strcmp(topic, "delete") && argc > 2) return delete_wrongly(argv[2]);
    return 2;
}
