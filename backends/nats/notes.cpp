// SPDX-License-Identifier: MIT
#include "notes.h"

#include "wire/json.h"
#include "wire/value.h"

#include <new>

namespace fkvm {
namespace {

fk_value value_of(std::string_view text) noexcept { return FK_BYTES(text.data(), text.size()); }

} // namespace

Notes &Notes::text(std::string_view name, std::string_view value) {
    notes_.push_back({std::string(name), {std::string(value)}, 0, Note::Text});
    return *this;
}

Notes &Notes::number(std::string_view name, uint64_t value) {
    notes_.push_back({std::string(name), {}, value, Note::Number});
    return *this;
}

Notes &Notes::texts(std::string_view name, const std::vector<std::string> &values) {
    notes_.push_back({std::string(name), values, 0, Note::List});
    return *this;
}

const std::string &Notes::json() {
    std::vector<std::vector<fk_value>> lists(notes_.size());
    std::vector<fk_member> members;
    for (size_t i = 0; i < notes_.size(); i++) {
        const Note &note = notes_[i];
        for (const std::string &text : note.texts) lists[i].push_back(value_of(text));
        const fk_value value = note.kind == Note::Number ? FK_INT(static_cast<int64_t>(note.number))
                               : note.kind == Note::Text
                                   ? lists[i][0]
                                   : FK_ITEMS(lists[i].data(), lists[i].size());
        members.push_back({value_of(note.name), value});
    }
    Buffer out;
    if (!write_json(out, FK_MEMBERS(members.data(), members.size()))) throw std::bad_alloc();
    return json_.assign(out.view());
}

bool Notes::read(std::string_view json, std::string *problem) {
    BriefArena arena;
    fk_value value{};
    JsonError error;
    notes_.clear();
    if (!read_json(json, *arena, {}, &value, &error) || value.kind != FK_OBJECT)
        return *problem = error.what ? error.what : "it is no JSON object", false;
    for (uint32_t i = 0; i < value.size; i++) {
        const std::string_view name = text_of(value.members[i].name);
        const fk_value &of = value.members[i].value;
        std::vector<std::string> list;
        for (uint32_t k = 0; of.kind == FK_ARRAY && k < of.size; k++)
            if (of.items[k].kind == FK_STRING) list.emplace_back(text_of(of.items[k]));
        if (of.kind == FK_STRING) text(name, text_of(of));
        if (of.kind == FK_INT) number(name, static_cast<uint64_t>(of.integer));
        if (of.kind == FK_ARRAY) texts(name, list);
    }
    return true;
}

Notes Notes::of(std::string_view json) {
    Notes notes;
    std::string ignored;
    notes.read(json, &ignored);
    return notes;
}

const Notes::Note *Notes::find(std::string_view name) const noexcept {
    for (const Note &note : notes_)
        if (note.name == name) return &note;
    return nullptr;
}

std::string Notes::text(std::string_view name) const {
    const Note *note = find(name);
    return note && note->kind == Note::Text ? note->texts[0] : std::string();
}

uint64_t Notes::number(std::string_view name) const {
    const Note *note = find(name);
    return note && note->kind == Note::Number ? note->number : 0;
}

std::vector<std::string> Notes::texts(std::string_view name) const {
    const Note *note = find(name);
    return note && note->kind == Note::List ? note->texts : std::vector<std::string>();
}

} // namespace fkvm
