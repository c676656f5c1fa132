// SPDX-License-Identifier: MIT
// The statistics of a VM and the latest error, as people and programs read them.
#pragma once

#include "fk_vm.h"

#include <cstdio>
#include <string>

namespace cli {

void print_stats(fk_vm *vm, FILE *file);
std::string json_of_stats(fk_vm *vm);

// fk_error_last(): {"status":..,"message":..} and what else it knows. Any other function of this
// folder replaces that error: take this first.
std::string json_of_last_error();

} // namespace cli
