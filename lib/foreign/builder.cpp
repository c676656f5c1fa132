// SPDX-License-Identifier: MIT
// Values built step by step. What is not finished lies on one stack, an object's members as name
// and value in turn, which is the layout of fk_member: an end copies the top as one piece.
#include "base/arena.h"
#include "fk_foreign.h"
#include "shim/error.h"

#include <cstring>
#include <vector>

using namespace fkvm;

struct fk_builder {
    struct Open {
        uint32_t kind;
        size_t begin; // in pending
    };
    Arena arena;
    std::vector<fk_value> pending;
    std::vector<Open> open;
    const char *problem = nullptr;
    bool no_memory = false;
    fk_value finished{};
    bool is_finished = false;
};

namespace {

void start_anew(fk_builder &b) noexcept {
    b.pending.clear();
    b.open.clear();
    b.problem = nullptr;
    b.no_memory = b.is_finished = false;
    b.arena.rewind({nullptr, 0});
}

bool expects_name(const fk_builder &b) noexcept {
    return !b.open.empty() && b.open.back().kind == FK_OBJECT &&
           (b.pending.size() - b.open.back().begin) % 2 == 0;
}

// Runs one step, unless an earlier one failed.
template <class Step>
void step(fk_builder *b, Step body) noexcept {
    if (!b) return;
    if (b->is_finished) start_anew(*b);
    if (b->problem || b->no_memory) return;
    try {
        body(*b);
    } catch (...) {
        b->no_memory = true;
    }
}

void add(fk_builder &b, const fk_value &value) {
    if (expects_name(b))
        b.problem = "a value in an object has no name: call fk_build_name() before it";
    else if (b.open.empty() && !b.pending.empty())
        b.problem = "a second value was built beside the first: put both into an array";
    else
        b.pending.push_back(value);
}

fk_value kept(fk_builder &b, const char *bytes, size_t size) {
    const char *copy = b.arena.copy(bytes, size);
    if (!copy) throw std::bad_alloc();
    return FK_BYTES(copy, size);
}

void begin(fk_builder *b, uint32_t kind) noexcept {
    step(b, [&](fk_builder &builder) {
        add(builder, FK_NIL); // its place
        if (!builder.problem) builder.open.push_back({kind, builder.pending.size()});
    });
}

void end(fk_builder &b) {
    if (b.open.empty()) {
        b.problem = "fk_build_end() without an array or object that is open";
        return;
    }
    const auto [kind, begin] = b.open.back();
    const size_t count = b.pending.size() - begin;
    if (kind == FK_OBJECT && count % 2) {
        b.problem = "the last name of an object has no value";
        return;
    }
    auto *items = b.arena.array<fk_value>(count);
    if (!items) throw std::bad_alloc();
    if (count) std::memcpy(static_cast<void *>(items), &b.pending[begin], count * sizeof *items);
    b.pending.resize(begin);
    b.pending.back() = kind == FK_ARRAY
                           ? FK_ITEMS(items, count)
                           : FK_MEMBERS(reinterpret_cast<const fk_member *>(items), count / 2);
    b.open.pop_back();
}

const char *unfinished(const fk_builder &b) noexcept {
    if (b.problem) return b.problem;
    if (!b.open.empty()) return "an array or object has no fk_build_end()";
    return b.pending.empty() ? "nothing was built" : nullptr;
}

} // namespace

extern "C" {

fk_builder *fk_builder_new(void) { return new (std::nothrow) fk_builder; }
void fk_builder_free(fk_builder *builder) { delete builder; }

void fk_build_null(fk_builder *builder) {
    step(builder, [](fk_builder &b) { add(b, FK_NIL); });
}
void fk_build_bool(fk_builder *builder, bool value) {
    step(builder, [&](fk_builder &b) { add(b, FK_BOOL(value)); });
}
void fk_build_int(fk_builder *builder, int64_t value) {
    step(builder, [&](fk_builder &b) { add(b, FK_INT(value)); });
}
void fk_build_double(fk_builder *builder, double value) {
    step(builder, [&](fk_builder &b) { add(b, FK_DOUBLE(value)); });
}
void fk_build_string(fk_builder *builder, const char *bytes, size_t size) {
    step(builder, [&](fk_builder &b) { add(b, kept(b, bytes, size)); });
}
void fk_build_array(fk_builder *builder) { begin(builder, FK_ARRAY); }
void fk_build_object(fk_builder *builder) { begin(builder, FK_OBJECT); }
void fk_build_name(fk_builder *builder, const char *bytes, size_t size) {
    step(builder, [&](fk_builder &b) {
        if (!expects_name(b))
            b.problem = "fk_build_name() where no name belongs: outside an object, or after "
                        "another name";
        else
            b.pending.push_back(kept(b, bytes, size));
    });
}
void fk_build_end(fk_builder *builder) { step(builder, end); }

fk_status fk_builder_finish(fk_builder *builder, const fk_value **value) {
    if (value) *value = nullptr;
    if (!builder || !value) return fail(FK_INVALID, "fk_builder_finish: builder or value is NULL");
    const char *problem = unfinished(*builder);
    builder->is_finished = true;
    if (builder->no_memory) return fail(FK_NO_MEMORY, "out of memory while a value was built");
    if (problem) return failf(FK_INVALID, "fk_builder_finish: %s", problem);
    builder->finished = builder->pending.back();
    *value = &builder->finished;
    return succeed();
}

} // extern "C"
