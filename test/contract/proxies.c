/* SPDX-License-Identifier: MIT */
/* The proxies of thread, room and player: each method sends the right host method with the right
 * parameters, and waits for an answer only where one is wanted. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char room_data[] =
    "{\"id\":7,\"ownerId\":12,\"timeout\":15,\"settings\":{\"$bytes\":\"oQD/\"},\"players\":["
    "{\"connId\":3,\"id\":11,\"screenName\":\"\xe7\x94\xb2\",\"avatar\":\"liubei\","
    "\"totalGameTime\":60,"
    "\"state\":1,\"gameData\":[10,4,1]},"
    "{\"connId\":4,\"id\":12,\"screenName\":\"B\",\"avatar\":\"caocao\",\"totalGameTime\":0,"
    "\"state\":5,\"gameData\":[0,0,0],\"thinking\":false}],"
    "\"taskType\":\"of a task, which it serves for too\",\"data\":\"\"}";

static bool is_one_of(const char *name, const char *const *list) {
    for (; *list; list++)
        if (strcmp(name, *list) == 0) return true;
    return false;
}

/* Answers with the room above, with its first player, or with "an answer". */
static fk_status server(void *user, fk_request *request, const fk_value *params) {
    static const char *const rooms[] = {"RoomThread_getRoom", "Server_getTask", NULL},
                             *const players[] = {"Room_addNpc", "Task_getPlayer", NULL};
    const fk_value text = FK_STR("an answer"), *answer = &text;
    const char *method = fk_request_method(request);
    if (is_one_of(method, rooms)) answer = user;
    if (is_one_of(method, players)) answer = fk_value_member(user, "players")->items;
    record_method(request, params);
    return fk_reply(request, answer);
}

static fk_value *room_value;

static fk_vm *open_room(void) {
    room_value = parse(room_data);
    const fk_method methods[] = {{.name = "*", .call = server, .user = room_value}, {0}};
    fk_vm_options options = contract_options("proxies.lua");
    options.methods = methods;
    fk_vm *vm = contract_open_with(&options);
    expect_call(vm, "open_room", "[7]", "true");
    expect_seen("? RoomThread_getRoom [7]\n");
    return vm;
}

static void close_room(fk_vm *vm) {
    contract_close(vm);
    fk_value_free(room_value);
}

static bool is(const fk_value *text, const char *wanted) {
    return text->size == strlen(wanted) && memcmp(text->string, wanted, text->size) == 0;
}

/* What a script gives for a parameter of that type, as it must arrive: text as bytes of any
 * value. */
static const char *sample(const fk_value *type) {
    static const char *const samples[][2] = {
        {"int", "5"},        {"number", "2.5"},  {"number?", "2.5"}, {"bool", "true"},
        {"string", "\"s\""}, {"value", "\"v\""}, {"text", "\"12\""}};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        if (is(type, samples[i][0])) return samples[i][1];
    fail_msg("the table has an unknown type: %s", type->string);
    return NULL;
}

/* The object's own key comes first, where the method has one. */
static const char *key_of(const char *name) {
    if (strncmp(name, "ServerPlayer_", 13) == 0) return "3";
    return strncmp(name, "Room_", 5) == 0 || strncmp(name, "Task_", 5) == 0 ? "7" : "5";
}

static void use_row(fk_vm *vm, const fk_value *row) {
    const fk_value *items = row->items, *types = &items[2];
    char wanted[256], params[128], name[64];
    snprintf(name, sizeof name, "%.*s", (int)items[0].size, items[0].string);
    int size = snprintf(wanted, sizeof wanted, "%c %s [%s", is(&items[1], "notify") ? '!' : '?',
                        name, key_of(name));
    for (uint32_t i = 1; i < types->size; i++)
        size +=
            snprintf(wanted + size, sizeof wanted - (size_t)size, ",%s", sample(&types->items[i]));
    snprintf(wanted + size, sizeof wanted - (size_t)size, "]\n");
    snprintf(params, sizeof params, "[7,\"%s\"]", name);
    expect_call(vm, "use_method", params, "true");
    expect_contains(seen(), wanted);
    forget_seen();
}

/* Each row of bindings/freekill/methods.lua: the object has the method, it sends what the table
 * says, and it waits where the table says so. */
static void all_of_the_table(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    fk_value *rows = NULL;
    expect_status(fk_vm_call(vm, "table_rows", NULL, &rows), FK_OK);
    assert_true(rows->size > 30);
    for (uint32_t i = 0; i < rows->size; i++) use_row(vm, &rows->items[i]);
    fk_value_free(rows);
    close_room(vm);
}

typedef struct row {
    const char *parameters; /* of the Lua method, after its name: ",1,2" */
    const char *name, *seen;
} row;

/* What must be sent ("! " or "? ", name, parameters); a request gives its answer to Lua. */
static void check_rows(const char *function, const char *first, const row *rows, size_t count) {
    fk_vm *vm = open_room();
    for (size_t i = 0; i < count; i++) {
        char params[256], wanted[256];
        snprintf(params, sizeof params, "[%s,\"%s\"%s]", first, rows[i].name, rows[i].parameters);
        snprintf(wanted, sizeof wanted, "%s\n", rows[i].seen);
        expect_call(vm, function, params, rows[i].seen[0] == '?' ? "\"an answer\"" : "null");
        expect_seen(wanted);
    }
    close_room(vm);
}
#define CHECK_ROWS(function, first, rows)                                                          \
    check_rows(function, first, rows, sizeof(rows) / sizeof *(rows))

static void player_methods(void **state) {
    (void)state;
    static const row rows[] = {
        {",\"Cmd\",{\"$bytes\":\"oP8A\"}", "doNotify",
         "! ServerPlayer_doNotify [3,\"Cmd\",{\"$bytes\":\"oP8A\"}]"},
        {",\"Ask\",\"data\",20,1700000000000", "doRequest",
         "! ServerPlayer_doRequest [3,\"Ask\",\"data\",20,1700000000000]"},
        {",0", "waitForReply", "? ServerPlayer_waitForReply [3,0]"},
        {"", "thinking", "? ServerPlayer_thinking [3]"},
        {",true", "setThinking", "! ServerPlayer_setThinking [3,true]"},
        {",false", "setDied", "! ServerPlayer_setDied [3,false]"},
        {"", "emitKick", "! ServerPlayer_emitKick [3]"},
        {",\"{}\"", "saveState", "! ServerPlayer_saveState [3,\"{}\"]"},
        {"", "getSaveState", "? ServerPlayer_getSaveState [3]"},
        {",\"key\",\"text\"", "saveGlobalState",
         "! ServerPlayer_saveGlobalState [3,\"key\",\"text\"]"},
        {",\"key\"", "getGlobalSaveState", "? ServerPlayer_getGlobalSaveState [3,\"key\"]"}};
    CHECK_ROWS("player_method", "7,0", rows);
}

/* Nearly all of what crosses: a function of Lua would cost each of them. */
static void what_is_called_most_is_c(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    expect_call(vm, "made_of", "[7,\"doNotify\"]", "\"C\"");
    expect_call(vm, "made_of", "[7,\"doRequest\"]", "\"C\"");
    expect_call(vm, "made_of", "[7,\"waitForReply\"]", "\"Lua\"");
    close_room(vm);
}

static void room_methods(void **state) {
    (void)state;
    static const row rows[] = {
        {",500", "delay", "! Room_delay [7,500]"},
        {",1500", "setRequestTimer", "! Room_setRequestTimer [7,1500]"},
        {"", "destroyRequestTimer", "! Room_destroyRequestTimer [7]"},
        {",11,\"mode\",\"lord\",1", "updatePlayerWinRate",
         "! Room_updatePlayerWinRate [7,11,\"mode\",\"lord\",1]"},
        {",\"caocao\",\"mode\",\"lord\",2", "updateGeneralWinRate",
         "! Room_updateGeneralWinRate [7,\"caocao\",\"mode\",\"lord\",2]"},
        {"", "gameOver", "! Room_gameOver [7]"},
        {"", "increaseRefCount", "! Room_increaseRefCount [7]"},
        {"", "decreaseRefCount", "! Room_decreaseRefCount [7]"},
        {"", "getSessionId", "? Room_getSessionId [7]"},
        {"", "getSessionData", "? Room_getSessionData [7]"},
        {",\"{}\"", "setSessionData", "! Room_setSessionData [7,\"{}\"]"},
        {",\"key\",\"text\"", "saveGlobalState", "! Room_saveGlobalState [7,\"key\",\"text\"]"},
        {",\"key\"", "getGlobalSaveState", "? Room_getGlobalSaveState [7,\"key\"]"}};
    CHECK_ROWS("room_method", "7", rows);
}

static void what_a_room_knows(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    expect_call(vm, "room_method", "[7,\"getId\"]", "7");
    expect_call(vm, "room_method", "[7,\"getTimeout\"]", "15");
    expect_call(vm, "room_method", "[7,\"settings\"]", "{\"$bytes\":\"oQD/\"}");
    expect_call(vm, "players", "[7]", "[11,12]");
    expect_call(vm, "by_ipairs", "[7]", "[11,12]");
    expect_call(vm, "owner", "[7]", "12");
    expect_call(vm, "observers", "[7]", "[]");
    expect_call(vm, "observes", "[7,0]", "false");
    expect_seen(""); /* all of it without asking the server */
    close_room(vm);
}

static void what_a_player_knows(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    expect_call(
        vm, "look_at_player", "[7,0]",
        "{\"id\":11,\"name\":\"\xe7\x94\xb2\",\"avatar\":\"liubei\",\"time\":60,\"state\":1,"
        "\"data\":[10,4,1],\"length\":3}");
    expect_call(vm, "look_at_player", "[7,1]",
                "{\"id\":12,\"name\":\"B\",\"avatar\":\"caocao\",\"time\":0,\"state\":5,"
                "\"data\":[0,0,0],\"length\":3}");
    expect_seen("");
    close_room(vm);
}

static void player_states(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    expect_call(vm, "states", NULL, "[0,1,2,3,4,5,6]");
    expect_call(vm, "SetPlayerState", "[7,11,4]", "true");
    expect_call(vm, "player_method", "[7,0,\"getState\"]", "4");
    expect_call(vm, "player_method", "[7,1,\"getState\"]", "5");
    expect_call(vm, "SetPlayerState", "[8,11,4]", "false");
    expect_call(vm, "SetPlayerState", "[7,99,4]", "false");
    close_room(vm);
}

/* Of the second player, whom the server describes with "thinking". */
static void thinking_left_to_the_script(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    expect_call(vm, "player_method", "[7,1,\"thinking\"]", "false");
    expect_call(vm, "player_method", "[7,1,\"setThinking\",true]", "null");
    expect_call(vm, "player_method", "[7,1,\"thinking\"]", "true");
    expect_seen("! ServerPlayer_setThinking [4,true]\n");
    close_room(vm);
}

static size_t lines_of(const char *text) {
    size_t count = 0;
    for (; *text; text++) count += *text == '\n';
    return count;
}

/* Of what is left of rooms, whose calls report one line each. On a busy machine the time of one call
 * may be over after any of them. */
static fk_status resume(fk_vm *vm, const char *const *rooms, size_t count) {
    fk_status status = FK_OK;
    for (size_t done = 0; status == FK_OK && done < count; done = lines_of(seen())) {
        char params[200] = "[[", *at = params + 2;
        for (size_t i = done; i < count; i++)
            at += sprintf(at, "%s%s", i > done ? "," : "", rooms[i]);
        strcpy(at, "]]");
        status = call_json(vm, "ResumeRooms", params, NULL);
    }
    return status;
}

static void rooms_resumed_together(void **state) {
    (void)state;
    static const char *const all[] = {"[7,\"over\"]", "[8,\"reply\"]", "[9,\"over\"]"};
    static const char *const failing[] = {"[7,\"reply\"]", "[8,\"fail\"]", "[9,\"reply\"]"};
    fk_vm *vm = open_room();
    expect_status(resume(vm, all, 3), FK_OK);
    expect_seen("! RoomThread_resumed [7,true]\n! RoomThread_resumed [8,false]\n! "
                "RoomThread_resumed [9,true]\n");
    expect_error(resume(vm, failing, 3), FK_SCRIPT_ERROR, "room 8 failed");
    expect_seen("! RoomThread_resumed [7,false]\n");
    expect_call(vm, "ResumeRooms", "[[[7,\"slow\"],[8,\"reply\"]]]", "null");
    expect_seen("! RoomThread_resumed [7,false]\n");
    close_room(vm);
}

static void observers_come_and_go(void **state) {
    (void)state;
    fk_vm *vm = open_room();
    expect_call(
        vm, "AddObserver",
        "[7,{\"connId\":9,\"id\":77,\"screenName\":\"O\",\"avatar\":\"x\",\"totalGameTime\":1,"
        "\"state\":1,\"gameData\":[1,2,3]}]",
        "true");
    expect_call(vm, "observers", "[7]", "[77]");
    expect_call(vm, "observes_itself", "[7]", "true");
    expect_call(vm, "observes", "[7,0]", "false");
    expect_call(vm, "RemoveObserver", "[7,78]", "false");
    expect_call(vm, "RemoveObserver", "[7,77]", "true");
    expect_call(vm, "observers", "[7]", "[]");
    expect_call(vm, "RemoveObserver", "[8,77]", "false");
    close_room(vm);
}

static const struct CMUnitTest tests[] = {TEST(all_of_the_table),
                                          TEST(player_methods),
                                          TEST(what_is_called_most_is_c),
                                          TEST(room_methods),
                                          TEST(what_a_room_knows),
                                          TEST(what_a_player_knows),
                                          TEST(player_states),
                                          TEST(thinking_left_to_the_script),
                                          TEST(rooms_resumed_together),
                                          TEST(observers_come_and_go)};
TOPIC(proxies, tests);
