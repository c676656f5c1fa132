/* SPDX-License-Identifier: MIT */
/*
 * fk_foreign.h - what other languages need to call fk_vm.h with little glue: errors handed out,
 * everything as JSON, values by functions. The conventions of fk_vm.h hold. C programs may use all
 * of it too. fkvm.cdef, installed beside, has all declarations for readers without a preprocessor.
 *
 * A program that calls with JSON, in the C that its language would write for it:
 *
 *     fk_vm *vm;
 *     char *text;
 *     if (fk_vm_open_json("{\"script\":\"game.lua\",\"methods\":[\"add\"]}", host, output, user,
 *                         &vm, &text) != FK_OK) { puts(text); fk_text_free(text); return 1; }
 *     fk_vm_call_json(vm, "resume", "[7,\"delay_done\"]", &text);
 *     puts(text);                                            // the result, or the error
 *     fk_text_free(text);
 *     fk_vm_close_json(vm, NULL);
 *
 * Conventions
 *   JSON       Strict JSON in terminated UTF-8, as the wire has it: {"$bytes":"<base64>"} is a
 *              string that is not UTF-8 text, {"$int":"<digits>"} an integer beyond 2^53,
 *              {"$float":"inf"} or "-inf" or "nan", {"$object":{...}} an object whose only key
 *              begins with $. 3 is an integer, 3.0 a float (docs/protocol.md, "Values").
 *   Texts out  A text that a function hands you through a char ** is yours: fk_text_free() it, from
 *              any thread. Where there is no answer it is NULL. The char ** may be NULL.
 *   Errors     As an object: {"status":"SCRIPT_ERROR","message":"...","vm_alive":true}, and where
 *              they are known "traceback", "method", "code", "exit_status", "death"; all as in
 *              fk_error. NULL instead of a text or an fk_error: there was no memory for it.
 */
#ifndef FK_FOREIGN_H
#define FK_FOREIGN_H

#include "fk_vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors as values ----------------------------------------------------------------------- */

/* As fk_vm_open() and so on, for callers that may change threads before they look at an error:
 * NULL is success, else one block with all that fk_error_last() would say, to free once with
 * fk_error_free(). It is never NULL after a failure. */
FK_API fk_error *fk_try_open(const fk_vm_options *options, fk_vm **vm);
FK_API fk_error *fk_try_call(fk_vm *vm, const char *method, const fk_value *params,
                             fk_value **result);
FK_API fk_error *fk_try_notify(fk_vm *vm, const char *method, const fk_value *params);
FK_API fk_error *fk_try_poll(fk_vm *vm);
FK_API fk_error *fk_try_close(fk_vm *vm);

/* NULL is fine. */
FK_API void fk_error_free(fk_error *error);

/* ---- everything as JSON --------------------------------------------------------------------- */

/* One call of a host method. params is JSON: an array of the positional parameters, an object if
 * the script sent one table of names, or null. method and params live until this returns. Answer
 * with fk_reply_json() or fk_fail(). A call that is left unanswered fails: an exception that the
 * language swallowed is no result. Notifications (fk_request_is_notification()) want no answer.
 * Every call within a VM's functions comes here on the thread that called them. */
typedef void (*fk_json_host_fn)(void *user, fk_request *request, const char *method,
                                const char *params, size_t params_size);

/* A line or a record of output, as fk_output_fn has it, terminated (a NUL within it ends it early:
 * text_size counts all). */
typedef void (*fk_json_output_fn)(void *user, int level, const char *text, size_t text_size);

/* options is an object whose members are named as the fields of fk_vm_options; all may be left out.
 *     texts       backend, script, directory
 *     lists       command: [text...]; environment, preload: {name: text} or ["name=text"...]
 *     limits      numbers; null is no limit
 *     sandbox     "game", "trusted" or "strict"
 *     flags       ["no_template", "follow_links", "raw_strings"]
 *     methods     the names that host takes: ["add"...]. Left out, host takes every name
 * An unknown member or a wrong kind is FK_INVALID, which names it. host and output may be NULL, and
 * must work until fk_vm_close_json() has closed the VM. On failure *error is the error. */
FK_API fk_status fk_vm_open_json(const char *options, fk_json_host_fn host,
                                 fk_json_output_fn output, void *user, fk_vm **vm, char **error);

/* params: an array or an object; NULL for none. *answer is the result, or the error: the status
 * tells which. */
FK_API fk_status fk_vm_call_json(fk_vm *vm, const char *method, const char *params, char **answer);
FK_API fk_status fk_vm_notify_json(fk_vm *vm, const char *method, const char *params,
                                   char **error);
FK_API fk_status fk_vm_poll_json(fk_vm *vm, char **error);
FK_API fk_status fk_vm_close_json(fk_vm *vm, char **error);

/* As fk_reply(). NULL answers null. FK_BAD_VALUE for a text that is no JSON; the request has then
 * failed with that message. */
FK_API fk_status fk_reply_json(fk_request *request, const char *result);

/* *answer is an object with the fields of fk_stats and "methods": {name: {"calls", "total_ns",
 * "max_ns"}}, or the error. */
FK_API fk_status fk_vm_stats_json(fk_vm *vm, char **answer);

/* *answer is what fk_backend_list() gives, or the error. */
FK_API fk_status fk_backend_list_json(char **answer);

/* ---- answers that come later ---------------------------------------------------------------- */

/* The answer that a host method owes after its callback has returned. */
typedef struct fk_later fk_later;

/* In a host method: the answer comes later. The callback returns, and the thread that called
 * fk_vm_call() waits on in there, until another thread has given the answer by one of the three
 * functions below, which free it. Only they may use it, once, also after the VM is closed.
 * The waiting counts as time of the host method (host_timeout). fk_vm_interrupt() and another
 * thread's fk_vm_close() end it; without them, and without a host_timeout, a call whose answer
 * never comes waits for good.
 * NULL: answer at once. Nobody waits for a notification, a call has one later answer, or there is
 * no memory. */
FK_API fk_later *fk_request_later(fk_request *request);

/* As fk_reply(), fk_reply_json() and fk_fail(), from any thread. FK_INTERRUPTED: nobody waits for
 * the answer any more. */
FK_API fk_status fk_later_reply(fk_later *later, const fk_value *result);
FK_API fk_status fk_later_reply_json(fk_later *later, const char *result);
FK_API fk_status fk_later_fail(fk_later *later, int32_t code, const char *message);

/* ---- values by functions -------------------------------------------------------------------- */

/* What a value is, without its layout. NULL counts as FK_NULL; a value of another kind gives 0,
 * false or NULL. fk_value_double() takes integers too. size may be NULL. */
FK_API fk_kind fk_value_kind(const fk_value *value);
FK_API bool fk_value_bool(const fk_value *value);
FK_API int64_t fk_value_int(const fk_value *value);
FK_API double fk_value_double(const fk_value *value);
FK_API const char *fk_value_string(const fk_value *value, size_t *size); /* not terminated */

/* Items of an array, members of an object, bytes of a string. */
FK_API size_t fk_value_size(const fk_value *value);

/* The index-th item of an array or value of an object, from 0, and the name of that member. NULL
 * past the last. */
FK_API const fk_value *fk_value_item(const fk_value *value, size_t index);
FK_API const char *fk_value_name(const fk_value *object, size_t index, size_t *size);

/* Builds one value in order, as one would write it down. Bytes are copied. A step that does not fit
 * is remembered, the rest is ignored, and fk_builder_finish() says which it was.
 *
 *     fk_build_array(b);
 *       fk_build_int(b, 7);
 *       fk_build_object(b);
 *         fk_build_name(b, "hp", 2); fk_build_int(b, 3);
 *       fk_build_end(b);
 *     fk_build_end(b);
 *     const fk_value *params;
 *     if (fk_builder_finish(b, &params) == FK_OK) fk_vm_call(vm, "resume", params, &result);
 */
typedef struct fk_builder fk_builder;

FK_API fk_builder *fk_builder_new(void); /* NULL: out of memory */
FK_API void fk_builder_free(fk_builder *builder); /* NULL is fine */

FK_API void fk_build_null(fk_builder *builder);
FK_API void fk_build_bool(fk_builder *builder, bool value);
FK_API void fk_build_int(fk_builder *builder, int64_t value);
FK_API void fk_build_double(fk_builder *builder, double value);
FK_API void fk_build_string(fk_builder *builder, const char *bytes, size_t size);
FK_API void fk_build_array(fk_builder *builder);
FK_API void fk_build_object(fk_builder *builder);
FK_API void fk_build_name(fk_builder *builder, const char *bytes, size_t size); /* before a value */
FK_API void fk_build_end(fk_builder *builder); /* of the innermost array or object */

/* *value is what was built; it lives until the builder is used again or freed. The builder then
 * starts anew, also after a failure. Errors: FK_INVALID (nothing, or more than one value was built,
 * an array or object has no end, a member no name), FK_NO_MEMORY. */
FK_API fk_status fk_builder_finish(fk_builder *builder, const fk_value **value);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
