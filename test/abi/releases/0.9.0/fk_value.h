/* SPDX-License-Identifier: MIT */
/*
 * fk_value.h - the values that cross between a server and a VM.
 *
 * Conventions
 *   Values     An fk_value is 16 bytes of plain data; copying the struct copies a view, never the
 *              bytes or items it points to. Both structs stand in arrays and are frozen for ever.
 *   Strings    Pointer and length. Any bytes, NUL and invalid UTF-8 included; nothing is
 *              terminated. Member names are the exception: valid UTF-8 without NUL, unique in their
 *              object.
 *   Sizes      At most 2^32 - 2 bytes, items or members. The macros below make UINT32_MAX of a
 *              larger size, and every function that takes such a value refuses it.
 *   Ownership  What you build with the macros below belongs to you and must live until the call
 *              that takes it returns. A value that a function hands you through an fk_value ** is
 *              one block (root, items, strings together): free it with fk_value_free(), once, from
 *              any thread. Never free a part of it. An argument of a callback lives until the
 *              callback returns.
 *   Threads    Functions here touch nothing but their arguments.
 *   Errors     Functions that can fail return an fk_status; fk_error_last() has the details.
 *
 * What arrives equals what was sent, on every backend, or the call fails with FK_BAD_VALUE and a
 * message that names the place (params[2].cards[5]). Integers stay integers (64 bits), doubles stay
 * doubles (3.0 is not 3; -0.0, inf and nan survive), strings stay the same bytes.
 *
 *   type        Lua                                         union member
 *   FK_NULL     nil; inside arrays and objects: fk.null     -
 *   FK_BOOL     boolean                                     integer, 0 or 1
 *   FK_INT      integer                                     integer
 *   FK_DOUBLE   float                                       number
 *   FK_STRING   string                                      string, size bytes
 *   FK_ARRAY    table with keys 1..n                        items, size of them
 *   FK_OBJECT   table with string keys only                 members, size of them, in no order
 */
#ifndef FK_VALUE_H
#define FK_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what libfkvm exports. On Windows, define FK_STATIC before use of libfkvm.a. */
#ifndef FK_API
#if defined(_WIN32) && defined(FK_BUILD)
#define FK_API __declspec(dllexport)
#elif defined(_WIN32) && !defined(FK_STATIC)
#define FK_API __declspec(dllimport)
#elif defined(_WIN32)
#define FK_API
#elif defined(__GNUC__)
#define FK_API __attribute__((visibility("default")))
#else
#define FK_API
#endif
#endif

/* The outcome of a function. fk_error_last()->vm_alive says whether the VM can be called again. */
typedef enum fk_status {
    FK_OK = 0,           /* Done. */
    FK_INVALID,          /* An argument breaks the contract: fix the calling code. */
    FK_NO_MEMORY,        /* The server is out of memory: free some, then try again. */
    FK_NO_BACKEND,       /* No backend of that name, or a plug-in that does not fit: see the message. */
    FK_OPEN_FAILED,      /* The script or the child did not start: fix it, then open again. */
    FK_NO_METHOD,        /* The script has no global function of that name; the VM lives. */
    FK_SCRIPT_ERROR,     /* The Lua code raised an error (message and traceback say where); the VM lives. */
    FK_BAD_VALUE,        /* A value cannot cross; the message names the place. The VM lives. */
    FK_TIMEOUT,          /* A time limit passed: if the VM is dead, close it and open another. */
    FK_MEMORY_LIMIT,     /* The VM's memory limit was reached: as for FK_TIMEOUT. */
    FK_INTERRUPTED,      /* fk_vm_interrupt() ended the call: as for FK_TIMEOUT. */
    FK_VM_DIED,          /* The VM is gone (crash, exit, kill): close it and open another. */
    FK_PROTOCOL,         /* The child broke the protocol and was killed: fix or update the child. */
    FK_BUSY,             /* The VM is in another call, or inside a callback: try again later. */
    FK_UNSTOPPABLE       /* Pure Lua of this VM cannot be interrupted: it ends at its next host call. */
} fk_status;

/* The status as a word, e.g. "SCRIPT_ERROR"; "UNKNOWN" for a number that is none. Static
 * storage. */
FK_API const char *fk_status_name(fk_status status);

typedef enum fk_kind {
    FK_NULL = 0,
    FK_BOOL = 1,
    FK_INT = 2,
    FK_DOUBLE = 3,
    FK_STRING = 4,
    FK_ARRAY = 5,
    FK_OBJECT = 6
} fk_kind;

typedef struct fk_value {
    uint32_t kind; /* enum fk_kind */
    uint32_t size; /* bytes of a string, items of an array, members of an object; else 0 */
    union {
        int64_t integer;
        double number;
        const char *string;
        const struct fk_value *items;
        const struct fk_member *members;
        uint64_t bits; /* keeps the union 8 bytes on every platform */
    };
} fk_value;

/* One member of an object. name.kind is FK_STRING. */
typedef struct fk_member {
    fk_value name, value;
} fk_member;

/* Containers may nest this deep: a scalar has depth 0, an array of scalars 1. */
#define FK_MAX_DEPTH 128

/* Building values: FK_NIL, FK_BOOL(b), FK_INT(i), FK_DOUBLE(d), FK_STR(terminated), FK_BYTES(p, n),
 * FK_ITEMS(p, n), FK_MEMBERS(p, n). FK_ARRAY(a) and FK_OBJECT(a) take C arrays whose size the
 * compiler knows. FK_ARRAY and FK_OBJECT without a parenthesis are the types.
 * In C each of these is a compound literal of the enclosing block, so &FK_ARRAY(params) works. In
 * C++ give it a name first. FK_STR, FK_ARRAY and FK_OBJECT look at their argument twice, so it must
 * have no side effects. */

/* A size as a value holds it; one that does not fit is never cut. */
static inline uint32_t fk_size_(size_t n) {
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

#ifdef __cplusplus
} /* extern "C" */
inline fk_value fk_make_(uint32_t kind, size_t size, int64_t integer) {
    fk_value v{};
    v.kind = kind;
    v.size = fk_size_(size);
    v.integer = integer;
    return v;
}
inline fk_value fk_make_double_(double d) {
    fk_value v = fk_make_(FK_DOUBLE, 0, 0);
    v.number = d;
    return v;
}
inline fk_value fk_make_bytes_(const void *p, size_t n) {
    fk_value v = fk_make_(FK_STRING, n, 0);
    v.string = static_cast<const char *>(p);
    return v;
}
inline fk_value fk_make_items_(const fk_value *p, size_t n) {
    fk_value v = fk_make_(FK_ARRAY, n, 0);
    v.items = p;
    return v;
}
inline fk_value fk_make_members_(const fk_member *p, size_t n) {
    fk_value v = fk_make_(FK_OBJECT, n, 0);
    v.members = p;
    return v;
}
extern "C" {
#define FK_NIL fk_make_(FK_NULL, 0, 0)
#define FK_BOOL(b) fk_make_(FK_BOOL, 0, (b) ? 1 : 0)
#define FK_INT(i) fk_make_(FK_INT, 0, static_cast<int64_t>(i))
#define FK_DOUBLE(d) fk_make_double_(d)
#define FK_BYTES(p, n) fk_make_bytes_((p), (n))
#define FK_ITEMS(p, n) fk_make_items_((p), (n))
#define FK_MEMBERS(p, n) fk_make_members_((p), (n))
#else
#define FK_LITERAL_(t, n, field, v) ((const fk_value){(t), (n), {.field = (v)}})
#define FK_NIL FK_LITERAL_(FK_NULL, 0, integer, 0)
#define FK_BOOL(b) FK_LITERAL_(FK_BOOL, 0, integer, (b) ? 1 : 0)
#define FK_INT(i) FK_LITERAL_(FK_INT, 0, integer, (int64_t)(i))
#define FK_DOUBLE(d) FK_LITERAL_(FK_DOUBLE, 0, number, (double)(d))
#define FK_BYTES(p, n) FK_LITERAL_(FK_STRING, fk_size_(n), string, (const char *)(p))
#define FK_ITEMS(p, n) FK_LITERAL_(FK_ARRAY, fk_size_(n), items, (p))
#define FK_MEMBERS(p, n) FK_LITERAL_(FK_OBJECT, fk_size_(n), members, (p))
#endif
#define FK_STR(s) FK_BYTES((s), fk_length_(s))
#define FK_ARRAY(a) FK_ITEMS((a), sizeof(a) / sizeof *(a))
#define FK_OBJECT(a) FK_MEMBERS((a), sizeof(a) / sizeof *(a))

/* strlen() without <string.h>; compilers fold it for literals. */
static inline size_t fk_length_(const char *s) {
    size_t n = 0;
    while (s[n]) n++;
    return n;
}

/* Frees a block that a function handed out. NULL is fine. */
FK_API void fk_value_free(fk_value *value);

/* A copy of value and all it points to, as one block for fk_value_free().
 * FK_BAD_VALUE: a place that fk_value_check() refuses. */
FK_API fk_status fk_value_copy(const fk_value *value, fk_value **copy);

/* FK_OK if value can cross: known types, depth at most FK_MAX_DEPTH, no NULL pointer with a size,
 * no size of UINT32_MAX, BOOL is 0 or 1, member names UTF-8 without NUL and unique. Else
 * FK_BAD_VALUE, with the place in the message, called root there. Every function that takes a value
 * does this. */
FK_API fk_status fk_value_check(const fk_value *value, const char *root);

/* Equal as the crossing sees it: same types, same bytes, any order of members; nan equals nan,
 * 0.0 differs from -0.0, 3 from 3.0. */
FK_API bool fk_value_equal(const fk_value *a, const fk_value *b);

/* The member called name, or NULL if object is not an object or has none. */
FK_API const fk_value *fk_value_member(const fk_value *object, const char *name);

/* value as the JSON text that the wire uses ({"$bytes":"..."} and so on; see docs/protocol.md), on
 * one line, terminated; size (may be NULL) does not count the terminator. Free with
 * fk_text_free(). */
FK_API fk_status fk_value_to_json(const fk_value *value, char **text, size_t *size);

/* The reverse: strict JSON, one value, spaces around it allowed.
 * FK_BAD_VALUE: not such a text; the message has the offset in bytes and what was found there. */
FK_API fk_status fk_value_from_json(const char *text, size_t size, fk_value **value);

/* Frees a text that a function handed out. NULL is fine. */
FK_API void fk_text_free(char *text);

#ifdef __cplusplus
} /* extern "C" */
static_assert(sizeof(fk_value) == 16 && sizeof(fk_member) == 32, "frozen layout");
#else
_Static_assert(sizeof(fk_value) == 16 && sizeof(fk_member) == 32, "frozen layout");
#endif

#endif
