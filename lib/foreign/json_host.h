// SPDX-License-Identifier: MIT
// The two functions that a VM opened with JSON calls, as fk_vm_options wants them.
#pragma once

#include "fk_foreign.h"

namespace fkvm {

struct JsonHost {
    fk_json_host_fn host;
    fk_json_output_fn output;
    void *user;
};

// user is a JsonHost.
fk_status call_json_host(void *user, fk_request *request, const fk_value *params);
void write_json_output(void *user, fk_level level, const char *text, size_t size);
void drop_json_host(void *user);

} // namespace fkvm
