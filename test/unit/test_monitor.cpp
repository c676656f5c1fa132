// SPDX-License-Identifier: MIT
// A status socket with a source of its own, as a program has it whose VMs are no fk_vm.
#include "base/fd.h"
#include "monitor/server.h"
#include "unit.h"

#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace fkvm;

namespace {

constexpr int patience_ms = 60000;

struct Children final : MonitorSource {
    uint64_t interrupted = 0;

    MonitorReport look() override {
        MonitorReport report{"worker", "1.2", {}, {{"SIGNAL", 2}}};
        MonitoredVm vm;
        vm.number = 7;
        vm.backend = "nats";
        vm.state = "dead";
        vm.label = "\"quoted\"\n\xff";
        vm.death = "SIGNAL";
        vm.why = "it crashed";
        vm.call_times = {{1024, 3}, {2048, 0}, {0, 1}};
        report.vms.push_back(vm);
        return report;
    }
    Outcome interrupt(uint64_t number) override {
        interrupted = number;
        return {true, "soon"};
    }
    Outcome close(uint64_t) override { return {false, "no such child"}; }
};

std::string new_path() {
    char folder[] = "/tmp/fkvm-unit-XXXXXX";
    assert_non_null(mkdtemp(folder));
    return std::string(folder) + "/s.sock";
}

// What is answered to all of request, so many lines of it.
std::string ask(const std::string &path, const std::string &request, int lines) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const Fd fd(socket(AF_UNIX, SOCK_STREAM, 0));
    assert_int_equal(
        connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
    assert_int_equal(send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL), request.size());
    std::string said;
    while (lines > 0) {
        pollfd ready{fd.get(), POLLIN, 0};
        assert_int_equal(poll(&ready, 1, patience_ms), 1);
        char byte;
        if (read(fd.get(), &byte, 1) != 1) break;
        said += byte;
        lines -= byte == '\n';
    }
    return said;
}

void a_source_is_told(void **) {
    Children children;
    MonitorServer server;
    const std::string path = new_path();
    assert_string_equal(server.open(path, children).c_str(), "");
    assert_string_equal(server.path().c_str(), path.c_str());
    const std::string list = ask(path, "{\"ask\":\"list\"}\n", 1);
    for (const char *part : {R"("program":"worker","version":"1.2")", R"("deaths":{"SIGNAL":2})",
                             R"("label":"\"quoted\"\n�")", R"("death":"SIGNAL","why":"it crashed")",
                             R"("call_times":[[1024,3],[null,1]])"})
        assert_non_null(std::strstr(list.c_str(), part));
    assert_null(std::strstr(list.c_str(), "pss")); // nobody asked, and it is dead
    const std::string both =
        ask(path, "{\"ask\":\"interrupt\",\"vm\":7}\n{\"ask\":\"close\",\"vm\":8}\n", 2);
    assert_string_equal(both.c_str(),
                        "{\"done\":true,\"note\":\"soon\"}\n{\"error\":\"no such child\"}\n");
    assert_int_equal(children.interrupted, 7);
    server.close();
    assert_int_equal(access(path.c_str(), F_OK), -1);
    assert_int_equal(rmdir(path.substr(0, path.rfind('/')).c_str()), 0);
}

// Another has taken its place: that one's file stays.
void it_removes_its_own_file(void **) {
    Children children;
    MonitorServer server, other;
    const std::string path = new_path();
    assert_string_equal(server.open(path, children).c_str(), "");
    assert_int_equal(unlink(path.c_str()), 0);
    assert_string_equal(other.open(path, children).c_str(), "");
    server.close();
    assert_int_equal(access(path.c_str(), F_OK), 0);
    other.close();
    assert_int_equal(access(path.c_str(), F_OK), -1);
    assert_int_equal(rmdir(path.substr(0, path.rfind('/')).c_str()), 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(a_source_is_told),
                                cmocka_unit_test(it_removes_its_own_file)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
