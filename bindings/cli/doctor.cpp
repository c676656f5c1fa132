// SPDX-License-Identifier: MIT
// fkvm doctor: checks the installation and the system, one thing after the other.
#include "checks.h"
#include "commands.h"
#include "deaths.h"
#include "json.h"
#include "table.h"
#include "term.h"

#include <algorithm>
#include <cstdlib>

namespace cli {

namespace {

const char *word_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::Good:
        return "good";
    case Verdict::Warning:
        return "warning";
    default:
        return "bad";
    }
}

Style style_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::Good:
        return Style::Green;
    case Verdict::Warning:
        return Style::Yellow;
    default:
        return Style::Red;
    }
}

Checks check_everything() {
    Checks checks;
    check_versions(checks);
    check_kernel(checks);
    check_environment(checks);
    // It has been looked at; the VMs of a doctor leave no traces.
    unsetenv("FK_VM_TRACE");
    unsetenv("FK_VM_STATUS");
    check_limits(checks, check_backends(checks));
    return checks;
}

uint64_t count(const Checks &checks, Verdict verdict) {
    return static_cast<uint64_t>(std::count_if(
        checks.begin(), checks.end(), [&](const Check &c) { return c.verdict == verdict; }));
}

void print_deaths() {
    printf("\n%s\n",
           styled(stdout, Style::Bold, "If a VM dies (the cause stands in its error):").c_str());
    for (const Death *death = deaths; death->cause; death++)
        printf("  %s  %s\n  %s  -> %s\n", padded(fk_death_name(death->cause), 14).c_str(),
               death->meaning, std::string(14, ' ').c_str(), death->advice);
}

void print_checks(const Checks &checks) {
    size_t width = 0;
    for (const Check &check : checks) width = std::max(width, display_width(check.name));
    for (const Check &check : checks) {
        printf("%s  %s  %s\n",
               styled(stdout, style_of(check.verdict), padded(word_of(check.verdict), 7)).c_str(),
               padded(check.name, width).c_str(), harmless(check.what).c_str());
        if (!check.advice.empty())
            printf("%s -> %s\n", std::string(7 + 2 + width + 1, ' ').c_str(), check.advice.c_str());
    }
}

std::string json_of_checks(const Checks &checks) {
    JsonArray list, causes;
    for (const Check &check : checks)
        list.raw(JsonObject()
                     .add("name", check.name)
                     .add("verdict", word_of(check.verdict))
                     .add("what", check.what)
                     .add("advice", check.advice)
                     .text());
    for (const Death *death = deaths; death->cause; death++)
        causes.raw(JsonObject()
                       .add("cause", fk_death_name(death->cause))
                       .add("meaning", death->meaning)
                       .add("advice", death->advice)
                       .text());
    return JsonObject()
        .add("ok", count(checks, Verdict::Bad) == 0)
        .raw("checks", list.text())
        .raw("deaths", causes.text())
        .text();
}

} // namespace

int doctor(const DoctorArguments &arguments) {
    const Checks checks = check_everything();
    const uint64_t bad = count(checks, Verdict::Bad), warnings = count(checks, Verdict::Warning);
    if (arguments.json) {
        printf("%s\n", json_of_checks(checks).c_str());
        return bad ? Failed : Fine;
    }
    print_checks(checks);
    print_deaths();
    if (bad)
        printf("\n%s\n",
               styled(stdout, Style::Red, std::to_string(bad) + " bad: fkvm cannot work like this.")
                   .c_str());
    else
        printf("\n%s\n", styled(stdout, Style::Green,
                                warnings ? "fkvm works; see the warnings above." : "All is well.")
                             .c_str());
    return bad ? Failed : Fine;
}

} // namespace cli
