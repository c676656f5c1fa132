// SPDX-License-Identifier: MIT
// A conversation over a line that loses, doubles and delays; and how long two ends have been silent.
#include "base/clock.h"
#include "nats/channel.h"
#include "nats/silence.h"

#include <deque>
#include <random>

#include "unit.h"

namespace {

using fkvm::Channel;
using fkvm::FrameHead;
using fkvm::FrameKind;

struct Wire final : fkvm::Line {
    std::deque<std::string> messages;
    void publish(const std::string &, std::string_view message) noexcept override {
        messages.emplace_back(message);
    }
};

struct End {
    Wire out;
    Channel channel{out, "x"};
    std::string got;

    // One message from the other end.
    void take(const std::string &message) {
        FrameHead head;
        assert_true(fkvm::read_head(message, &head));
        channel.heard_taken(head.taken);
        if (head.kind == FrameKind::Again) assert_true(channel.send_again(head.number));
        if (!fkvm::is_numbered(head.kind) ||
            !channel.lets_in(head, message.size() - FrameHead::size))
            return;
        got += message.substr(FrameHead::size);
        channel.used_up(message.size() - FrameHead::size, 1);
    }
};

// Beats tell of the loss of what came last.
void beat(End &from, End &to) {
    to.channel.heard_taken(from.channel.taken());
    to.channel.heard_sent(from.channel.sent());
}

void each_once_and_in_order(void **) {
    std::mt19937 random(7);
    End a, b;
    std::string said;
    for (int i = 0; i < 300; i++) {
        if (a.channel.room() > 0) {
            said += std::to_string(i) + " ";
            a.channel.send(FrameKind::Bytes, std::to_string(i) + " ");
        }
        while (!a.out.messages.empty() || !b.out.messages.empty()) {
            End &from = a.out.messages.empty() ? b : a, &to = &from == &a ? b : a;
            const std::string message = from.out.messages.front();
            from.out.messages.pop_front();
            const auto fate = random() % 10;
            if (fate > 2) to.take(message);  // else it is lost
            if (fate == 9) to.take(message); // twice
        }
    }
    const uint64_t limit = fkvm::now_ns() + uint64_t{60} * 1'000'000'000; // a hang
    while (!a.channel.all_taken() && fkvm::now_ns() < limit) {
        beat(a, b);
        beat(b, a);
        while (!a.out.messages.empty() || !b.out.messages.empty()) {
            End &from = a.out.messages.empty() ? b : a, &to = &from == &a ? b : a;
            const std::string message = from.out.messages.front();
            from.out.messages.pop_front();
            if (random() % 10 > 2) to.take(message);
        }
    }
    assert_true(a.channel.all_taken());
    assert_string_equal(b.got.c_str(), said.c_str());
}

void a_window(void **) {
    End a, b;
    const std::string piece(Channel::longest - FrameHead::size, 'x');
    while (a.channel.room() > 0) a.channel.send(FrameKind::Bytes, piece);
    assert_int_equal(a.out.messages.size(), Channel::window / Channel::longest);
    assert_false(a.channel.all_taken());
    for (const std::string &message : a.out.messages) b.take(message);
    assert_false(b.out.messages.empty()); // it tells of what it has used up, unasked
    for (const std::string &message : b.out.messages) a.take(message);
    assert_true(a.channel.room() >= Channel::window / 2);
}

void what_is_gone_is_not_sent_again(void **) {
    End a, b;
    for (int i = 0; i < 3; i++) a.channel.send(FrameKind::Bytes, "x");
    for (const std::string &message : a.out.messages) b.take(message);
    beat(b, a);
    assert_true(a.channel.all_taken());
    assert_false(a.channel.send_again(2));
}

void numbers_of_no_sense(void **) {
    End a;
    a.channel.send(FrameKind::Bytes, "x");
    assert_false(a.channel.heard_taken(77)); // never sent
    assert_false(a.channel.all_taken());
}

// A hears B, B does not hear A: both give up after the same ticks.
void silence_in_one_direction(void **) {
    fkvm::Silence a, b;
    uint32_t a_gave_up = 0, b_gave_up = 0;
    for (uint32_t tick = 1; tick < 100 && !(a_gave_up && b_gave_up); tick++) {
        if (a.tick(15) && !a_gave_up) a_gave_up = tick;
        if (b.tick(15) && !b_gave_up) b_gave_up = tick;
        if (tick % 3 == 0) a.heard(b.to_be_told()); // what a says is lost
    }
    assert_int_equal(b_gave_up, 16);
    assert_true(a_gave_up >= 16 && a_gave_up <= 18);
}

// Neither counts on with the other's count: late beats on both sides cost nothing.
void late_beats(void **) {
    fkvm::Silence a, b;
    for (int round = 0; round < 50; round++) {
        for (int tick = 0; tick < 7; tick++) assert_false(a.tick(15) || b.tick(15));
        const uint32_t told = a.to_be_told();
        a.heard(b.to_be_told());
        b.heard(told);
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_once_and_in_order),         cmocka_unit_test(a_window),
        cmocka_unit_test(what_is_gone_is_not_sent_again), cmocka_unit_test(numbers_of_no_sense),
        cmocka_unit_test(silence_in_one_direction),       cmocka_unit_test(late_beats)};
    return cmocka_run_group_tests_name("nats-channel", tests, nullptr, nullptr);
}
