// SPDX-License-Identifier: MIT
// FreeKill's host methods, for a server to implement. Made from methods.lua by
// methods_doc.lua; test/freekill/methods.py fails where they differ, and writes this with `update`.
#pragma once

#include <fk/freekill/host.hpp>
#include <fk/freekill/objects.hpp>

// clang-format off
namespace fk::freekill {

// Names and parameters are FreeKill's. What is not needed may be left out: it then does nothing, or
// refuses with "this server has no ...". What they throw is the script's answer (docs/freekill.md:
// what a script makes of it). They run on the thread that calls the VM. A Text is bytes, and ends
// with the call. A Load may be kept, and called when the save is there (answers.hpp).
class HostMethods : public HostBase {
  public:
    // Needed. Without it: no room can start.
    virtual Answer<RoomData> RoomThread_getRoom(int id) = 0;
    // May do nothing.
    // Reported by ResumeRooms for each room that it resumed.
    virtual void RoomThread_resumed(int id, bool over) { ignore(id, over); }
    // Needed. Without it: players see nothing.
    virtual void ServerPlayer_doNotify(int connId, Text command, Text payload) = 0;
    // Calls of it that differ in nothing but connId, in their order.
    virtual void ServerPlayer_doNotify_each(Each<int> connIds, Text command, Text payload) {
        for_each(connIds, [&](int connId) { ServerPlayer_doNotify(connId, command, payload); });
    }
    // Needed. Without it: players are never asked.
    virtual void ServerPlayer_doRequest(int connId, Text command, Text payload, double timeout, std::optional<double> timestamp) = 0;
    // Needed. Without it: no request ends.
    // Its answer is the reply, "__notready" or "__cancel".
    virtual std::string ServerPlayer_waitForReply(int connId, std::optional<double> timeout) = 0;
    // Without it: give `thinking` with each player: it is not asked for then.
    virtual bool ServerPlayer_thinking(int connId) { refuse("ServerPlayer_thinking", connId); }
    // May do nothing.
    virtual void ServerPlayer_setThinking(int connId, bool thinking) { ignore(connId, thinking); }
    // May do nothing.
    virtual void ServerPlayer_setDied(int connId, bool died) { ignore(connId, died); }
    // Without it: nobody can be kicked.
    virtual void ServerPlayer_emitKick(int connId) { refuse("ServerPlayer_emitKick", connId); }
    // Without it: nothing is kept.
    virtual void ServerPlayer_saveState(int connId, Text text) { refuse("ServerPlayer_saveState", connId, text); }
    // Without it: nil, and a warning.
    virtual void ServerPlayer_getSaveState(int connId, Load load) { refuse("ServerPlayer_getSaveState", connId, load); }
    // Without it: nothing is kept.
    virtual void ServerPlayer_saveGlobalState(int connId, Text key, Text text) { refuse("ServerPlayer_saveGlobalState", connId, key, text); }
    // Without it: nil, and a warning.
    virtual void ServerPlayer_getGlobalSaveState(int connId, Text key, Load load) { refuse("ServerPlayer_getGlobalSaveState", connId, key, load); }
    // Needed. Without it: the room never goes on: ResumeRoom(id, "delay_done") answers it.
    virtual void Room_delay(int id, double ms) = 0;
    // Needed. Without it: requests have no limit: ResumeRoom(id, "request_timer") answers it.
    virtual void Room_setRequestTimer(int id, double ms) = 0;
    // May do nothing.
    virtual void Room_destroyRequestTimer(int id) { ignore(id); }
    // May do nothing.
    virtual void Room_updatePlayerWinRate(int id, int player, Text mode, Text role, int result) { ignore(id, player, mode, role, result); }
    // May do nothing.
    virtual void Room_updateGeneralWinRate(int id, Text general, Text mode, Text role, int result) { ignore(id, general, mode, role, result); }
    // Needed. Without it: the server does not learn that the game is over.
    virtual void Room_gameOver(int id) = 0;
    // May do nothing.
    // Who counts when a game starts must do nothing: counted twice, no room becomes free.
    virtual void Room_increaseRefCount(int id) { ignore(id); }
    // Needed. Without it: ended rooms are never free.
    virtual void Room_decreaseRefCount(int id) = 0;
    // Without it: nil, and a warning.
    virtual int Room_getSessionId(int id) { refuse("Room_getSessionId", id); }
    // Without it: nil, and a warning.
    virtual std::string Room_getSessionData(int id) { refuse("Room_getSessionData", id); }
    // Without it: nothing is kept.
    virtual void Room_setSessionData(int id, Text text) { refuse("Room_setSessionData", id, text); }
    // Without it: an error in the script.
    virtual Answer<PlayerData> Room_addNpc(int id) { refuse("Room_addNpc", id); }
    // May do nothing.
    virtual void Room_removeNpc(int id, int connId) { ignore(id, connId); }
    // Without it: nothing is kept.
    virtual void Room_saveGlobalState(int id, Text key, Text text) { refuse("Room_saveGlobalState", id, key, text); }
    // Without it: nil, and a warning.
    virtual void Room_getGlobalSaveState(int id, Text key, Load load) { refuse("Room_getGlobalSaveState", id, key, load); }
    // Without it: no task can start.
    virtual Answer<TaskData> Server_getTask(int id) { refuse("Server_getTask", id); }
    // Without it: an error in the script.
    virtual Answer<PlayerData> Task_getPlayer(int id) { refuse("Task_getPlayer", id); }
    // Without it: the task never goes on.
    virtual void Task_delay(int id, double ms) { refuse("Task_delay", id, ms); }
    // Without it: nothing is kept.
    virtual void Task_saveGlobalState(int id, Text key, Text text) { refuse("Task_saveGlobalState", id, key, text); }
    // Without it: nil, and a warning.
    virtual void Task_getGlobalSaveState(int id, Text key, Load load) { refuse("Task_getGlobalSaveState", id, key, load); }
    // Without it: nothing is kept.
    // It is a save of the task's player.
    virtual void Task_savePlayerGlobalState(int id, Text key, Text text) { refuse("Task_savePlayerGlobalState", id, key, text); }
    // Without it: nil, and a warning.
    virtual void Task_getPlayerGlobalSaveState(int id, Text key, Load load) { refuse("Task_getPlayerGlobalSaveState", id, key, load); }
    // Without it: ended tasks are never free.
    virtual void Task_decreaseRefCount(int id) { refuse("Task_decreaseRefCount", id); }
};

// For fk_vm_options.methods or fk::Options::methods. `host` must outlive the VM.
inline std::vector<fk_method> methods(HostMethods &host) {
    return {
        detail::method<detail::Bound<&HostMethods::RoomThread_getRoom>>("RoomThread_getRoom", host),
        detail::method<detail::Bound<&HostMethods::RoomThread_resumed>>("RoomThread_resumed", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_doNotify_each>>("ServerPlayer_doNotify", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_doRequest>>("ServerPlayer_doRequest", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_waitForReply>>("ServerPlayer_waitForReply", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_thinking>>("ServerPlayer_thinking", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_setThinking>>("ServerPlayer_setThinking", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_setDied>>("ServerPlayer_setDied", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_emitKick>>("ServerPlayer_emitKick", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_saveState>>("ServerPlayer_saveState", host),
        detail::method<detail::BoundLoad<&HostMethods::ServerPlayer_getSaveState, int>>("ServerPlayer_getSaveState", host),
        detail::method<detail::Bound<&HostMethods::ServerPlayer_saveGlobalState>>("ServerPlayer_saveGlobalState", host),
        detail::method<detail::BoundLoad<&HostMethods::ServerPlayer_getGlobalSaveState, int, Text>>("ServerPlayer_getGlobalSaveState", host),
        detail::method<detail::Bound<&HostMethods::Room_delay>>("Room_delay", host),
        detail::method<detail::Bound<&HostMethods::Room_setRequestTimer>>("Room_setRequestTimer", host),
        detail::method<detail::Bound<&HostMethods::Room_destroyRequestTimer>>("Room_destroyRequestTimer", host),
        detail::method<detail::Bound<&HostMethods::Room_updatePlayerWinRate>>("Room_updatePlayerWinRate", host),
        detail::method<detail::Bound<&HostMethods::Room_updateGeneralWinRate>>("Room_updateGeneralWinRate", host),
        detail::method<detail::Bound<&HostMethods::Room_gameOver>>("Room_gameOver", host),
        detail::method<detail::Bound<&HostMethods::Room_increaseRefCount>>("Room_increaseRefCount", host),
        detail::method<detail::Bound<&HostMethods::Room_decreaseRefCount>>("Room_decreaseRefCount", host),
        detail::method<detail::Bound<&HostMethods::Room_getSessionId>>("Room_getSessionId", host),
        detail::method<detail::Bound<&HostMethods::Room_getSessionData>>("Room_getSessionData", host),
        detail::method<detail::Bound<&HostMethods::Room_setSessionData>>("Room_setSessionData", host),
        detail::method<detail::Bound<&HostMethods::Room_addNpc>>("Room_addNpc", host),
        detail::method<detail::Bound<&HostMethods::Room_removeNpc>>("Room_removeNpc", host),
        detail::method<detail::Bound<&HostMethods::Room_saveGlobalState>>("Room_saveGlobalState", host),
        detail::method<detail::BoundLoad<&HostMethods::Room_getGlobalSaveState, int, Text>>("Room_getGlobalSaveState", host),
        detail::method<detail::Bound<&HostMethods::Server_getTask>>("Server_getTask", host),
        detail::method<detail::Bound<&HostMethods::Task_getPlayer>>("Task_getPlayer", host),
        detail::method<detail::Bound<&HostMethods::Task_delay>>("Task_delay", host),
        detail::method<detail::Bound<&HostMethods::Task_saveGlobalState>>("Task_saveGlobalState", host),
        detail::method<detail::BoundLoad<&HostMethods::Task_getGlobalSaveState, int, Text>>("Task_getGlobalSaveState", host),
        detail::method<detail::Bound<&HostMethods::Task_savePlayerGlobalState>>("Task_savePlayerGlobalState", host),
        detail::method<detail::BoundLoad<&HostMethods::Task_getPlayerGlobalSaveState, int, Text>>("Task_getPlayerGlobalSaveState", host),
        detail::method<detail::Bound<&HostMethods::Task_decreaseRefCount>>("Task_decreaseRefCount", host),
    };
}

} // namespace fk::freekill
// clang-format on
