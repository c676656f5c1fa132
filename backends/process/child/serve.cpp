// SPDX-License-Identifier: MIT
#include "serve.h"

#include "process/exit_codes.h"

#include "host.h"
#include "parent.h"
#include "settings.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

int fkvm::serve_template(const char *name, int idle_ms, const char *script) noexcept try {
    ChildSettings settings;
    settings.options.script = script;
    Sandbox sandbox(settings.options.sandbox);
    Template here(idle_ms);
    if (!here.prepare()) {
        std::fprintf(stderr, "%s: cannot prepare to be a template: %s\n", name,
                     std::strerror(errno));
        return 1;
    }
    sandbox.enter(settings.options);
    sandbox.prepare_copies();
    Host host(name, here, settings.options, sandbox);
    if (settings.each) host.merge_repeats();
    return host.run(settings.options);
} catch (...) {
    return out_of_memory_exit;
}

int fkvm::serve_child(const char *name, const char *script) noexcept try {
    ChildSettings settings;
    settings.options.script = script;
    Sandbox sandbox(settings.options.sandbox);
    ProtocolStreams streams;
    bool ready = take_streams(&streams);
    if (ready) sandbox.enter(settings.options);
    if (ready) sandbox.forbid_processes();
    ready = ready && watch_parent(streams.in); // a thread, so inside the sandbox
    if (!ready) {
        std::fprintf(stderr, "%s: cannot set up its streams: %s\n", name, std::strerror(errno));
        return 1;
    }
    Host host(name, streams, settings.options, sandbox);
    if (settings.each) host.merge_repeats();
    return host.run(settings.options);
} catch (...) {
    return out_of_memory_exit;
}
