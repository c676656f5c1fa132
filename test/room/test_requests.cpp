// SPDX-License-Identifier: MIT
// Requests, replies, timers and delays.
#include "support.hpp"

namespace {

void a_room_begins_with_all_that_was_given(void **) {
    House house;
    RoomSpec spec;
    spec.settings = std::string("\0bytes\xff", 7);
    spec.timeout = 7;
    spec.owner = 2;
    Table table(2, house, spec);
    const std::string hello = table.client(2).expect("Hello").payload;
    assert_true(hello == std::to_string(table.room) + " 7 " + spec.settings + " 2");
    assert_true(table.thread.has(table.room));
}

void a_reply_wakes_the_room(void **) {
    House house;
    Table table(2, house);
    table.ask("ask,30", 1);
    const Message question = table.client(1).expect("Question");
    assert_int_equal(question.payload.size(), 9);
    assert_memory_equal(question.payload.data(), "\0payload\xff", 9);
    assert_true(question.timeout == 30);
    assert_int_equal(question.timestamp, 1234567890123);
    table.ask("read");
    table.client(1).expect("Read", "__notready");

    // Longer than what a std::string holds in itself, so that a freed one shows.
    const std::string answer = std::string("\0any\xff", 5) + std::string(100, 'x');
    table.thread.reply(table.room, 1, question.request + 1, "to no question");
    table.thread.reply(table.room, 2, question.request, "of somebody else");
    table.thread.reply(table.room, 1, question.request, answer);
    table.thread.reply(table.room, 1, question.request, "second");
    table.client(1).expect("Resumed", "player_reply");
    table.settle();
    table.client(1).expect("Resumed", "settled"); // the others woke nobody
    table.ask("read");
    assert_true(table.client(1).expect("Read").payload == answer);
}

void a_new_question_makes_the_old_one_void(void **) {
    House house;
    Table table(1, house);
    table.ask("ask,30");
    table.ask("ask,30");
    const int64_t first = table.client(1).expect("Question").request;
    const int64_t second = table.client(1).expect("Question").request;
    assert_true(first < second);
    table.thread.reply(table.room, 1, first, "late");
    table.thread.reply(table.room, 1, second, "good");
    table.client(1).expect("Resumed", "player_reply");
    table.ask("read");
    table.client(1).expect("Read", "good");
}

void a_late_reply_is_dropped(void **) {
    House house;
    Table table(1, house);
    table.ask("ask,0");
    const int64_t question = table.client(1).expect("Question").request;
    table.thread.reply(table.room, 1, question, "late");
    table.settle();
    table.client(1).expect("Resumed", "settled");
    table.ask("read");
    table.client(1).expect("Read", "__notready");
}

void who_is_not_online_is_not_asked(void **) {
    House house;
    Table table(2, house);
    table.thread.set_player_state(table.room, 1, PlayerState::Trust);
    table.ask("ask,30", 1);
    table.ask("read", 1);
    const Message next = table.client(1).messages.take("a message", [](const Message &m) {
        return m.command == "Question" || m.command == "Read";
    });
    assert_string_equal(next.command.c_str(), "Read");
    assert_string_equal(next.payload.c_str(), "__cancel");
}

void thinking_is_kept_by_player(void **) {
    House house;
    Table table(2, house);
    table.ask("ask,30,think", 1);
    table.ask("thinking", 1);
    table.client(1).expect("Thinking", "true");
    table.ask("thinking", 2);
    table.client(1).expect("Thinking", "false");
}

void delays_end_in_their_order(void **) {
    House house;
    Table table(1, house);
    const auto start = std::chrono::steady_clock::now();
    table.ask("delay,40");
    table.ask("timer,20");
    table.ask("delay,0");
    table.client(1).expect("Resumed", "delay_done");
    table.client(1).expect("Resumed", "request_timer");
    table.client(1).expect("Resumed", "delay_done");
    assert_true(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(40));
}

void a_timer_is_replaced_or_destroyed(void **) {
    House house;
    Table table(1, house);
    table.ask("timer,5");
    table.ask("timer,100000");
    table.ask("untimer");
    table.ask("timer,30");
    table.ask("delay,60");
    table.client(1).expect("Resumed", "request_timer");
    table.client(1).expect("Resumed", "delay_done");
}

void delays_can_be_scaled(void **) {
    House house;
    house.options.delay_scale = 0;
    Table table(1, house);
    table.ask("delay,1000000");
    table.client(1).expect("Resumed", "delay_done");
}

void messages_of_one_call_are_flushed_once(void **) {
    House house;
    Table table(1, house);
    table.client(1).batches.take("the first flush");
    table.ask("burst,500");
    assert_int_equal(table.client(1).batches.take("a flush"), 501); // Request, and 500 times Burst
}

void a_client_may_ask_from_inside_a_notify(void **) {
    struct Eager : Client {
        RoomThread *thread = nullptr;
        int room = 0;
        void request(const Request &request) override {
            Client::request(request);
            thread->reply(room, 1, request.id, "at once");
        }
    };
    House house;
    RoomThread thread(house.options);
    const auto client = std::make_shared<Eager>();
    client->thread = &thread;
    RoomSpec spec;
    spec.id = client->room = 4711;
    spec.players.push_back(player(1, client));
    assert_int_equal(thread.add_room(std::move(spec)).id, 4711);
    thread.push_request(4711, 1, "ask,30");
    client->expect("Resumed", "player_reply");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_room_begins_with_all_that_was_given),
        cmocka_unit_test(a_reply_wakes_the_room),
        cmocka_unit_test(a_new_question_makes_the_old_one_void),
        cmocka_unit_test(a_late_reply_is_dropped),
        cmocka_unit_test(who_is_not_online_is_not_asked),
        cmocka_unit_test(thinking_is_kept_by_player),
        cmocka_unit_test(delays_end_in_their_order),
        cmocka_unit_test(a_timer_is_replaced_or_destroyed),
        cmocka_unit_test(delays_can_be_scaled),
        cmocka_unit_test(messages_of_one_call_are_flushed_once),
        cmocka_unit_test(a_client_may_ask_from_inside_a_notify),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
