// SPDX-License-Identifier: MIT
// Giving back the pages of a slab in which nothing is in use. Blocks do not know their neighbours,
// so the free ones are counted page by page.
#include "slab.h"

#include "base/pages.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

namespace fkvm {

// How many bytes of each page of the regions are free.
class Slab::PageCounts {
    struct Span {
        char *begin;
        size_t first, pages;
    };

  public:
    explicit PageCounts(const Region *regions) noexcept {
        for (const Region *region = regions; region; region = region->next) spans_++;
        span_.reset(new (std::nothrow) Span[spans_]);
        if (!span_) return;
        size_t n = 0;
        for (const Region *region = regions; region; region = region->next)
            span_[n++] = {reinterpret_cast<char *>(const_cast<Region *>(region)), 0,
                          region->size / page_};
        std::sort(span_.get(), span_.get() + spans_,
                  [](const Span &a, const Span &b) { return a.begin < b.begin; });
        for (n = 0; n < spans_; n++) {
            span_[n].first = pages_;
            pages_ += span_[n].pages;
        }
        free_.reset(new (std::nothrow) uint32_t[pages_]());
    }

    bool good() const noexcept { return free_ != nullptr; }
    bool is_empty(size_t page) const noexcept { return free_[page] == page_; }

    // Calls what(page, begin, end) for the part of [begin, end) in each page.
    template <class What>
    void parts(char *begin, char *end, What what) const noexcept {
        const Span *span =
            std::upper_bound(span_.get(), span_.get() + spans_, begin,
                             [](const char *at, const Span &s) { return at < s.begin; }) -
            1;
        while (begin < end) {
            const size_t page = static_cast<size_t>(begin - span->begin) / page_;
            char *const next = std::min(end, span->begin + (page + 1) * page_);
            what(span->first + page, begin, next);
            begin = next;
        }
    }

    bool reaches_empty(char *begin, char *end) const noexcept {
        bool reaches = false;
        parts(begin, end,
              [&](size_t page, const char *, const char *) { reaches |= is_empty(page); });
        return reaches;
    }
    void add(char *begin, char *end) noexcept {
        parts(begin, end, [&](size_t page, const char *from, const char *to) {
            free_[page] += static_cast<uint32_t>(to - from);
        });
    }

    // Calls what(begin, end) for each run of empty pages.
    template <class What>
    void empty_runs(What what) const noexcept {
        for (size_t n = 0; n < spans_; n++)
            for (size_t page = 0; page < span_[n].pages;) {
                const size_t from = page;
                while (page < span_[n].pages && is_empty(span_[n].first + page)) page++;
                if (page > from) what(span_[n].begin + from * page_, span_[n].begin + page * page_);
                page = std::max(page, from + 1);
            }
    }

  private:
    const size_t page_ = page_size();
    size_t spans_ = 0, pages_ = 0;
    std::unique_ptr<Span[]> span_;
    std::unique_ptr<uint32_t[]> free_;
};

// Counting and taking out see the lists as they are: begun anew when the VM has been used in
// between.
struct Slab::Trimming {
    explicit Trimming(const Region *regions) noexcept : counts(regions) {}

    PageCounts counts;
    size_t index = 0;      // the class at hand
    Free **next = nullptr; // in its list
    bool counted = false;
    Free *taken[classes] = {}, *last_taken[classes] = {};
};

bool Slab::trim(size_t blocks) noexcept {
    if (!trimming_) {
        trimming_ = new (std::nothrow) Trimming(regions_);
        if (!trimming_ || !trimming_->counts.good()) return stop_trimming(), true;
        for (size_t i = 0; i < gap_count_; i++) trimming_->counts.add(gaps_[i].begin, gaps_[i].end);
    }
    Trimming &now = *trimming_;
    while (blocks-- > 0) {
        if (!now.next) now.next = &free_[now.index];
        Free *const block = *now.next;
        if (!block) {
            now.next = nullptr;
            if (++now.index < classes) continue;
            now.index = 0;
            if (now.counted) return finish_trimming(), true;
            now.counted = true;
            continue;
        }
        char *const begin = reinterpret_cast<char *>(block), *const end =
                                                                 begin + size_of(now.index);
        if (!now.counted) {
            now.counts.add(begin, end);
        } else if (now.counts.reaches_empty(begin, end)) {
            *now.next = block->next;
            block->next = now.taken[now.index];
            if (!now.taken[now.index]) now.last_taken[now.index] = block;
            now.taken[now.index] = block;
            continue;
        }
        now.next = &block->next;
    }
    return false;
}

void Slab::stop_trimming() noexcept {
    if (!trimming_) return;
    for (size_t index = 0; index < classes; index++) {
        if (!trimming_->taken[index]) continue;
        trimming_->last_taken[index]->next = free_[index];
        free_[index] = trimming_->taken[index];
    }
    delete trimming_;
    trimming_ = nullptr;
}

// What was taken out lies in empty pages, which go, and in others, where it stays as smaller
// blocks.
void Slab::finish_trimming() noexcept {
    const PageCounts &counts = trimming_->counts;
    size_t count = 0;
    counts.empty_runs([&](char *, char *) { count++; });
    auto *const gaps = static_cast<Gap *>(std::malloc(std::max<size_t>(count, 1) * sizeof(Gap)));
    if (!gaps) return stop_trimming();
    for (size_t index = 0; index < classes; index++)
        for (Free *block = trimming_->taken[index]; block;) {
            char *const begin = reinterpret_cast<char *>(block);
            block = block->next;
            counts.parts(begin, begin + size_of(index), [&](size_t page, char *from, char *to) {
                if (!counts.is_empty(page)) give(from, to);
            });
        }
    std::free(gaps_);
    gaps_ = gaps;
    gap_count_ = 0;
    counts.empty_runs([&](char *begin, char *end) {
        gaps_[gap_count_++] = {begin, end};
        discard_pages(begin, static_cast<size_t>(end - begin));
    });
    delete trimming_;
    trimming_ = nullptr;
}

} // namespace fkvm
