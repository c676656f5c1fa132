// SPDX-License-Identifier: MIT
// One event a line. A server is a process of the picture and a VM one of its threads.
#include "picture.h"

#include "json.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <unistd.h>

namespace cli {

namespace {

constexpr size_t block = 1 << 18, longest_text = 120;

// At most that many bytes, whole characters.
std::string_view shortened(std::string_view text) {
    if (text.size() <= longest_text) return text;
    size_t end = longest_text;
    while (end && (text[end] & 0xc0) == 0x80) end--;
    return text.substr(0, end);
}

// Always a string, where json_of() tells of bytes that are no text.
std::string string_of(std::string_view text) {
    std::string json = json_of(text);
    return json.starts_with('"') ? json : "\"(bytes)\"";
}

std::string cut_string(std::string_view text) {
    std::string json = string_of(shortened(text));
    if (text.size() > longest_text) json.insert(json.size() - 1, "...");
    return json;
}

template <class Number>
void append(std::string &text, Number number) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Microseconds with three decimals.
void append_time(std::string &text, int64_t ns) {
    append(text, ns / 1000);
    const auto rest = static_cast<int>(ns % 1000);
    const char decimals[] = {'.', static_cast<char>('0' + rest / 100),
                             static_cast<char>('0' + rest / 10 % 10),
                             static_cast<char>('0' + rest % 10)};
    text.append(decimals, sizeof decimals);
}

} // namespace

Picture::Picture(const std::string &path)
    : path_(path), file_(path == "-" ? fdopen(dup(1), "w") : fopen(path.c_str(), "we")) {
    if (!file_) throw PictureFailure("cannot write '" + path + "': " + strerror(errno));
    text_ = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
}

void Picture::opened(const Track &track) {
    if (servers_.insert(track.pid).second)
        metadata(track, "process_name", "server " + std::to_string(track.pid));
    std::string name = "VM " + std::to_string(track.number);
    if (!track.script.empty()) name += ": " + track.script;
    if (!track.backend.empty()) name += " (" + track.backend + ")";
    metadata(track, "thread_name", name);
}

void Picture::begins(const Track &track, const OpenWork &work, std::string_view params,
                     uint64_t line) {
    begin('B', track, work.begin);
    name(work.is_host ? "host call" : "call", work.method);
    message(params, line);
}

void Picture::ends(const Track &track, const OpenWork &, const Glance *answer) {
    begin('E', track, track.last);
    text_ += ",\"args\":{";
    if (!answer)
        text_ += "\"answer\":\"none in the trace\"";
    else
        text_ += answer->kind == Rpc::Error ? "\"error\":" : "\"result\":";
    if (answer) text_ += cut_string(answer->body);
    text_ += "}";
    end();
}

void Picture::notified(const Track &track, bool to_vm, const Glance &glance, uint64_t line) {
    begin('i', track, track.last);
    text_ += ",\"s\":\"t\"";
    name(to_vm ? "notify" : "host notify", glance.method);
    message(glance.body, line);
}

void Picture::idle(const Track &track, int64_t start) {
    begin('B', track, start);
    name("idle", "idle: collects garbage");
    end();
    begin('E', track, track.last);
    end();
}

void Picture::memory(const Track &track, int64_t bytes) {
    begin('C', track, track.last);
    name("memory", "memory of VM " + std::to_string(track.number));
    text_ += ",\"args\":{\"bytes\":";
    append(text_, bytes);
    text_ += "}";
    end();
}

void Picture::metadata(const Track &track, const char *kind, std::string_view value) {
    begin('M', track, track.last);
    name("__metadata", kind);
    text_ += ",\"args\":{\"name\":" + string_of(value) + "}";
    end();
}

void Picture::begin(char phase, const Track &track, int64_t ns) {
    text_ += first_ ? "\n{\"ph\":\"" : ",\n{\"ph\":\"";
    first_ = false;
    text_ += phase;
    text_ += "\",\"pid\":";
    append(text_, track.pid);
    text_ += ",\"tid\":";
    append(text_, track.number);
    text_ += ",\"ts\":";
    append_time(text_, ns);
}

void Picture::name(std::string_view category, std::string_view name) {
    text_.append(",\"cat\":\"").append(category).append("\",\"name\":");
    text_ += string_of(name);
}

void Picture::message(std::string_view params, uint64_t line) {
    text_ += ",\"args\":{";
    if (!params.empty()) text_ += "\"params\":" + cut_string(params) + ",";
    text_ += "\"line\":";
    append(text_, line);
    text_ += "}";
    end();
}

void Picture::end() {
    text_ += "}";
    if (text_.size() >= block) write();
}

void Picture::write() {
    if (fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size())
        throw PictureFailure("cannot write '" + path_ + "': " + strerror(errno));
    text_.clear();
}

void Picture::finish() {
    text_ += "\n]}\n";
    write();
    if (fclose(file_.release()) != 0)
        throw PictureFailure("cannot write '" + path_ + "': " + strerror(errno));
}

} // namespace cli
