// SPDX-License-Identifier: MIT
// FreeKill's host methods. Made from methods.lua by methods_doc.lua; test/freekill/methods.py
// fails where the two differ, and writes this file with `update`.
#pragma once

#include <string_view>

namespace fkvm {

enum class MethodKind { Notify, Request };

struct MethodRow {
    std::string_view name;
    MethodKind kind;
    std::string_view params; // their types, with a space between them
};

// clang-format off
inline constexpr MethodRow method_table[] = {
    {"RoomThread_getRoom", MethodKind::Request, "int"},
    {"RoomThread_resumed", MethodKind::Notify, "int bool"},
    {"ServerPlayer_doNotify", MethodKind::Notify, "int value text"},
    {"ServerPlayer_doRequest", MethodKind::Notify, "int value text number number?"},
    {"ServerPlayer_waitForReply", MethodKind::Request, "int number?"},
    {"ServerPlayer_thinking", MethodKind::Request, "int"},
    {"ServerPlayer_setThinking", MethodKind::Notify, "int bool"},
    {"ServerPlayer_setDied", MethodKind::Notify, "int bool"},
    {"ServerPlayer_emitKick", MethodKind::Notify, "int"},
    {"ServerPlayer_saveState", MethodKind::Notify, "int text"},
    {"ServerPlayer_getSaveState", MethodKind::Request, "int"},
    {"ServerPlayer_saveGlobalState", MethodKind::Notify, "int text text"},
    {"ServerPlayer_getGlobalSaveState", MethodKind::Request, "int text"},
    {"Room_delay", MethodKind::Notify, "int number"},
    {"Room_setRequestTimer", MethodKind::Notify, "int number"},
    {"Room_destroyRequestTimer", MethodKind::Notify, "int"},
    {"Room_updatePlayerWinRate", MethodKind::Notify, "int int string string int"},
    {"Room_updateGeneralWinRate", MethodKind::Notify, "int string string string int"},
    {"Room_gameOver", MethodKind::Notify, "int"},
    {"Room_increaseRefCount", MethodKind::Notify, "int"},
    {"Room_decreaseRefCount", MethodKind::Notify, "int"},
    {"Room_getSessionId", MethodKind::Request, "int"},
    {"Room_getSessionData", MethodKind::Request, "int"},
    {"Room_setSessionData", MethodKind::Notify, "int text"},
    {"Room_addNpc", MethodKind::Request, "int"},
    {"Room_removeNpc", MethodKind::Notify, "int int"},
    {"Room_saveGlobalState", MethodKind::Notify, "int text text"},
    {"Room_getGlobalSaveState", MethodKind::Request, "int text"},
    {"Server_getTask", MethodKind::Request, "int"},
    {"Task_getPlayer", MethodKind::Request, "int"},
    {"Task_delay", MethodKind::Notify, "int number"},
    {"Task_saveGlobalState", MethodKind::Notify, "int text text"},
    {"Task_getGlobalSaveState", MethodKind::Request, "int text"},
    {"Task_savePlayerGlobalState", MethodKind::Notify, "int text text"},
    {"Task_getPlayerGlobalSaveState", MethodKind::Request, "int text"},
    {"Task_decreaseRefCount", MethodKind::Notify, "int"},
};
// clang-format on

} // namespace fkvm
