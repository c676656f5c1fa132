/* SPDX-License-Identifier: MIT */
/* Every struct and function type of the public headers as a parameter, so that abidw sees also
 * those that no exported function of libfkvm mentions: the tables of fk_backend.h. */
#include "fk_backend.h"

#define SEEN __attribute__((visibility("default")))

SEEN void surface_values(const fk_value *value, const fk_member *member, fk_kind kind,
                         fk_status status);
SEEN void surface_vm(const fk_vm_options *options, const fk_method *method, const fk_error *error,
                     fk_host_fn host_function, fk_output_fn output, fk_level level);
SEEN void surface_stats(const fk_stats *stats, const fk_method_stats *method);
SEEN void surface_backend(const fk_backend *backend, const fk_host *host, const fk_failure *failure,
                          const fk_answer *answer, fk_backend_entry_fn entry);

void surface_values(const fk_value *value, const fk_member *member, fk_kind kind,
                    fk_status status) {
    (void)value, (void)member, (void)kind, (void)status;
}

void surface_vm(const fk_vm_options *options, const fk_method *method, const fk_error *error,
                fk_host_fn host_function, fk_output_fn output, fk_level level) {
    (void)options, (void)method, (void)error, (void)host_function, (void)output, (void)level;
}

void surface_stats(const fk_stats *stats, const fk_method_stats *method) {
    (void)stats, (void)method;
}

void surface_backend(const fk_backend *backend, const fk_host *host, const fk_failure *failure,
                     const fk_answer *answer, fk_backend_entry_fn entry) {
    (void)backend, (void)host, (void)failure, (void)answer, (void)entry;
}
