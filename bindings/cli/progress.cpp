// SPDX-License-Identifier: MIT
// A progress bar with one live line under it.
#include "progress.h"

#include "clocks.h"
#include "term.h"

#include <algorithm>
#include <cmath>

namespace cli {

namespace {

const int64_t interval_ns = 100'000'000;

std::string bar(double part, size_t width) {
    const auto full = static_cast<size_t>(std::lround(std::clamp(part, 0.0, 1.0) * double(width)));
    std::string done, rest;
    for (size_t i = 0; i < width; i++) (i < full ? done : rest) += "━";
    return styled(stderr, Style::Green, done) + styled(stderr, Style::Dim, rest);
}

} // namespace

Progress::Progress(bool enabled) : enabled_(enabled && is_terminal(stderr)) {}

bool Progress::due() const { return enabled_ && monotonic_ns() - last_ >= interval_ns; }

void Progress::draw(double part, const std::string &label, const std::string &line) {
    part_ = part;
    label_ = label;
    line_ = line;
    clear();
    redraw();
}

void Progress::clear() {
    if (!shown_) return;
    fputs("\r\x1b[K\x1b[1A\r\x1b[K", stderr);
    fflush(stderr);
    shown_ = false;
}

void Progress::redraw() {
    if (!enabled_ || label_.empty()) return;
    const size_t edge = terminal_width(stderr) - 1;
    const size_t room = edge > display_width(label_) + 4 ? edge - display_width(label_) - 4 : 0;
    fprintf(stderr, "  %s %s\n  %s", bar(part_, std::min<size_t>(room, 40)).c_str(),
            clipped(label_, edge).c_str(), clipped(line_, edge > 2 ? edge - 2 : 0).c_str());
    fflush(stderr);
    shown_ = true;
    last_ = monotonic_ns();
}

} // namespace cli
