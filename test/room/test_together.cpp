// SPDX-License-Identifier: MIT
// Rooms that are ready at the same time go on in one call, each as if it were alone.
#include "support.hpp"

namespace {

// Holds the thread in a call of the first room's, so that what is asked for meanwhile is ready at
// the same time.
struct Gate {
    explicit Gate(House &house) {
        house.options.bind = [this](fk::Vm &vm) {
            vm.bind("gate", [this] {
                reached.put(1);
                opened.take("the test's word to go on");
            });
        };
    }
    void hold(Table &table) {
        table.ask("wrong,gate");
        reached.take("the gate");
    }
    void open() { opened.put(1); }

    Mailbox<int> reached, opened;
};

// Rooms of one person each on the thread of another room; all are asked something.
struct Row {
    Row(Table &table, int count) : table(table) {
        for (int i = 0; i < count; i++) {
            clients.push_back(std::make_shared<Client>());
            RoomSpec spec;
            spec.players.push_back(player(1, clients.back()));
            rooms.push_back(table.thread.add_room(std::move(spec)).id);
            table.thread.push_request(rooms.back(), 1, "ask,30");
        }
        for (const auto &client : clients) questions.push_back(client->expect("Question").request);
    }
    void tell(size_t i, const std::string &request) {
        table.thread.push_request(rooms[i], 1, request);
        clients[i]->expect("Request", "1 " + request);
    }
    void answer_all() {
        for (size_t i = 0; i < rooms.size(); i++)
            table.thread.reply(rooms[i], 1, questions[i], "yes");
    }
    void answer_all_at_once(Gate &gate) {
        gate.hold(table);
        answer_all();
        gate.open();
    }

    Table &table;
    std::vector<std::shared_ptr<Client>> clients;
    std::vector<int> rooms;
    std::vector<int64_t> questions;
};

uint64_t calls(const Table &table) { return table.thread.info().vm.numbers.calls; }

void ready_rooms_share_a_call(void **) {
    House house;
    Gate gate(house);
    Table table(1, house);
    Row row(table, 5);
    gate.hold(table);
    const uint64_t before = calls(table);
    row.answer_all();
    gate.open();
    for (const auto &client : row.clients) client->expect("Resumed", "player_reply");
    assert_int_equal(calls(table), before + 1);
    table.settle();
    for (const auto &client : row.clients) assert_true(client->messages.empty());
    for (const RoomInfo &room : table.thread.rooms()) assert_int_equal(room.resumes, 1);
}

void one_that_fails_ends_alone(void **) {
    House house;
    Gate gate(house);
    Table table(1, house);
    Row row(table, 5);
    row.tell(2, "raise");
    row.answer_all_at_once(gate);
    for (const size_t i : {0, 1, 3, 4}) row.clients[i]->expect("Resumed", "player_reply");
    assert_true(house.expect_end(row.rooms[2]).how == Ending::ServerError);
    assert_int_equal(house.expect_line("asked to fail when resumed").room, row.rooms[2]);
    for (const size_t i : {0, 1, 3, 4}) assert_true(table.thread.has(row.rooms[i]));
}

void one_that_is_over_ends(void **) {
    House house;
    Gate gate(house);
    Table table(1, house);
    Row row(table, 3);
    row.tell(1, "finish");
    row.answer_all_at_once(gate);
    assert_true(house.expect_end(row.rooms[1]).how == Ending::Over);
    for (const size_t i : {0, 2}) row.clients[i]->expect("Resumed", "player_reply");
    assert_true(table.thread.has(row.rooms[0]) && table.thread.has(row.rooms[2]));
}

// What a room has been asked is looked at before its next turn, not only before its first.
void two_answers_are_two_turns(void **) {
    House house;
    Gate gate(house);
    Table table(2, house);
    table.ask("ask,30", 1);
    table.ask("ask,30", 2);
    const int64_t first = table.client(1).expect("Question").request,
                  second = table.client(2).expect("Question").request;
    table.ask("listen,2");
    gate.hold(table);
    table.thread.reply(table.room, 1, first, "one");
    table.thread.reply(table.room, 2, second, "two");
    gate.open();
    table.client(1).expect("Resumed", "player_reply");
    table.client(1).expect("Read", "__notready");
    table.client(1).expect("Resumed", "player_reply");
    table.client(1).expect("Read", "two");
}

void a_turn_may_end_a_timer_that_is_due(void **) {
    House house;
    Gate gate(house);
    Table table(1, house);
    table.ask("ask,30");
    const int64_t question = table.client(1).expect("Question").request;
    table.ask("untimer_when_resumed");
    gate.hold(table);
    table.ask("timer,0");
    table.thread.reply(table.room, 1, question, "yes");
    gate.open();
    table.client(1).expect("Resumed", "player_reply");
    table.settle();
    table.client(1).expect("Resumed", "settled");
}

// A child of another maker that knows ResumeRoom alone: rooms that have a delay, then are over.
constexpr const char *STRANGER = R"sh(
echo '{"jsonrpc":"2.0","method":"hello"}'
while read -r line; do
    id=${line##*'"id":'} id=${id%%[!0-9]*}
    case $line in
    *ResumeRooms*) echo '{"jsonrpc":"2.0","error":{"code":-32601,"message":"what?"},"id":'$id'}'; continue ;;
    *newroom*) room=${line#*-1,}; echo '{"jsonrpc":"2.0","method":"Room_delay","params":['${room%%,*}',0]}' ;;
    esac
    echo '{"jsonrpc":"2.0","result":true,"id":'$id'}'
    case $line in *'"bye"'*) exit ;; esac
done
)sh";

// What came to the first room when the second one went on.
struct Counting : Client {
    explicit Counting(std::shared_ptr<std::atomic<int>> count, Mailbox<int> *found)
        : count(std::move(count)), found(found) {}
    void notify(std::string_view command, Bytes payload) override {
        if (command == "Resumed") found ? found->put(*count) : void(++*count);
        Client::notify(command, payload);
    }
    std::shared_ptr<std::atomic<int>> count;
    Mailbox<int> *found;
};

void many_due_delays_let_others_pass(void **) {
    constexpr int many = 1000, few = 50;
    House house;
    Gate gate(house);
    Table table(1, house);
    Mailbox<int> found;
    const auto count = std::make_shared<std::atomic<int>>(0);
    const std::shared_ptr<Client> clients[] = {std::make_shared<Counting>(count, nullptr),
                                               std::make_shared<Counting>(count, &found)};
    int rooms[2];
    for (int i = 0; i < 2; i++) {
        RoomSpec spec;
        spec.players.push_back(player(10 + i, clients[i]));
        rooms[i] = table.thread.add_room(std::move(spec)).id;
    }
    gate.hold(table);
    table.thread.push_request(rooms[0], 10, "floods," + std::to_string(many));
    table.thread.push_request(rooms[1], 11, "delay,0");
    gate.open();
    assert_in_range(found.take("the second room's turn"), 0, few);
    for (int i = 0; i < many; i++) clients[0]->expect("Resumed", "delay_done");
}

void a_vm_need_not_know_how(void **) {
    if (std::getenv("FK_VM_BACKEND") != std::string("process")) skip();
    House house;
    house.options.vm.command = {"/bin/sh", "-c", STRANGER};
    Table table(1, house);
    std::vector<int> rooms{table.room};
    for (int i = 0; i < 4; i++) {
        RoomSpec spec;
        spec.players.push_back(player(1, std::make_shared<Client>()));
        rooms.push_back(table.thread.add_room(std::move(spec)).id);
    }
    for (const int room : rooms) assert_true(house.expect_end(room).how == Ending::Over);
    table.thread.close("");
    table.thread.wait();
    assert_true(house.lines.empty());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(ready_rooms_share_a_call),
                                cmocka_unit_test(one_that_fails_ends_alone),
                                cmocka_unit_test(one_that_is_over_ends),
                                cmocka_unit_test(two_answers_are_two_turns),
                                cmocka_unit_test(a_turn_may_end_a_timer_that_is_due),
                                cmocka_unit_test(many_due_delays_let_others_pass),
                                cmocka_unit_test(a_vm_need_not_know_how)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
