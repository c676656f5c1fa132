// SPDX-License-Identifier: MIT
// fk::room::RoomThread - a thread with an event loop, its VM or VMs, and the rooms that play there.
#pragma once

#include <fk/room/budget.hpp>
#include <fk/room/connection.hpp>
#include <fk/room/quotas.hpp>
#include <fk/room/storage.hpp>

#include <fk/vm.hpp>

namespace fk::room {

struct ThreadOptions {
    // Script and directory above all. backend "" leaves it to FK_VM_BACKEND; output goes to log.
    // host_timeout has a default here: 5000 ms, and four times load_wait.
    fk::Options vm;
    int capacity = 200; // rooms and tasks
    // None: saves and results are kept in memory, as long as the thread.
    std::shared_ptr<Storage> storage;
    Log log; // none: standard error
    Quotas quotas;
    // How long a script that loads a save waits for the text, and the thread with it; what comes
    // later is an error. 0: it gets true at once, and the text by ResumeRoom. freekill-core
    // understands the text, but true only from 2026 on.
    int load_wait = 0; // ms
    // On the room's thread, after the last Connection::room_closed; must not block.
    std::function<void(const RoomEnd &)> room_ended;
    // The same before the ends of its rooms, for a VM that dies after it has opened.
    std::function<void(const VmDeath &)> vm_died;
    // Adds host methods of the server's own before the VM opens.
    std::function<void(fk::Vm &)> bind;
    // Of the script: what call() may call.
    std::vector<std::string> functions = {"RoomList", "RoomInfo", "MemoryUsage", "ping"};
    // Factor of delays, and of request timers while nobody is Online; 0 ends them at once.
    double delay_scale = 1;
    int idle_limit = 1800; // seconds without any call after which a room is closed; 0: none
    // Calls of ResumeRoom after which a room is closed, within a second: computers alone may play
    // on for ever. 0: none.
    uint64_t resume_limit = 0;
    // Binds the thread and its VM's child to one core, the one with the fewest such threads. For a
    // machine that wakes a sleeping core slowly, above all a virtual one; other programs may use
    // the core, too. A failure is a warning in the log. Threads and VMs that the server's own code
    // starts in callbacks inherit the core. Does nothing without a child, and where there is no
    // Linux.
    bool share_core = false;

    // Rooms and tasks that one VM gets, in all. 0: one VM for all of the thread. 1: each has a VM
    // of its own, so that a script's fault costs one room; docs/room.md says what rooms do not
    // share then. VMs open and close on threads of their own. With children no room waits for
    // another one's script. What follows is for that alone.
    int rooms_per_vm = 0;
    int spares = 2; // VMs that are open ahead, for the next rooms
    // Of all VMs that share it. None: no limit.
    std::shared_ptr<MemoryBudget> budget;
    // Where the budget has no place for another VM: how long a room waits for one, and how many
    // do. Others are refused. 0: none waits.
    int room_wait = 10'000; // ms
    int waiting_rooms = 20;
};

// The default of vm.memory_limit where rooms_per_vm is not 0.
constexpr uint64_t memory_of_one = 256 << 20;

// The outcome of add_room() and start_task().
struct Added {
    int id = 0;          // 0: it did not happen, and
    std::string problem; // this sentence says why
    explicit operator bool() const { return id != 0; }
};

// Called with "", or with a sentence that says why it did not happen, on the room's thread, or on
// the caller's if that has ended. May be empty.
using Done = std::function<void(const std::string &problem)>;

// Threads: every function may be called from any thread, callbacks of the library included, and
// returns at once; only the destructor and wait() block. What is asked for happens on the room's
// thread in the order of the calls. People are named by their id, which must be that of a player
// or an observer of the room.
class FK_API RoomThread {
  public:
    // Starts the thread, which opens the VM; rooms may be added at once. `changed` is called on it
    // at every change of state(), last with Closed or Dead: then all rooms have been closed, the VM
    // is gone and nothing else is called any more.
    explicit RoomThread(ThreadOptions options, std::function<void(ThreadState)> changed = {});
    ~RoomThread(); // close(), wait(). On its own thread it does not wait

    RoomThread(const RoomThread &) = delete;
    RoomThread &operator=(const RoomThread &) = delete;

    int id() const; // unique in this process, from 1
    ThreadState state() const;
    std::optional<fk::Error> error() const; // why it is Dead
    int load() const;                       // rooms and tasks
    bool is_full() const;

    void drain();                          // Draining; closed when empty
    void close(const std::string &reason); // closes all rooms, then the VM
    // Ends the VM as if it had died, in the middle of a call too: embedded, that needs an
    // interrupt_signal in the options.
    void kill(const std::string &reason);
    // The same for the VM of one room or task, and the rooms that share it.
    void kill_vm_of(int id, const std::string &reason, Done done = {});
    // The same for one of ThreadInfo::vms. False: there is no such VM.
    bool kill_vm(int vm, const std::string &reason);
    // Ends what the VM's script does now, as fk_vm_interrupt() does; the VM and its rooms go on as
    // after any failure of a script. False: there is no such VM, or it cannot be interrupted.
    bool interrupt_vm(int vm);
    void wait(); // until Closed or Dead

    // ---- rooms ---------------------------------------------------------------------------------

    // A game begins: the script gets HandleRequest("-1,ROOM,newroom").
    Added add_room(RoomSpec spec);
    // Ends it. The script hears that all people ran away, and gets ResumeRoom(room, "abandon").
    void close_room(int room, const std::string &reason, Done done = {});
    bool has(int id) const; // a room or task that has been added and has not ended

    // HandleRequest("ROOM,PLAYER,REQUEST") with request "COMMAND[,DATA...]", e.g. "surrender".
    void push_request(int room, int player, std::string request, Done done = {});
    // ResumeRoom(room, reason). For a task its id.
    void wake_up(int room, std::string reason, Done done = {});

    // ---- people --------------------------------------------------------------------------------

    // The answer to Request::id; late, second and wrong ones are dropped. Wakes the room.
    void reply(int room, int player, int64_t request, std::string payload);

    // Tells the script, and wakes the room if it waits for this player. Offline, Run and Leave drop
    // the connection; when the last person has run away the room gets "abandon". Trust and back to
    // Online need a connection.
    void set_player_state(int room, int player, PlayerState state, Done done = {});
    // What else the script learns of a room while it runs, before the room is resumed next.
    void set_owner(int room, int player, Done done = {});
    void set_game_time(int room, int player, int seconds, Done done = {});
    // A new connection for a player: Online, and the script gets the request "reconnect", which
    // sends all that the client must know.
    void reconnect(int room, int player, std::shared_ptr<Connection> connection, Done done = {});

    // The script gets AddObserver and the request "observe"; at the end the request "leave" and
    // RemoveObserver.
    void add_observer(int room, PlayerSpec observer, Done done = {});
    void remove_observer(int room, int observer, Done done = {});

    // ---- tasks ---------------------------------------------------------------------------------

    Added start_task(TaskSpec spec);
    void abort_task(int task); // ResumeRoom(task, "abort"), and it is gone

    // ---- looking -------------------------------------------------------------------------------

    ThreadInfo info() const;
    std::vector<RoomInfo> rooms() const;
    // Calls a function of ThreadOptions::functions, never anything else, with an array of params or
    // none. Of several VMs it is that of the room whose id is the first of params. `answer` runs on
    // the thread: result is null if problem is not "".
    void call(std::string function, fk::Value params,
              std::function<void(fk::Value result, const std::string &problem)> answer);

  private:
    std::shared_ptr<class Fleet> fleet_;
};

} // namespace fk::room
