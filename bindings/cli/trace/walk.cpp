// SPDX-License-Identifier: MIT
// One pass over a trace. An answer ends the call of its id; what is open inside that ends with it.
#include "walk.h"

#include "json.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace cli {

namespace {

constexpr size_t deepest = 4096; // works in each other; a sane VM stops at max_nesting
constexpr int64_t ns_a_second = 1'000'000'000;

int64_t number_in(const fk_value *object, const char *name) {
    const fk_value *found = object ? fk_value_member(object, name) : nullptr;
    return found && found->kind == FK_INT ? found->integer : 0;
}

std::string text_in(const fk_value *object, const char *name) {
    const fk_value *found = object ? fk_value_member(object, name) : nullptr;
    return found && found->kind == FK_STRING ? std::string(view_of(*found)) : "";
}

} // namespace

TraceWalk::TraceWalk(std::vector<TraceListener *> listeners, size_t only)
    : listeners_(std::move(listeners)), only_(only) {}

void TraceWalk::read(const std::string &path,
                     const std::function<void(const TraceWalk &, long)> &progress) {
    Lines lines(path);
    for (std::string_view line; lines.next(line);) {
        Envelope envelope;
        if (lines.cut())
            cut_ = true;
        else if (!read_envelope(line, envelope) || !take(envelope, lines.number()))
            if (strange_lines_++ == 0) first_strange_ = lines.number();
        progress(*this, lines.offset());
    }
    if (!vms_) throw std::runtime_error("'" + path + "' is no trace of fkvm (FK_VM_TRACE)");
    for (auto &[key, track] : tracks_) {
        if (tells(track)) unanswered_ += track.open.size();
        while (!track.open.empty()) end_innermost(track, nullptr);
    }
}

bool TraceWalk::take(const Envelope &envelope, uint64_t line) {
    Glance glance;
    if (!envelope.is_state && !glancer_.read(envelope.text, glance)) return false;
    const bool opens = envelope.to_vm && glance.method == "$/open";
    if (envelope.is_state && !tracks_.contains({envelope.pid, envelope.vm})) return true;
    Track &track = track_of(envelope, opens);
    const int64_t now = track.start + std::clamp<int64_t>(envelope.ns, 0, INT64_MAX / 4);
    const int64_t before = std::exchange(track.last, std::max(track.last, now));
    latest_ = std::max(latest_, track.last);
    if (envelope.is_state) return state(track, envelope.text, before);
    messages_++;
    return message(track, envelope, glance, line);
}

Track &TraceWalk::track_of(const Envelope &envelope, bool opens) {
    const auto key = std::pair(envelope.pid, envelope.vm);
    const auto found = tracks_.find(key);
    if (found != tracks_.end() && !opens) return found->second;
    if (found != tracks_.end()) {
        if (tells(found->second)) unanswered_ += found->second.open.size();
        while (!found->second.open.empty()) end_innermost(found->second, nullptr);
    }
    Rpc opening;
    std::string problem;
    if (opens) read_rpc(envelope.text, opening, problem);
    Track &track = tracks_[key] = {++vms_, envelope.pid, envelope.vm};
    place(track, envelope, &opening.params);
    const fk_value *options = fk_value_member(&opening.params, "options");
    track.script = text_in(options, "script");
    track.backend = text_in(options, "backend");
    tell(track, [&](TraceListener &listener) { listener.opened(track); });
    return track;
}

// By the clock, if it is of the same boot; else by the date; else it follows what was told last.
void TraceWalk::place(Track &track, const Envelope &envelope, const fk_value *opening) {
    const int64_t limit = INT64_MAX / 4, ns = std::clamp<int64_t>(envelope.ns, 0, limit),
                  clock = std::clamp<int64_t>(number_in(opening, "clock"), 0, limit),
                  time = std::clamp<int64_t>(number_in(opening, "time"), 0, limit / ns_a_second);
    if (!first_clock_ && clock) first_clock_ = clock + ns - latest_;
    if (!first_time_ && time) first_time_ = time - latest_ / ns_a_second;
    const int64_t by_clock = clock - first_clock_,
                  by_time = (time - first_time_) * ns_a_second - ns;
    const bool same_boot = !time || std::llabs(by_clock - by_time) <= 2 * ns_a_second;
    track.start = clock && same_boot ? by_clock : time ? by_time : latest_ - ns;
    if (track.start + ns < 0) track.start = -ns;
    track.last = track.start + ns;
}

bool TraceWalk::message(Track &track, const Envelope &envelope, const Glance &glance,
                        uint64_t line) {
    switch (glance.kind) {
    case Rpc::Request:
        if (track.open.size() >= deepest) return false;
        begin(track, envelope, glance, line);
        return true;
    case Rpc::Notification:
        tell(track, [&](TraceListener &listener) {
            listener.notified(track, envelope.to_vm, glance, line);
        });
        return true;
    default:
        return end(track, glance, envelope.to_vm);
    }
}

void TraceWalk::begin(Track &track, const Envelope &envelope, const Glance &glance, uint64_t line) {
    track.open.push_back({glance.id, track.last, 0, !envelope.to_vm, std::string(glance.method)});
    tell(track, [&](TraceListener &listener) {
        listener.begins(track, track.open.back(), glance.body, line);
    });
}

// An answer whose request is of before the record's beginning tells nothing.
bool TraceWalk::end(Track &track, const Glance &glance, bool is_host) {
    const auto asked = std::find_if(track.open.rbegin(), track.open.rend(), [&](auto &work) {
        return work.id == glance.id && work.is_host == is_host;
    });
    if (asked == track.open.rend()) return true;
    const auto depth = static_cast<size_t>(track.open.rend() - asked);
    while (track.open.size() > depth) end_innermost(track, nullptr);
    end_innermost(track, &glance);
    return true;
}

void TraceWalk::end_innermost(Track &track, const Glance *answer) {
    const OpenWork work = std::move(track.open.back());
    track.open.pop_back();
    if (!track.open.empty()) track.open.back().inner += track.last - work.begin;
    tell(track, [&](TraceListener &listener) { listener.ends(track, work, answer); });
}

bool TraceWalk::state(const Track &track, std::string_view text, int64_t before) {
    fk_value *parsed = nullptr;
    if (fk_value_from_json(text.data(), text.size(), &parsed) != FK_OK) return false;
    const Value whole(parsed);
    const int64_t idle = number_in(parsed, "idle_ns");
    if (!tells(track)) return true;
    for (TraceListener *listener : listeners_) {
        if (idle > 0) listener->idle(track, std::max(track.last - idle, before));
        listener->memory(track, number_in(parsed, "memory"));
    }
    const fk_value *methods = fk_value_member(parsed, "methods");
    for (uint32_t i = 0; methods && methods->kind == FK_ARRAY && i < methods->size; i++) {
        const fk_value *method = &methods->items[i], *name = fk_value_member(method, "name");
        if (!name || name->kind != FK_STRING) continue;
        for (TraceListener *listener : listeners_)
            listener->cost(track, {view_of(*name), number_in(method, "calls"),
                                   number_in(method, "total_ns"), number_in(method, "max_ns")});
    }
    return true;
}

} // namespace cli
