// SPDX-License-Identifier: MIT
// Deaths of VMs, and the reports in FK_VM_CRASH_DIR.
#include "deaths.h"

#include "message.h"

#include <fk/fields.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace server {

namespace fs = std::filesystem;

namespace {

constexpr size_t most_deaths = 200, most_messages = 100;
constexpr size_t longest_report = 1 << 20, longest_messages = 4 << 20; // bytes

struct Failure {
    std::string status, message, death;
    bool vm_alive = false;
};

struct Report {
    int64_t time = 0;
    Failure error;
};

std::string first_line(const std::string &text) { return text.substr(0, text.find('\n')); }

// What the library says at the end of a cause.
std::string report_in(const std::string &cause) {
    const size_t at = cause.rfind("\nA report is in ");
    if (at == std::string::npos) return "";
    const size_t end = std::min(cause.find('\n', at + 1), cause.size());
    const size_t slash = cause.rfind('/', end);
    const std::string name = cause.substr(slash + 1, end - slash - 1);
    return is_report(name) ? name : "";
}

std::optional<std::string> content(const fs::path &path, size_t longest) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text(longest, '\0');
    file.read(text.data(), static_cast<std::streamsize>(longest));
    text.resize(static_cast<size_t>(file.gcount()));
    return text;
}

std::optional<fk::Value> parsed(const std::optional<std::string> &text) {
    fk_value *value = nullptr;
    if (!text || fk_value_from_json(text->data(), text->size(), &value) != FK_OK)
        return std::nullopt;
    return fk::Value(value);
}

std::vector<std::string> names_in(const std::string &folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto &entry : fs::directory_iterator(folder, ignored))
        if (std::string name = entry.path().filename().string(); is_report(name))
            names.push_back(std::move(name));
    return names;
}

} // namespace

} // namespace server

template <>
struct fk::Convert<server::Failure> : fk::ByFields<server::Failure> {
    using Failure = server::Failure;
    static constexpr std::tuple fields{
        fk::Field{"status", &Failure::status}, fk::Field{"message", &Failure::message},
        fk::Field{"death", &Failure::death}, fk::Field{"vm_alive", &Failure::vm_alive}};
};
template <>
struct fk::Convert<server::Report> : fk::ByFields<server::Report> {
    static constexpr std::tuple fields{fk::Field{"time", &server::Report::time},
                                       fk::Field{"error", &server::Report::error}};
};

namespace server {

bool is_report(const std::string &name) {
    std::string_view rest = name;
    const auto take = [&](std::string_view word) {
        const bool there = rest.starts_with(word);
        if (there) rest.remove_prefix(word.size());
        return there;
    };
    const auto digits = [&](size_t least, size_t most) {
        const size_t count = std::min(rest.find_first_not_of("0123456789"), rest.size());
        rest.remove_prefix(count);
        return count >= least && count <= most;
    };
    return take("fkvm-") && digits(8, 8) && take("T") && digits(6, 6) && take("Z-") &&
           digits(1, 20) && take("-") && digits(1, 20) && rest.empty();
}

const std::map<std::string, Death> &Reports::all() {
    if (folder_.empty()) return known_;
    const std::vector<std::string> names = names_in(folder_);
    const std::set<std::string> there(names.begin(), names.end());
    std::erase_if(known_, [&](const auto &one) { return !there.contains(one.first); });
    for (const std::string &name : names) {
        if (known_.contains(name)) continue;
        Report report;
        const auto value =
            parsed(content(fs::path(folder_) / name / "report.json", longest_report));
        if (!value || !fk::fits(**value, report)) report.error.message = "it cannot be read";
        known_[name] = {report.time, 0, 0, {}, first_line(report.error.message), name};
    }
    return known_;
}

std::optional<std::string> Reports::read(const std::string &name) const {
    if (folder_.empty() || !is_report(name)) return std::nullopt;
    const fs::path path = fs::path(folder_) / name;
    const auto report = parsed(content(path / "report.json", longest_report));
    if (!report) return std::nullopt;
    std::string lines = content(path / "messages.jsonl", longest_messages).value_or("");
    std::vector<std::string> messages;
    for (size_t at = 0, end; (end = lines.find('\n', at)) != std::string::npos; at = end + 1)
        messages.push_back(lines.substr(at, end - at));
    if (messages.size() > most_messages)
        messages.erase(messages.begin(), messages.end() - most_messages);
    fk::Scratch scratch;
    const fk_member members[] = {member("report", **report),
                                 member("messages", fk::to_value(messages, scratch))};
    return json(FK_OBJECT(members));
}

Deaths::Deaths()
    : reports_([] {
          const char *const folder = secure_getenv("FK_VM_CRASH_DIR");
          std::error_code ignored;
          return folder && *folder ? fs::absolute(folder, ignored).string() : "";
      }()) {}

void Deaths::add(const fk::room::VmDeath &death) {
    std::string cause = first_line(death.cause);
    if (death.death != FK_DEATH_NONE)
        cause = std::string(fk_death_name(death.death)) + ": " + cause;
    deaths_.push_front(
        {time(nullptr), death.vm, death.thread, death.rooms, cause, report_in(death.cause)});
    if (deaths_.size() > most_deaths) deaths_.pop_back();
}

std::vector<Death> Deaths::latest() {
    std::vector<Death> all(deaths_.begin(), deaths_.end());
    std::set<std::string> told;
    for (const Death &death : all) told.insert(death.report);
    for (const auto &[name, death] : reports_.all())
        if (!told.contains(name)) all.push_back(death);
    std::ranges::stable_sort(all, std::greater(), &Death::time);
    return all;
}

} // namespace server
