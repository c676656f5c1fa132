// SPDX-License-Identifier: MIT
// A trace as a file. Where a line begins as lib/shim/trace.cpp writes it, which is all that is looked
// at to find one VM's.
#include "trace_file.h"

#include "envelope.h"

#include <cerrno>
#include <cstring>
#include <map>
#include <stdexcept>

namespace cli {

namespace {

Value copy_of(const fk_value &value) {
    fk_value *copy = nullptr;
    fk_value_copy(&value, &copy);
    return Value(copy);
}

const std::string_view open_begins = "{\"jsonrpc\":\"2.0\",\"method\":\"$/open\"",
                       close_line = "{\"jsonrpc\":\"2.0\",\"method\":\"$/close\"}";

void begin(RecordedVm &vm, const Rpc &opening) {
    if (opening.kind != Rpc::Request) return;
    vm.opening = copy_of(opening.params);
    vm.opening_id = opening.id;
}

void look_for_answer(RecordedVm &vm, const Rpc &message) {
    if (message.id != vm.opening_id || !message.is_answer()) return;
    vm.opening_id = 0;
    const fk_value *copied = fk_value_member(&message.value, "from_template");
    vm.from_template = copied && copied->kind == FK_BOOL && copied->integer;
}

} // namespace

const fk_value *RecordedVm::option(const char *name) const {
    const fk_value *options = opening ? fk_value_member(opening.get(), "options") : nullptr;
    return options ? fk_value_member(options, name) : nullptr;
}

std::string RecordedVm::script() const {
    const fk_value *script = option("script");
    return script && script->kind == FK_STRING ? std::string(script->string, script->size) : "";
}

Lines::Lines(const std::string &path) : file_(fopen(path.c_str(), "re")) {
    if (!file_) throw std::runtime_error("cannot read '" + path + "': " + strerror(errno));
}

bool Lines::next(std::string_view &line) {
    const ssize_t size = getline(&buffer_, &room_, file_.get());
    if (size <= 0) return false;
    offset_ = end_;
    end_ += size;
    number_++;
    line = {buffer_, static_cast<size_t>(size)};
    cut_ = line.back() != '\n';
    if (!cut_) line.remove_suffix(1);
    return true;
}

void Lines::seek(long offset, uint64_t line) {
    if (fseek(file_.get(), offset, SEEK_SET) != 0)
        throw std::runtime_error(std::string("the trace is read twice and must be a file: ") +
                                 strerror(errno));
    end_ = offset;
    number_ = line - 1;
}

Contents read_contents(const std::string &path) {
    Contents contents;
    std::map<std::pair<int64_t, int64_t>, size_t>
        current; // the latest VM of that process and number
    Lines lines(path);
    for (std::string_view line; lines.next(line);) {
        Envelope envelope;
        if (!read_envelope(line, envelope)) {
            contents.cut = lines.cut();
            if (!lines.cut() && contents.strange_lines++ == 0)
                contents.first_strange = lines.number();
            continue;
        }
        if (envelope.is_state) continue;
        const bool opens = envelope.to_vm && envelope.text.starts_with(open_begins);
        const auto [found, fresh] =
            current.try_emplace({envelope.pid, envelope.vm}, contents.vms.size());
        if (fresh || opens) {
            found->second = contents.vms.size();
            contents.vms.push_back(
                {envelope.pid, envelope.vm, lines.offset(), lines.number(), 0, {}});
        }
        RecordedVm &vm = contents.vms[found->second];
        vm.messages++;
        vm.closed |= envelope.to_vm && envelope.text == close_line;
        if (!opens && (envelope.to_vm || !vm.opening_id)) continue;
        Rpc message;
        std::string problem; // told when this VM is replayed
        if (!read_rpc(envelope.text, message, problem)) continue;
        opens ? begin(vm, message) : look_for_answer(vm, message);
    }
    if (contents.vms.empty())
        throw std::runtime_error("'" + path + "' is no trace of fkvm (FK_VM_TRACE)");
    return contents;
}

Record::Record(const std::string &path, const RecordedVm &vm)
    : lines_(path), pid_(vm.pid), vm_(vm.vm), total_(vm.messages) {
    lines_.seek(vm.offset, vm.line);
}

bool Record::read_one() {
    std::string_view line;
    Envelope envelope;
    do {
        if (read_ == total_ || !problem_.empty() || !lines_.next(line)) return false;
    } while (!read_envelope(line, envelope) || envelope.is_state || envelope.pid != pid_ ||
             envelope.vm != vm_);
    auto message = std::make_unique<Message>();
    message->number = ++read_;
    message->line = lines_.number();
    message->to_vm = envelope.to_vm;
    if (std::string problem; !read_rpc(envelope.text, message->rpc, problem)) {
        problem_ = "line " + std::to_string(message->line) + " of the trace is damaged: " + problem;
        return false;
    }
    window_.push_back(std::move(message));
    return true;
}

Message *Record::at(uint64_t number) {
    return window_[window_.size() - 1 - (read_ - number)].get();
}

const Message *Record::next(uint64_t from) {
    const uint64_t oldest = read_ - window_.size() + 1;
    for (uint64_t number = std::max(from, oldest);; number++) {
        while (number > read_)
            if (!read_one()) return nullptr;
        if (const Message *message = at(number)) return message;
    }
}

const Message *Record::next_of_vm() {
    const Message *message = next();
    while (message && message->to_vm) message = next(message->number + 1);
    return message;
}

std::unique_ptr<Message> Record::take(const Message &message) {
    std::unique_ptr<Message> taken =
        std::move(window_[window_.size() - 1 - (read_ - message.number)]);
    while (!window_.empty() && !window_.front()) window_.pop_front();
    return taken;
}

} // namespace cli
