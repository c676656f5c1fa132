// SPDX-License-Identifier: MIT
// The event loop over Boost.Asio. One job at a time, so that due jobs and posted ones take turns.
#include "loop.h"

#include "core.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <pthread.h>

namespace fk::room {

namespace asio = boost::asio;

struct Loop::Asio {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::steady_timer timer{context};
};

Loop::Loop(Hooks hooks) : hooks_(std::move(hooks)), asio_(std::make_unique<Asio>()) {}

Loop::~Loop() {
    if (!thread_.joinable()) return;
    if (is_here())
        thread_.detach();
    else
        thread_.join();
}

void Loop::start(const std::string &name, Job first, Job last) {
    const AllCores for_the_new_thread;
    thread_ = std::thread([this, name, first = std::move(first), last = std::move(last)] {
        id_ = std::this_thread::get_id();
#ifdef __linux__
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
#endif
        run(first);
        run_jobs();
        last();
    });
}

void Loop::run_jobs() {
    constexpr int many = 100; // ready jobs, before the idle one has its turn all the same
    asio::io_context &context = asio_->context;
    while (!context.stopped()) {
        if (!idle_) {
            context.run_one();
            continue;
        }
        for (int n = 0; n < many && context.poll_one(); n++) {
        }
        if (const Job job = std::exchange(idle_, {})) run(job);
    }
}

void Loop::end() {
    {
        const std::lock_guard lock(mutex_);
        accepting_ = false;
    }
    agenda_.clear();
    idle_ = {};
    asio_->timer.cancel();
    asio_->work.reset();
}

void Loop::join() {
    if (!is_here() && thread_.joinable()) thread_.join();
}

bool Loop::post(Job job) {
    const std::lock_guard lock(mutex_);
    if (!accepting_) return false;
    asio::post(asio_->context, [this, job = std::move(job)] { run(job); });
    return true;
}

void Loop::attempt(const Job &job) {
    try {
        job();
    } catch (const std::exception &problem) {
        hooks_.failed(problem.what());
    }
}

void Loop::run(const Job &job) {
    attempt(job);
    attempt(hooks_.after_each);
    arm();
}

void Loop::arm() {
    const auto next = agenda_.next();
    if (!next || due_posted_ || armed_for_ == next) return;
    if (*next <= Clock::now()) {
        due_posted_ = true;
        asio::post(asio_->context, [this] {
            due_posted_ = false;
            run_due();
        });
        return;
    }
    armed_for_ = next;
    asio_->timer.expires_at(*next);
    asio_->timer.async_wait([this](const boost::system::error_code &error) {
        if (error) return; // armed anew, or the end
        armed_for_.reset();
        run_due();
    });
}

void Loop::run_due() {
    if (const auto job = agenda_.take(Clock::now()))
        run(*job);
    else
        arm();
}

// What has been posted may outlive who watched.
struct Loop::Watched::State {
    State(Loop &its_loop, int fd, Job job)
        : loop(its_loop), readable(std::move(job)), descriptor(loop.asio_->context, fd) {}
    Loop &loop;
    const Job readable;
    asio::posix::stream_descriptor descriptor;
};

Loop::Watched::Watched(Loop &loop, int fd, Job readable)
    : state_(std::make_shared<State>(loop, fd, std::move(readable))) {
    wait(state_);
}

Loop::Watched::~Watched() { state_->descriptor.release(); }

void Loop::Watched::wait(const std::shared_ptr<State> &state) {
    state->descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                                 [state](const boost::system::error_code &error) {
                                     if (error || !state->descriptor.is_open()) return;
                                     state->loop.run(state->readable);
                                     if (state->descriptor.is_open()) wait(state);
                                 });
}

std::unique_ptr<Loop::Watched> Loop::watch(int fd, Job readable) {
    if (fd < 0) return nullptr;
    return std::make_unique<Watched>(*this, fd, std::move(readable));
}

} // namespace fk::room
