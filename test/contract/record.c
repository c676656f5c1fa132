/* SPDX-License-Identifier: MIT */
/* The host methods and the output function of the contract suite: they write down what they see. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *log_text;
static size_t log_size, log_room;

static void append(const char *text, size_t size) {
    if (log_size + size + 1 > log_room) {
        log_room = (log_size + size + 1) * 2;
        log_text = realloc(log_text, log_room);
        if (!log_text) abort();
    }
    memcpy(log_text + log_size, text, size);
    log_size += size;
    log_text[log_size] = '\0';
}

static void append_text(const char *text) { append(text, strlen(text)); }

const char *seen(void) { return log_text ? log_text : ""; }

void forget_seen(void) {
    free(log_text);
    log_text = NULL;
    log_size = log_room = 0;
}

void expect_seen_at(const char *file, int line, const char *wanted) {
    if (strcmp(seen(), wanted) != 0) {
        print_error("--- seen:\n%s--- expected:\n%s---\n", seen(), wanted);
        _fail(file, line);
    }
    forget_seen();
}

void record_output(void *user, fk_level level, const char *text, size_t size) {
    static const char *const names[] = {"print",    "debug",  "info",  "warning",
                                        "critical", "stdout", "stderr"};
    (void)user;
    append_text((size_t)level < sizeof names / sizeof *names ? names[level] : "unknown level");
    append_text(": ");
    append(text, size);
    append_text("\n");
}

void record_method(fk_request *request, const fk_value *params) {
    char *json = NULL;
    append_text(fk_request_is_notification(request) ? "! " : "? ");
    append_text(fk_request_method(request));
    append_text(" ");
    append_text(fk_value_to_json(params, &json, NULL) == FK_OK ? json : fk_error_last()->message);
    append_text("\n");
    fk_text_free(json);
}

static fk_status mark(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    record_method(request, params);
    return fk_reply(request, NULL);
}

static fk_status echo(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    return fk_reply(request, params->size ? &params->items[0] : NULL);
}

static fk_status all(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    return fk_reply(request, params);
}

static fk_status fail_with(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    char message[200];
    const fk_value *text = &params->items[1];
    snprintf(message, sizeof message, "%.*s", (int)text->size, text->string);
    return fk_fail(request, (int32_t)params->items[0].integer, message);
}

static fk_status give(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    (void)request;
    return (fk_status)params->items[0].integer;
}

static fk_status silent(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    record_method(request, params);
    return FK_OK;
}

/* Calls the VM again: method, then its parameters. Failure goes back as "STATUS: message". */
static fk_status back(void *user, fk_request *request, const fk_value *params) {
    (void)user;
    char method[64], message[500];
    fk_value *result = NULL;
    const fk_value *items = params->items;
    snprintf(method, sizeof method, "%.*s", (int)items[0].size, items[0].string);
    const fk_value rest = FK_ITEMS(items + 1, params->size - 1);
    const fk_status status = fk_vm_call(fk_request_vm(request), method, &rest, &result);
    if (status != FK_OK) {
        snprintf(message, sizeof message, "%s: %s", fk_status_name(status),
                 fk_error_last()->message);
        return fk_fail(request, -32050, message);
    }
    const fk_status replied = fk_reply(request, result);
    fk_value_free(result);
    return replied;
}

const fk_method contract_methods[] = {
    {.name = "mark", .call = mark}, {.name = "echo", .call = echo},
    {.name = "all", .call = all},   {.name = "fail", .call = fail_with},
    {.name = "give", .call = give}, {.name = "silent", .call = silent},
    {.name = "back", .call = back}, {0}};
_Static_assert(sizeof contract_methods / sizeof *contract_methods == contract_method_count + 1,
               "contract_method_count");
