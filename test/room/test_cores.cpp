// SPDX-License-Identifier: MIT
// share_core: where a room's thread and its VM's child may run, and what started later may.
#include "support.hpp"

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<bool> refuses_children = false;

} // namespace

// The library's calls come here, too.
extern "C" int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *cores) noexcept {
    if (pid == 0 || !refuses_children)
        return static_cast<int>(syscall(SYS_sched_setaffinity, pid, size, cores));
    errno = EPERM;
    return -1;
}

namespace {

cpu_set_t cores_of(int64_t pid) { // 0: the calling thread
    cpu_set_t cores;
    CPU_ZERO(&cores);
    assert_int_equal(sched_getaffinity(static_cast<pid_t>(pid), sizeof cores, &cores), 0);
    return cores;
}

void expect_equal(const cpu_set_t &one, const cpu_set_t &other) {
    assert_true(CPU_EQUAL(&one, &other));
}

struct Cores {
    cpu_set_t thread, child; // the child's of embedded: the thread's
};

// Of a thread that has opened its VM.
Cores look_at(RoomThread &thread) {
    Mailbox<cpu_set_t> cores;
    thread.call("RoomList", nullptr,
                [&](fk::Value, const std::string &) { cores.put(cores_of(0)); });
    const cpu_set_t own = cores.take("the thread's cores");
    const VmStats vm = thread.info().vm;
    const int64_t child = vm.numbers.pid;
    assert_int_equal(child != 0, vm.backend == "process");
    return {own, child ? cores_of(child) : own};
}

void thread_and_child_share_one_core(void **) {
    const cpu_set_t all = cores_of(0);
    House house;
    house.options.share_core = true;
    RoomThread thread(house.options);
    const Cores shared = look_at(thread);
    expect_equal(shared.thread, shared.child);
    if (thread.info().vm.numbers.pid)
        assert_int_equal(CPU_COUNT(&shared.child), 1);
    else
        expect_equal(shared.thread, all);
    expect_equal(cores_of(0), all);
}

void two_vms_take_two_cores(void **) {
    const cpu_set_t all = cores_of(0);
    if (CPU_COUNT(&all) < 2) skip(); // jumps over destructors
    House house;
    house.options.share_core = true;
    for (int i = 0; i < 5; i++) { // places are given back
        RoomThread one(house.options), two(house.options);
        const Cores first = look_at(one), second = look_at(two);
        if (!one.info().vm.numbers.pid) return;
        assert_false(CPU_EQUAL(&first.thread, &second.thread));
    }
}

void a_failure_is_a_warning(void **) {
    const cpu_set_t all = cores_of(0);
    House house;
    house.options.share_core = true;
    refuses_children = true;
    RoomThread thread(house.options);
    const Cores cores = look_at(thread);
    refuses_children = false;
    expect_equal(cores.thread, all);
    expect_equal(cores.child, all);
    const int64_t child = thread.info().vm.numbers.pid;
    if (!child) return assert_true(house.lines.empty());
    const LogLine line = house.expect_line("Operation not permitted");
    assert_int_equal(line.level, FK_LEVEL_WARNING);
    expect_part(line.text, "its child " + std::to_string(child) + " do not share a core");
}

// The second child is a copy of a template, which the second opening starts.
void others_keep_all_cores(void **) {
    const cpu_set_t all = cores_of(0);
    House sharing, house;
    sharing.options.share_core = true;
    RoomThread first(sharing.options);
    look_at(first);
    for (int i = 0; i < 2; i++) {
        RoomThread second(house.options);
        const Cores cores = look_at(second);
        expect_equal(cores.thread, all);
        expect_equal(cores.child, all);
    }
}

int threads_on_one_core() {
    int count = 0;
    for (const auto &thread : std::filesystem::directory_iterator("/proc/self/task")) {
        const cpu_set_t cores = cores_of(std::stoll(thread.path().filename().string()));
        count += CPU_COUNT(&cores) == 1;
    }
    return count;
}

// In a callback on a bound thread a server may open another one, as a pool does. Its storage has a
// thread, too.
void nothing_inherits_the_core(void **) {
    const cpu_set_t all = cores_of(0);
    House sharing, house;
    sharing.options.share_core = true;
    RoomThread first(sharing.options);
    const Cores before = look_at(first);
    Mailbox<std::shared_ptr<RoomThread>> opened;
    first.call("RoomList", nullptr, [&](fk::Value, const std::string &) {
        opened.put(std::make_shared<RoomThread>(house.options));
    });
    const auto second = opened.take("a second thread");
    const Cores cores = look_at(*second);
    expect_equal(cores.thread, all);
    expect_equal(cores.child, all);
    expect_equal(look_at(first).thread, before.thread);
    const int bound = first.info().vm.numbers.pid ? 1 : 0;
    if (CPU_COUNT(&all) > 1) assert_int_equal(threads_on_one_core(), bound);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(thread_and_child_share_one_core), cmocka_unit_test(two_vms_take_two_cores),
        cmocka_unit_test(a_failure_is_a_warning),          cmocka_unit_test(others_keep_all_cores),
        cmocka_unit_test(nothing_inherits_the_core),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
