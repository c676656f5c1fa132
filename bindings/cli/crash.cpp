// SPDX-License-Identifier: MIT
// fkvm crash: shows the report of a dead VM, a folder of FK_VM_CRASH_DIR.
#include "commands.h"
#include "deaths.h"
#include "format.h"
#include "json.h"
#include "rows.h"
#include "term.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace cli {

namespace {

namespace fs = std::filesystem;

const fk_value &member(const fk_value &object, const char *name) {
    static const fk_value none{};
    const fk_value *found = fk_value_member(&object, name);
    return found ? *found : none;
}

std::string text_of(const fk_value &value) {
    if (value.kind == FK_NULL) return {};
    return value.kind == FK_STRING ? std::string(value.string, value.size) : json_of(value);
}

Value parse(const std::string &text) {
    fk_value *value = nullptr;
    fk_value_from_json(text.data(), text.size(), &value);
    return Value(value);
}

struct Report {
    Value report;
    std::vector<std::string> messages; // lines of JSON that can be read
    size_t broken = 0;                 // lines that cannot

    int read(const fs::path &folder);
};

bool read_file(const fs::path &path, std::string &text) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    text = content.str();
    return file.is_open();
}

int Report::read(const fs::path &folder) {
    std::string text;
    if (!read_file(folder / "report.json", text)) {
        complain("there is no report.json in '" + folder.string() +
                 "'. Give a folder fkvm-TIME-PID-N of $FK_VM_CRASH_DIR");
        return Usage;
    }
    report = parse(text);
    if (!report || member(*report, "fkvm_crash").kind != FK_INT) {
        complain("'" + (folder / "report.json").string() + "' is no report of fkvm");
        return Failed;
    }
    read_file(folder / "messages.jsonl", text);
    for (std::string &line : lines_of(text)) {
        const Value message = parse(line);
        if (message && member(*message, "kind").kind == FK_STRING)
            messages.push_back(std::move(line));
        else
            broken++;
    }
    return Fine;
}

// "memory_limit 1073741824, open_timeout none, ..."
std::string list_of(const fk_value &object) {
    std::string list;
    for (uint32_t i = 0; object.kind == FK_OBJECT && i < object.size; i++) {
        const fk_member &m = object.members[i];
        const std::string value = m.value.kind == FK_NULL ? "none" : text_of(m.value);
        list += (list.empty() ? "" : ", ") + text_of(m.name) + " " + value;
    }
    return list;
}

std::string time_of(const fk_value &seconds) {
    const std::time_t time = seconds.kind == FK_INT ? seconds.integer : 0;
    char text[64] = "";
    if (const std::tm *local = localtime(&time))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", local);
    return text;
}

double milliseconds(const fk_value &ns) { return ns.kind == FK_INT ? double(ns.integer) / 1e6 : 0; }

void print_end(const fk_value &report) {
    const fk_value &error = member(report, "error");
    const std::string cause = text_of(member(error, "death")),
                      status = text_of(member(error, "status"));
    const Death *death = find_death(cause);
    print_row(death ? "died" : "limit", time_of(member(report, "time")) + ", " +
                                            seconds(milliseconds(member(report, "ns")) / 1e3) +
                                            " after its open");
    if (death)
        print_row("cause", cause + " (" + status + "): " + death->meaning, Style::Red);
    else
        print_row("cause",
                  status + (text_of(member(error, "vm_alive")) == "true" ? ", which the VM survived"
                                                                         : ""),
                  Style::Yellow);
    print_row("message", text_of(member(error, "message")));
    print_row("traceback", text_of(member(error, "traceback")));
    if (death) print_row("what to do", death->advice, Style::Green);
}

void print_origin(const fk_value &report) {
    const fk_value &options = member(report, "options");
    const std::string child = text_of(member(report, "pid"));
    print_row("backend", text_of(member(report, "backend")) +
                             (child == "0" ? "" : ", child " + child) + ", server " +
                             text_of(member(report, "server_pid")) +
                             ", sandbox reached: " + text_of(member(report, "sandbox_reached")));
    print_row("script",
              text_of(member(options, "script")) + " in " + text_of(member(options, "directory")));
    print_row("versions", list_of(member(report, "versions")));
    print_row("options", list_of(options));
    print_row("counted", list_of(member(report, "stats")));
}

void print_message(const fk_value &message) {
    const std::string kind = text_of(member(message, "kind"));
    const bool to_vm =
        kind == "call" || kind == "notify" || kind == "host result" || kind == "host error";
    std::string text;
    for (const char *name : {"method", "message", "text", "params", "result"}) {
        const fk_value *part = fk_value_member(&message, name);
        if (part && (part->kind != FK_NULL || std::string_view(name) == "result"))
            text +=
                (text.empty() ? "" : " ") +
                (part->kind == FK_STRING && std::string_view(name) != "result" ? text_of(*part)
                                                                               : json_of(*part));
    }
    if (text_of(member(message, "cut")) == "true") text += styled(stdout, Style::Dim, " (cut)");
    printf("%s %s  %s %s %s\n",
           padded(grouped(member(message, "n").kind == FK_INT
                              ? static_cast<uint64_t>(member(message, "n").integer)
                              : 0),
                  9, true)
               .c_str(),
           padded(fixed(milliseconds(member(message, "ns")), 3) + " ms", 15, true).c_str(),
           to_vm ? "-->" : "<--", styled(stdout, Style::Cyan, padded(kind, 11)).c_str(),
           harmless(text).c_str());
}

void print_messages(const Report &report, size_t wanted) {
    const size_t shown = std::min(report.messages.size(), wanted);
    const std::string title =
        "The last " + plural(shown, "message", "messages") + " of " +
        grouped(report.messages.size()) +
        " kept, --> to the VM, <-- from it; the last reading of the VM's clock before each:";
    printf("\n%s\n", styled(stdout, Style::Bold, title).c_str());
    for (size_t i = report.messages.size() - shown; i < report.messages.size(); i++)
        print_message(*parse(report.messages[i]));
    if (report.broken)
        complain(plural(report.broken, "line", "lines") + " of messages.jsonl cannot be read");
}

} // namespace

int crash(const CrashArguments &arguments) {
    Report report;
    if (const int code = report.read(arguments.folder)) return code;
    if (arguments.json) {
        JsonArray list;
        for (const std::string &line : report.messages) list.raw(line);
        printf("%s\n", JsonObject()
                           .raw("report", json_of(*report.report))
                           .raw("messages", list.text())
                           .text()
                           .c_str());
        return Fine;
    }
    print_end(*report.report);
    print_origin(*report.report);
    print_messages(report, arguments.messages);
    return Fine;
}

} // namespace cli
