/* SPDX-License-Identifier: MIT */
#include "template_support.h"

#include <dirent.h>
#include <ftw.h>

#include "leaks.h"

char heard[4096];

static char path[64];
static leaks_census before;
static int64_t last_number;
static fk_vm *open_vms[16];

static int remove_entry(const char *name, const struct stat *s, int kind, struct FTW *walk) {
    (void)s, (void)kind, (void)walk;
    return remove(name);
}

int setup(void **state) {
    (void)state;
    strcpy(path, "/tmp/fkvm-template-XXXXXX");
    heard[0] = '\0';
    last_number = 0;
    use_templates(NULL);
    leaks_take(&before);
    return mkdtemp(path) ? 0 : -1;
}

int teardown(void **state) {
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof open_vms / sizeof *open_vms; i++) close_vm(open_vms[i]);
    nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    if (leaks_check(&before, text, sizeof text)) return 0;
    print_error("%s\n", text);
    return -1;
}

const char *folder(void) { return path; }

void write_file(const char *name, const char *text) {
    char full[256];
    snprintf(full, sizeof full, "%s/%s", path, name);
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

void let_files_age(void) { usleep(25000); }

void use_templates(const char *use) {
    if (use)
        setenv("FK_VM_TEMPLATE", use, 1);
    else
        unsetenv("FK_VM_TEMPLATE");
}

static void hear(const char *text, size_t size) {
    const size_t used = strlen(heard);
    if (used + size + 2 > sizeof heard) fail_msg("too much was said");
    memcpy(heard + used, text, size);
    strcpy(heard + used + size, ";");
}

static void output(void *user, fk_level level, const char *text, size_t size) {
    (void)user, (void)level;
    hear(text, size);
}

static fk_status say(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)request;
    hear(params->items[0].string, params->items[0].size);
    return FK_OK;
}

static fk_status next(void *user, fk_request *request, const fk_value *params) {
    (void)user, (void)params;
    const fk_value number = FK_INT(++last_number);
    return fk_reply(request, &number);
}

fk_vm_options main_options(void) {
    static const fk_method methods[] = {
        {.name = "say", .call = say}, {.name = "next", .call = next}, {0}};
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "process";
    options.script = "main.lua";
    options.directory = path;
    options.methods = methods;
    options.output = output;
    return options;
}

fk_vm *open_with(const fk_vm_options *options) {
    fk_vm *vm = NULL;
    if (fk_vm_open(options, &vm) != FK_OK) fail_msg("%s", fk_error_last()->message);
    size_t i = 0;
    while (open_vms[i]) i++;
    open_vms[i] = vm;
    return vm;
}

void close_vm(fk_vm *vm) {
    for (size_t i = 0; i < sizeof open_vms / sizeof *open_vms; i++)
        if (open_vms[i] == vm) open_vms[i] = NULL;
    fk_vm_close(vm);
}

fk_vm *open_main(void) {
    const fk_vm_options options = main_options();
    return open_with(&options);
}

void expect_result(fk_vm *vm, const char *method, const char *text) {
    fk_value *result = NULL;
    char *json = NULL;
    if (fk_vm_call(vm, method, NULL, &result) != FK_OK) fail_msg("%s", fk_error_last()->message);
    assert_int_equal(fk_value_to_json(result, &json, NULL), FK_OK);
    assert_string_equal(json, text);
    fk_text_free(json);
    fk_value_free(result);
}

int64_t integer_result(fk_vm *vm, const char *method) {
    fk_value *result = NULL;
    if (fk_vm_call(vm, method, NULL, &result) != FK_OK) fail_msg("%s", fk_error_last()->message);
    assert_int_equal(result->kind, FK_INT);
    const int64_t number = result->integer;
    fk_value_free(result);
    return number;
}

static fk_stats stats_of(fk_vm *vm) {
    fk_stats stats = FK_STATS_INIT;
    assert_int_equal(fk_vm_stats(vm, &stats), FK_OK);
    return stats;
}

bool is_copy(fk_vm *vm) { return stats_of(vm).from_template; }
pid_t pid_of(fk_vm *vm) { return (pid_t)stats_of(vm).pid; }

static bool is_named(pid_t pid, const char *wanted) {
    char text[64], name[32] = "";
    snprintf(text, sizeof text, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(text, "r");
    if (file && !fgets(name, sizeof name, file)) name[0] = '\0';
    if (file) fclose(file);
    name[strcspn(name, "\n")] = '\0';
    return strcmp(name, wanted) == 0;
}

/* The children that are none of those known; how many. */
static size_t strangers(const pid_t *known, size_t known_count, pid_t *found, size_t most) {
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (struct dirent *task; (task = readdir(tasks));) {
        char name[300];
        snprintf(name, sizeof name, "/proc/self/task/%s/children", task->d_name);
        FILE *children = task->d_name[0] == '.' ? NULL : fopen(name, "r");
        for (int pid; children && count < most && fscanf(children, "%d", &pid) == 1;) {
            bool is_known = false;
            for (size_t i = 0; i < known_count; i++) is_known = is_known || known[i] == pid;
            if (!is_known) found[count++] = pid;
        }
        if (children) fclose(children);
    }
    closedir(tasks);
    return count;
}

/* Of the two children that are no VM one is the spare, as soon as it says so. */
static pid_t find(fk_vm *vm, va_list vms, bool spare) {
    pid_t known[16], found[16];
    size_t known_count = 0;
    for (; vm; vm = va_arg(vms, fk_vm *)) known[known_count++] = pid_of(vm);
    for (int i = 0; i < 10000; i++, usleep(1000)) {
        const size_t count = strangers(known, known_count, found, 16);
        pid_t template = 0, ready = 0;
        size_t spares = 0;
        for (size_t k = 0; k < count; k++) {
            const bool is_spare = is_named(found[k], "fkvm-spare");
            *(is_spare ? &ready : &template) = found[k];
            spares += is_spare;
        }
        if (count - spares > 1 || (spare && spares == 0)) continue;
        assert_true(spares <= 1);
        return spare ? ready : template;
    }
    fail_msg("the children of this process are not as they should be");
    return 0;
}

pid_t template_pid(fk_vm *vm, ...) {
    va_list vms;
    va_start(vms, vm);
    const pid_t pid = find(vm, vms, false);
    va_end(vms);
    return pid;
}

pid_t spare_pid(fk_vm *vm, ...) {
    va_list vms;
    va_start(vms, vm);
    const pid_t pid = find(vm, vms, true);
    va_end(vms);
    return pid;
}
