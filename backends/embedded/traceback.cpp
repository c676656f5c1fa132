// SPDX-License-Identifier: MIT
#include "traceback.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace fkvm {
namespace {

constexpr int first_frames = 10, last_frames = 10; // of one coroutine, as luaL_traceback has them

int depth_of(lua_State *co) noexcept {
    lua_Debug frame;
    int known = 0, beyond = 1;
    while (lua_getstack(co, beyond, &frame)) known = beyond, beyond *= 2;
    while (beyond - known > 1) {
        const int middle = known + (beyond - known) / 2;
        (lua_getstack(co, middle, &frame) ? known : beyond) = middle;
    }
    return beyond;
}

} // namespace

void Traceback::forget() noexcept {
    text_[0] = '\0';
    size_ = 0;
    error_ = nullptr;
    noted_ = nullptr;
    ending_ = ended_ = no_memory_ = false;
}

void Traceback::left(lua_State *co, bool ending) noexcept {
    const void *error = lua_topointer(co, -1);
    if (ending) {
        ends_in(co, false);
    } else {
        if (ended_ || !(ending_ || (error && error == error_))) forget();
        add_coroutine(co);
    }
    error_ = error;
}

void Traceback::ends_in(lua_State *L, bool base) noexcept {
    if (ended_ || !ending_) forget();
    ending_ = true;
    if (noted_ == L) return;
    noted_ = L;
    base_depth_ = base ? depth_of(L) : 0;
    if (!base) return add_coroutine(L);
    base_at_ = size_;
    add("%sstack traceback:", size_ ? "\n" : "");
    add_frames(L, base_depth_);
}

// Asked for within a function of Lua's own that did not say where it is, so a line may be an
// earlier one of its function.
void Traceback::no_memory_in(lua_State *L, bool certain) noexcept {
    if (ending_ || (!certain && size_ && !no_memory_)) return;
    forget();
    no_memory_ = true;
    add("stack traceback:");
    add_frames(L, depth_of(L));
}

// Lua's own traceback knows more names, but only what is left.
const char *Traceback::of_caught_ending(lua_State *L) noexcept {
    if (!ending_ || noted_ != L || !base_depth_) return nullptr;
    const int depth = depth_of(L) - 1; // without the handler
    if (depth < base_depth_ && size_ + 1 < sizeof text_) return text_;
    text_[size_ = base_at_] = '\0';
    noted_ = nullptr;
    return nullptr;
}

const char *Traceback::of(lua_State *L, int index) const noexcept {
    const void *error = lua_topointer(L, index);
    return size_ && (ending_ || (error && error == error_)) ? text_ : nullptr;
}

void Traceback::add(const char *format, ...) noexcept {
    va_list list;
    va_start(list, format);
    const int n = std::vsnprintf(text_ + size_, sizeof text_ - size_, format, list);
    va_end(list);
    if (n > 0) size_ = std::min(size_ + static_cast<size_t>(n), sizeof text_ - 1);
}

void Traceback::add_coroutine(lua_State *co) noexcept {
    const int depth = depth_of(co);
    lua_Debug frame;
    if (!lua_getstack(co, depth - 1, &frame)) return;
    lua_getinfo(co, "S", &frame);
    add("%sin coroutine %p of function <%s:%d>:", size_ ? "\n" : "", static_cast<const void *>(co),
        frame.short_src, frame.linedefined);
    add_frames(co, depth);
}

void Traceback::add_frames(lua_State *co, int depth) noexcept {
    lua_Debug frame;
    for (int level = 0; level < depth && lua_getstack(co, level, &frame); level++) {
        if (level == first_frames && depth > first_frames + last_frames) {
            level = depth - last_frames;
            add("\n\t...\t(skipping %d levels)", level - first_frames);
            if (!lua_getstack(co, level, &frame)) return;
        }
        lua_getinfo(co, "Slnt", &frame);
        add_frame(frame);
    }
}

void Traceback::add_frame(const lua_Debug &frame) noexcept {
    if (frame.currentline > 0)
        add("\n\t%s:%d: in ", frame.short_src, frame.currentline);
    else
        add("\n\t%s: in ", frame.short_src);
    if (*frame.namewhat && std::strcmp(frame.namewhat, "global") != 0)
        add("%s '%s'", frame.namewhat, frame.name);
    else if (*frame.namewhat)
        add("function '%s'", frame.name);
    else if (*frame.what == 'm')
        add("main chunk");
    else if (*frame.what != 'C')
        add("function <%s:%d>", frame.short_src, frame.linedefined);
    else
        add("?");
    if (frame.istailcall) add("\n\t(...tail calls...)");
}

} // namespace fkvm
