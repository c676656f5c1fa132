// SPDX-License-Identifier: MIT
// What is behind fk::AsioVm (asio.hpp). Calls, and handlers in the queue, may outlive that.
#pragma once

#include <fk/vm.hpp>

#if !defined(FK_ASIO_STANDALONE) && !__has_include(<boost/asio/any_io_executor.hpp>)
#define FK_ASIO_STANDALONE
#endif

#ifdef FK_ASIO_STANDALONE
#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#else
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#endif

#include <atomic>
#include <chrono>

namespace fk::detail {

#ifdef FK_ASIO_STANDALONE
namespace asio = ::asio;
using AsioError = std::error_code;
#else
namespace asio = ::boost::asio;
using AsioError = boost::system::error_code;
#endif

#if defined(BOOST_ASIO_HAS_POSIX_STREAM_DESCRIPTOR) || defined(ASIO_HAS_POSIX_STREAM_DESCRIPTOR)

// A descriptor that somebody else closes.
class Readable {
  public:
    explicit Readable(const asio::any_io_executor &executor) : descriptor_(executor) {}
    ~Readable() { release(); }

    // One that cannot be watched is left alone.
    void assign(int fd) {
        AsioError error;
        if (fd >= 0) descriptor_.assign(fd, error);
    }
    void release() {
        if (descriptor_.is_open()) descriptor_.release();
    }
    bool is_there() const { return descriptor_.is_open(); }
    template <class F>
    void async_wait(F handler) {
        descriptor_.async_wait(asio::posix::descriptor_base::wait_read, std::move(handler));
    }

  private:
    asio::posix::stream_descriptor descriptor_;
};

#else

struct Readable {
    explicit Readable(const asio::any_io_executor &) {}
    void assign(int) {}
    void release() {}
    bool is_there() const { return false; }
    template <class F>
    void async_wait(F) {}
};

#endif

class LoopVm : public std::enable_shared_from_this<LoopVm> {
  public:
    using Job = std::function<void()>;

    explicit LoopVm(const asio::any_io_executor &executor)
        : executor_(executor), readable_(executor), timer_(executor) {}

    Vm &vm() noexcept { return vm_; }
    bool is_alive() const noexcept { return vm_.is_open() && !told_; }
    const asio::any_io_executor &executor() const noexcept { return executor_; }
    std::function<void(const Error &)> on_death;

    template <class O>
    void open(const O &options) {
        const auto here = shared_from_this();
        if (close() == FK_BUSY)
            throw Error(FK_BUSY, "fk::AsioVm::open: the VM is in a call; post() what opens it anew",
                        true);
        opening_++;
        told_ = false;
        in_call([&] { vm_.open(options); });
        watch();
    }

    fk_status close() {
        if (depth_ > 0) return FK_BUSY;
        const auto here = shared_from_this();
        unwatch(); // before the VM closes its descriptor: the next file may get the same number
        const fk_status status = in_call([&] { return vm_.close(); });
        watch(); // if another thread's call kept it open
        return status;
    }

    // The owner is gone.
    void end() {
        ended_ = depth_ > 0;
        if (!ended_) close();
    }

    template <class F>
    std::invoke_result_t<F> in_call(F function) {
        const InCall here(shared_from_this());
        try {
            return function();
        } catch (const Error &error) {
            look_for_death(error);
            throw;
        }
    }

    void post(Job job) {
        asio::post(executor_, [weak = weak_from_this(), opening = opening_.load(),
                               job = std::move(job)]() mutable {
            if (const auto self = weak.lock()) self->run(opening, std::move(job));
        });
    }

  private:
    static constexpr std::chrono::milliseconds period{100}; // fk_vm_fd() asks for 50 to 200

    struct InCall {
        explicit InCall(std::shared_ptr<LoopVm> loop) : self(std::move(loop)) { self->depth_++; }
        ~InCall() {
            if (--self->depth_ == 0) self->left();
        }
        const std::shared_ptr<LoopVm> self;
    };

    void left() {
        for (Job &job : std::exchange(later_, {})) post(std::move(job));
        if (std::exchange(resting_, false)) wait_a_while();
        if (std::exchange(ended_, false)) close();
    }

    void run(uint64_t opening, Job job) {
        if (opening != opening_ || !vm_.is_open()) return;
        if (depth_ > 0) return later_.push_back(std::move(job)); // a host method runs the context
        job();
    }

    void look_for_death(const Error &error) {
        fk_stats stats = FK_STATS_INIT;
        if (told_ || fk_vm_stats(vm_.get(), &stats) != FK_OK || stats.alive) return;
        told_ = true;
        unwatch();
        post([this, error] {
            if (const auto callback = on_death) callback(error); // it may set another one
        });
    }

    void watch() {
        if (!vm_.is_open() || told_) return;
        readable_.assign(vm_.fd());
        wait_for_work();
    }

    void unwatch() {
        watch_++; // what is in the queue already is for nobody
        readable_.release();
        timer_.cancel();
        resting_ = false;
    }

    auto looking() {
        return [weak = weak_from_this(), watch = watch_](const AsioError &error) {
            if (error) return;
            if (const auto self = weak.lock()) self->look(watch);
        };
    }

    void wait_for_work() {
        if (!readable_.is_there()) return wait_a_while();
        readable_.async_wait(looking());
    }

    void wait_a_while() {
        timer_.expires_after(period);
        timer_.async_wait(looking());
    }

    // Until the next call. The loop has it to wait for.
    void rest() {
        resting_ = true;
        timer_.expires_at(asio::steady_timer::time_point::max());
        timer_.async_wait(looking());
    }

    void look(uint64_t watch) {
        if (watch != watch_) return;
        const bool done = depth_ == 0 && poll();
        if (watch != watch_) return;      // dead, or closed meanwhile
        if (!done) return wait_a_while(); // a call does the work; the descriptor stays ready
        is_tidy() ? rest() : wait_for_work();
    }

    bool is_tidy() const { return vm_.fd() < 0 && !vm_.stats().wants_poll; }

    bool poll() {
        try {
            in_call([this] { vm_.poll(); });
            return true;
        } catch (const Error &) {
            return false;
        }
    }

    const asio::any_io_executor executor_;
    Vm vm_;
    Readable readable_;
    asio::steady_timer timer_;
    std::vector<Job> later_;
    std::atomic<uint64_t> opening_{0};
    uint64_t watch_ = 0;
    int depth_ = 0; // of calls, and of opening and closing
    bool told_ = false, ended_ = false, resting_ = false;
};

} // namespace fk::detail
