// SPDX-License-Identifier: MIT
#include "local_source.h"

#include "command.h"
#include "launch.h"
#include "oom.h"
#include "words.h"

namespace fkvm {

fk_status LocalSource::start(Known &known, Words &words) {
    ChildCommand command;
    std::string problem;
    if (!make_command(*known.options, &command, &known.is_host, &problem))
        return known.fail(FK_INVALID, problem.c_str(), true);
    known.name = command.file;
    watch_oom_killer();
    reap_left_behind();
    const Launch launch{*known.options,
                        command,
                        known.is_host,
                        templates_,
                        [&](std::string_view said) { words.take(said.data(), said.size()); },
                        known.host->deadline(known.vm)};
    const int error = launch(&child_, &from_template_);
    if (!error) return FK_OK;
    fk_status status;
    problem = launch.problem(error, &status);
    if (status == FK_TIMEOUT) problem += words.last();
    return known.fail(status, problem.c_str(), true);
}

} // namespace fkvm
