// SPDX-License-Identifier: MIT
// Calls into FreeKill's scripts that may be made at any time, and what a room that fails costs: that
// room.
#pragma once

#include <fk/freekill/failure.hpp>
#include <fk/freekill/methods.hpp>
#include <fk/vm.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>

namespace fk::freekill {

// What a server implements, once for each VM.
class ServerBase : public HostMethods {
  public:
    // ResumeRoom said that the room, or the task, is over.
    virtual void room_over(int id) { ignore(id); }

    // A call into the room failed or met a limit, and the VM lives. The script has ended the room,
    // by Room_gameOver and Room_decreaseRefCount as any other; it will not be heard of again. Its
    // players should read failure.text(). Of a call to the lobby alone, or of a room that never
    // began, the script has ended nothing.
    virtual void room_failed(int id, const RoomFailure &failure) = 0;
};

// Runs work later on the VM's thread, never inside the call that posts it.
using Post = std::function<void(std::function<void()> work)>;
template <class V>
concept Posting = requires(V &vm, std::function<void()> work) {
    vm.post(work);
};

namespace detail {

// The way to a Scheduler for those who may outlive it.
class Gate {
  public:
    explicit Gate(Post post) : post_(std::move(post)) {}
    void post(std::function<void()> work) {
        const std::lock_guard lock(mutex_);
        if (post_) post_(std::move(work));
    }
    void close() {
        const std::lock_guard lock(mutex_);
        post_ = nullptr;
    }
    bool is_open() const {
        const std::lock_guard lock(mutex_);
        return post_ != nullptr;
    }

  private:
    mutable std::mutex mutex_;
    Post post_;
};

} // namespace detail

// The scripts of one RoomThread, in a fk::AsioVm, or in a fk::Vm. All functions are for the VM's
// thread. Where the VM cannot be called, since a host method of it runs, the call is posted and made
// later; else it is made at once. What fails is told to the server, as the failure of that room.
// That the VM died is told by whoever watches it; calls do nothing from then on.
template <class V>
class Scheduler {
  public:
    // Both must outlive the Scheduler.
    Scheduler(V &vm, ServerBase &server) requires Posting<V>
        : Scheduler(vm, server, [&vm](std::function<void()> work) { vm.post(std::move(work)); }) {}
    Scheduler(V &vm, ServerBase &server, Post post)
        : vm_(vm), server_(server), gate_(std::make_shared<detail::Gate>(std::move(post))) {
        server_.resuming_ = [this] { return resuming(); };
    }
    ~Scheduler() {
        server_.resuming_ = nullptr;
        gate_->close();
    }
    Scheduler(const Scheduler &) = delete;
    Scheduler &operator=(const Scheduler &) = delete;

    // What the VM must be opened with: `options`, and the server's host methods.
    Options options(Options options) const {
        for (const fk_method &method : methods(server_)) options.methods.push_back(method);
        return options;
    }

    // A player's message, "ROOM,PLAYER,COMMAND[,DATA...]". "-1,7,newroom" starts room 7.
    void handle_request(std::string request) {
        const int room = room_of(request);
        run(room, [this, request = std::move(request)] {
            vm_.template call<void>("HandleRequest", request);
        });
    }

    // Goes on with a room or a task. Reasons: docs/freekill.md.
    void resume_room(int id, std::string reason) {
        run(id, [this, id, reason = std::move(reason)] {
            if (vm_.template call<std::optional<bool>>("ResumeRoom", id, reason).value_or(false))
                server_.room_over(id);
        });
    }

    // What the server changed, before it wakes the room. Objects may be CBOR, as in answers.
    void set_player_state(int room, int player, PlayerState state) {
        update(room, "SetPlayerState", room, player, static_cast<int>(state));
    }
    void add_observer(int room, Answer<PlayerData> observer) {
        update(room, "AddObserver", room, std::move(observer));
    }
    void remove_observer(int room, int player) { update(room, "RemoveObserver", room, player); }
    void update_room(int room, RoomChanges changes) {
        update(room, "UpdateRoom", room, std::move(changes));
    }
    void update_player(int room, int player, PlayerChanges changes) {
        update(room, "UpdatePlayer", room, player, std::move(changes));
    }

  private:
    template <class... A>
    void update(int room, const char *method, A... params) {
        run(room, [this, method, ... params = std::move(params)] {
            vm_.template call<void>(method, params...);
        });
    }

    template <class F>
    void run(int room, F call) {
        if (server_.is_asked()) return run_later(room, std::move(call));
        if (!vm_.is_open()) return;
        room_ = room;
        try {
            call();
        } catch (const Error &error) {
            if (error.status() == FK_BUSY) return run_later(room, std::move(call));
            if (error.vm_alive()) end(room, error);
        }
    }

    template <class F>
    void run_later(int room, F call) {
        gate_->post([this, gate = gate_, room, call = std::move(call)] {
            if (gate->is_open()) run(room, call);
        });
    }

    // For a save that the room which runs now has asked for. It may be called from any thread, and
    // when the Scheduler is gone.
    Load::Resume resuming() {
        return [this, gate = gate_, room = room_](std::string text) {
            gate->post([this, gate, room, text = std::move(text)] {
                if (gate->is_open()) resume_room(room, text);
            });
        };
    }

    // The room still stands in the script, which is to end it.
    void end(int room, const Error &error) {
        if (room == lobby) return server_.room_failed(room, RoomFailure(error));
        try {
            vm_.template call<void>("AbandonRoom", room);
        } catch (const Error &) { // the first one says why
        }
        server_.room_failed(room, RoomFailure(error));
    }

    static constexpr int lobby = -1;

    // The lobby's messages about a new room or task name it in the second place.
    static int room_of(std::string_view request) {
        const auto word = [&request] {
            const std::string_view first = request.substr(0, request.find(','));
            request.remove_prefix(std::min(first.size() + 1, request.size()));
            return first;
        };
        const int room = number(word()), other = number(word());
        return room == lobby && word().starts_with("new") ? other : room;
    }
    static int number(std::string_view text) {
        int n = lobby;
        std::from_chars(text.data(), text.data() + text.size(), n);
        return n;
    }

    V &vm_;
    ServerBase &server_;
    const std::shared_ptr<detail::Gate> gate_;
    int room_ = lobby; // the latest that was called
};

} // namespace fk::freekill
