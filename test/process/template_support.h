/* SPDX-License-Identifier: MIT */
/* What the tests of templates share: scripts written on the spot, VMs, and a look at the
 * children. */
#ifndef FK_TEMPLATE_SUPPORT_H
#define FK_TEMPLATE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "fk_vm.h"

/* A fresh folder for each test; nothing of it or of any child may be left after it. */
int setup(void **state);
int teardown(void **state);
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

extern const struct CMUnitTest file_tests[], memory_tests[], ending_tests[];
extern const size_t file_test_count, memory_test_count, ending_test_count;

const char *folder(void);
void write_file(const char *name, const char *text);

/* A template counts a file that had just been written as changed: no clock could tell another
 * writing. */
void let_files_age(void);

/* use: of $FK_VM_TEMPLATE, NULL for the default. */
void use_templates(const char *use);

/* main.lua of the folder; everything said, by print or by host method, is appended to heard. The
 * method "next" answers 1, 2, 3 ... */
extern char heard[4096];
fk_vm_options main_options(void);
fk_vm *open_main(void);
fk_vm *open_with(const fk_vm_options *options);
void close_vm(fk_vm *vm); /* those that a failed test forgets are closed after it */

/* text: JSON. */
void expect_result(fk_vm *vm, const char *method, const char *text);
int64_t integer_result(fk_vm *vm, const char *method);

bool is_copy(fk_vm *vm);
pid_t pid_of(fk_vm *vm);

/* The only template, beside these VMs, ended by NULL; 0: there is none. */
pid_t template_pid(fk_vm *vm, ...);
/* The only spare; waits until it is there. */
pid_t spare_pid(fk_vm *vm, ...);

#endif
