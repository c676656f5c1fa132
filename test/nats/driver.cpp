// SPDX-License-Identifier: MIT
// A server for the tests of the backend nats. Each line of its standard input is an order for one
// VM: "VM WORD ARGUMENTS". A VM has a thread of its own and obeys in order; for each order there is
// one line of answer: "VM WORD STATUS ANSWER". It ends with its standard input.
#include <fk_foreign.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <poll.h>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

constexpr long progress = 20'000; // numbers between two lines "VM at NUMBER"

void say(const std::string &line) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::string whole = line;
    for (char &c : whole)
        if (c == '\n') c = ' ';
    whole += '\n';
    for (size_t at = 0; at < whole.size();) {
        const ssize_t n = ::write(1, whole.data() + at, whole.size() - at);
        if (n <= 0) std::_Exit(1);
        at += static_cast<size_t>(n);
    }
}

class DrivenVm {
  public:
    explicit DrivenVm(std::string name) : name_(std::move(name)) {
        thread_ = std::thread([this] { run(); });
    }
    ~DrivenVm() {
        order("end");
        thread_.join();
    }
    void order(const std::string &line) {
        const std::lock_guard lock(mutex_);
        orders_.push_back(line);
        more_.notify_one();
    }
    void interrupt() {
        const std::lock_guard lock(mutex_);
        if (vm_) fk_vm_interrupt(vm_);
    }

  private:
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            more_.wait(lock, [&] { return !orders_.empty(); });
            const std::string line = orders_.front();
            orders_.pop_front();
            lock.unlock();
            if (line == "end") return close();
            obey(line);
        }
    }

    void obey(const std::string &line) {
        std::istringstream words(line);
        std::string word, method, rest;
        words >> word;
        char *text = nullptr;
        fk_status status = FK_INVALID;
        if (word == "open") {
            std::getline(words, rest);
            fk_vm *vm = nullptr;
            status = fk_vm_open_json(rest.c_str(), host, output, this, &vm, &text);
            const std::lock_guard lock(mutex_);
            vm_ = vm;
        } else if (word == "call" || word == "notify") {
            words >> method;
            std::getline(words, rest);
            status = word == "call" ? fk_vm_call_json(vm_, method.c_str(), rest.c_str(), &text)
                                    : fk_vm_notify_json(vm_, method.c_str(), rest.c_str(), &text);
        } else if (word == "send") {
            long count = 0;
            words >> count;
            status = send(count, &text);
        } else if (word == "receive") {
            long count = 0;
            words >> count;
            status = receive(count, &text);
        } else if (word == "watch") {
            while ((status = poll_once(&text)) == FK_OK) {
            }
        } else if (word == "stats") {
            status = fk_vm_stats_json(vm_, &text);
        } else if (word == "close") {
            status = close_with(&text);
        }
        say(name_ + " " + word + " " + fk_status_name(status) + " " + (text ? text : ""));
        fk_text_free(text);
    }

    // Numbered notifications; what the VM says meanwhile is taken.
    fk_status send(long count, char **text) {
        fk_status status = FK_OK;
        const std::string padding(100, 'x');
        for (const long end = sent_ + count; sent_ < end && status == FK_OK;) {
            const std::string params = "[" + std::to_string(++sent_) + ",\"" + padding + "\"]";
            status = fk_vm_notify_json(vm_, "take", params.c_str(), text);
            if (sent_ % progress == 0) say(name_ + " sent " + std::to_string(sent_));
        }
        return status;
    }

    // Until so many numbers have come; says whether they came in order.
    fk_status receive(long count, char **text) {
        fk_status status = FK_OK;
        while (last_ < count && status == FK_OK) status = poll_once(text);
        if (status == FK_OK && wrong_) status = FK_PROTOCOL;
        return status;
    }

    fk_status poll_once(char **text) {
        pollfd ready{fk_vm_fd(vm_), POLLIN, 0};
        ::poll(&ready, 1, -1);
        return fk_vm_poll_json(vm_, text);
    }

    fk_status close_with(char **text) {
        fk_vm *vm;
        {
            const std::lock_guard lock(mutex_);
            vm = vm_;
            vm_ = nullptr;
        }
        const fk_status status = fk_vm_close_json(vm, text); // which takes what is said last
        last_ = sent_ = 0;
        wrong_ = false;
        return status;
    }
    void close() { close_with(nullptr); }

    static void output(void *, int, const char *, size_t) {} // answers stand on standard output

    static void host(void *user, fk_request *request, const char *method, const char *params,
                     size_t size) {
        DrivenVm &self = *static_cast<DrivenVm *>(user);
        if (std::strcmp(method, "number") == 0) return self.number(params);
        if (std::strcmp(method, "echo") == 0)
            fk_reply_json(request, std::string(params, size).c_str());
        else
            fk_fail(request, FK_CODE_METHOD_NOT_FOUND, "no such method");
    }

    void number(const char *params) {
        const long number = std::strtol(params + 1, nullptr, 10);
        if (number != last_ + 1 && !wrong_)
            wrong_ = true, say(name_ + " wrong " + std::to_string(last_) + " then " + params);
        last_ = number;
        if (last_ % progress == 0) say(name_ + " at " + std::to_string(last_));
    }

    const std::string name_;
    std::mutex mutex_; // of the next three
    std::condition_variable more_;
    std::deque<std::string> orders_;
    fk_vm *vm_ = nullptr;
    long last_ = 0, sent_ = 0;
    bool wrong_ = false;
    std::thread thread_;
};

} // namespace

int main() {
    std::map<std::string, std::unique_ptr<DrivenVm>> vms;
    say("driver ready OK");
    for (std::string line; std::getline(std::cin, line);) {
        const size_t space = line.find(' ');
        const std::string name = line.substr(0, space), order = line.substr(space + 1);
        auto &vm = vms[name];
        if (!vm) vm = std::make_unique<DrivenVm>(name);
        order == "interrupt" ? vm->interrupt() : vm->order(order);
    }
    vms.clear();
    return 0;
}
