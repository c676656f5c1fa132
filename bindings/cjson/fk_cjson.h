/* SPDX-License-Identifier: MIT */
/*
 * fk_cjson.h - fkvm for C programs that hold their data in cJSON trees: fk_value <-> cJSON.
 *
 * What arrives equals what was sent, or the conversion fails with FK_BAD_VALUE and names the place
 * (params[2].cards[5]). A tree must be what JSON can say; so both directions refuse
 *   - a string with NUL in it or that is not UTF-8 (cJSON would cut it, or print what is no JSON),
 *   - inf and nan (cJSON prints null; it reads 1e999 as inf),
 *   - what fk_value_check() refuses: a name twice in one object, more than FK_MAX_DEPTH levels.
 *
 *   fk_value      cJSON                why
 *   FK_INT        number               beyond +-(2^53 - 1): refused, a double would round it
 *   FK_DOUBLE     number               a whole one within +-(2^53 - 1), like 3.0: refused. It would
 *                                      come back as the integer 3. FK_CJSON_WHOLE_AS_INT allows
 *                                      that
 *   number -> FK_INT if it is whole and within +-(2^53 - 1), else FK_DOUBLE, as is -0.0
 *   string, array, object, null, true, false as one expects; cJSON_Raw is refused
 *
 * What cJSON itself does before or after is not seen here. cJSON_Parse() rounds integers beyond
 * 2^53. cJSON_Print() of 1.7.15 rounds some numbers of more than 15 digits. cJSON_GetObjectItem()
 * ignores case.
 *
 * Errors     In fk_cjson_error(). fk_error_last() is libfkvm's own (and is replaced too).
 * Memory     Trees are made by cJSON's allocator (cJSON_InitHooks), values are those of fk_value.h.
 * Threads    Functions touch nothing but their arguments.
 */
#ifndef FK_CJSON_H
#define FK_CJSON_H

#include <fk_value.h>

#include <cjson/cJSON.h>

#if defined(_WIN32) && defined(FK_CJSON_BUILD)
#define FK_CJSON_API __declspec(dllexport)
#else
#define FK_CJSON_API FK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of fk_cjson_from_value. */
#define FK_CJSON_WHOLE_AS_INT 1u /* 3.0 may become 3 */

/* value as a new tree; free it with cJSON_Delete(). root is the name of value in messages, e.g.
 * "params". *tree is NULL after a failure. Errors: FK_INVALID, FK_BAD_VALUE, FK_NO_MEMORY. */
FK_CJSON_API fk_status fk_cjson_from_value(const fk_value *value, const char *root, uint32_t flags,
                                           cJSON **tree);

/* tree as a new value; free it with fk_value_free(). *value is NULL after a failure. The tree is
 * not changed. Errors: as above. */
FK_CJSON_API fk_status fk_cjson_to_value(const cJSON *tree, const char *root, fk_value **value);

/* What the calling thread's latest function of this header said; "" after FK_OK. Never NULL. Valid
 * until this thread's next one. */
FK_CJSON_API const char *fk_cjson_error(void);

#ifdef __cplusplus
}
#endif

#endif
