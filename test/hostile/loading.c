/* SPDX-License-Identifier: MIT */
/* A package whose first chunk errors, loops or eats memory. */
#include "hostile.h"

#define OPENS(script, status, ...)                                                                 \
    { script, NULL, DEAD(status), DEAD(status), __VA_ARGS__ }

static const attack fails = OPENS("load_fails.lua", OPEN_FAILED, "package_fails.lua"),
                    syntax = OPENS("load_syntax.lua", OPEN_FAILED, "package_syntax.lua"),
                    loops = OPENS("load_loops.lua", TIMEOUT, "300", 0, 300),
                    eats = OPENS("load_eats.lua", MEMORY_LIMIT, "67108864"),
                    scheduler = OPENS("load_scheduler.lua", OPEN_FAILED, "no scheduler"),
                    missing = OPENS("nowhere.lua", OPEN_FAILED, "nowhere.lua"),
                    folder = OPENS("../scripts", OPEN_FAILED, "scripts"),
                    binary = OPENS("bytecode.luac", OPEN_FAILED, "bytecode.luac");

static const item items[] = {{"A17.error", EVERYWHERE, run_attack, &fails},
                             {"A17.syntax", EVERYWHERE, run_attack, &syntax},
                             {"A17.loop", EVERYWHERE, run_attack, &loops},
                             {"A17.memory", EVERYWHERE, run_attack, &eats},
                             {"A17.scheduler", EVERYWHERE, run_attack, &scheduler},
                             {"A17.missing", EVERYWHERE, run_attack, &missing},
                             {"A17.folder", EVERYWHERE, run_attack, &folder},
                             {"A17.bytecode", EVERYWHERE, run_attack, &binary}};
TOPIC(loading, items);
