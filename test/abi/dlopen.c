/* SPDX-License-Identifier: MIT */
/* dlopen, a VM, dlclose: a hundred times, leaving nothing behind; and once more with a VM still
 * open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "fk_vm.h"
#include "leaks.h"

#ifdef FK_LUA_INSIDE
static const bool inside = true;
#else
static const bool inside = false;
#endif

static const char *library, *script;

typedef struct functions {
    void *handle;
    fk_status (*open)(const fk_vm_options *, fk_vm **);
    fk_status (*call)(fk_vm *, const char *, const fk_value *, fk_value **);
    fk_status (*close)(fk_vm *);
    void (*free)(fk_value *);
    const fk_error *(*error_last)(void);
} functions;

static void find(functions *f, void *slot, const char *name) {
    void *symbol = dlsym(f->handle, name);
    assert_non_null(symbol);
    memcpy(slot, &symbol, sizeof symbol);
}

static functions load(void) {
    functions f = {.handle = dlopen(library, RTLD_NOW | RTLD_LOCAL)};
    if (!f.handle) fail_msg("%s", dlerror());
    find(&f, &f.open, "fk_vm_open");
    find(&f, &f.call, "fk_vm_call");
    find(&f, &f.close, "fk_vm_close");
    find(&f, &f.free, "fk_value_free");
    find(&f, &f.error_last, "fk_error_last");
    return f;
}

static fk_status greet(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request, (void)params;
    return FK_OK; /* no answer is null */
}

static fk_vm *open_vm(const functions *f) {
    const fk_method methods[] = {{.name = "greet", .call = greet}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = script;
    options.methods = methods;
    fk_vm *vm = NULL;
    if (f->open(&options, &vm) != FK_OK) fail_msg("%s", f->error_last()->message);
    return vm;
}

static void use_once(void) {
    const functions f = load();
    fk_vm *vm = open_vm(&f);
    fk_value *result = NULL;
    assert_int_equal(f.call(vm, "ResumeRoom", NULL, &result), FK_OK);
    assert_int_equal(result->kind, FK_ARRAY);
    f.free(result);
    assert_int_equal(f.close(vm), FK_OK);
    assert_int_equal(dlclose(f.handle), 0);
}

static void a_hundred_times(void **state) {
    (void)state;
    leaks_census before;
    char text[2048];
    use_once();
    leaks_take(&before);
    for (int i = 0; i < 100; i++) use_once();
    if (!leaks_check(&before, text, sizeof text)) fail_msg("%s", text);
}

/* The library stays where it is while a VM lives: its functions still answer. */
static void closed_with_an_open_vm(void **state) {
    (void)state;
    const functions f = load();
    fk_vm *vm = open_vm(&f);
    assert_int_equal(dlclose(f.handle), 0);
    fk_value *result = NULL;
    assert_int_equal(f.call(vm, "ResumeRoom", NULL, &result), FK_OK);
    f.free(result);
    assert_int_equal(f.close(vm), FK_OK);
}

/* C modules of scripts find Lua's functions, though they came with RTLD_LOCAL; or hear why not. */
static void c_module(void **state) {
    (void)state;
    const functions f = load();
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.script = script;
    options.sandbox = FK_SANDBOX_TRUSTED;
    fk_vm *vm = NULL;
    if (f.open(&options, &vm) != FK_OK) fail_msg("%s", f.error_last()->message);
    fk_value *result = NULL;
    assert_int_equal(f.call(vm, "Module", NULL, &result), FK_OK);
    const bool missing = result->kind == FK_STRING && strstr(result->string, "not found");
    const bool hidden = result->kind == FK_STRING && strstr(result->string, "its Lua is inside");
    if (!missing && hidden != inside) fail_msg("%.*s", (int)result->size, result->string);
    f.free(result);
    assert_int_equal(f.close(vm), FK_OK);
    if (missing) skip(); /* no lua-filesystem here */
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hundred_times),
                                       cmocka_unit_test(closed_with_an_open_vm),
                                       cmocka_unit_test(c_module)};
    if (argc < 3) return 2;
    library = argv[1];
    script = argv[2];
    return cmocka_run_group_tests_name("dlopen", tests, NULL, NULL);
}
