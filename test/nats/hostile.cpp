// SPDX-License-Identifier: MIT
// A peer that lies: speaks NATS straight, without the rules of the backend nats.
// usage: hostile URL PREFIX WHAT ROUNDS
// WHAT: wishes (of a server of its own); or, about the VM that is heard next: noise, again, beats,
// answers, flood. Says "listens" when it does.
#include <nats/nats.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

namespace {

enum Kind : unsigned char {
    Bytes = 1,
    Words,
    CloseInput,
    Wanted,
    Scripts,
    Started,
    Ended,
    Open = 32,
    Taken,
    Refused,
    Again,
    Credit,
    Interrupt,
    Kill,
    Beat = 64
};
constexpr int wait_ms = 60'000;
constexpr uint32_t far = 0x7fffffff;

std::mt19937 chance(1); // the same in each run

natsConnection *connection;
std::string prefix;

void check(natsStatus status, const char *what) {
    if (status == NATS_OK) return;
    std::fprintf(stderr, "hostile: %s: %s\n", what, natsStatus_GetText(status));
    std::exit(1);
}

std::string u32(uint32_t value) {
    std::string text;
    for (int i = 0; i < 4; i++) text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string frame(int kind, uint32_t number, uint32_t taken, const std::string &bytes = {},
                  int version = 1) {
    std::string text{static_cast<char>(kind), static_cast<char>(version), 0, 0};
    return text + u32(number) + u32(taken) + bytes;
}

std::string entry(uint32_t vm, uint32_t sent, uint32_t taken) {
    return u32(vm) + u32(sent) + u32(taken) + u32(far);
}

void publish(const std::string &subject, const std::string &bytes) {
    check(natsConnection_Publish(connection, subject.c_str(), bytes.data(),
                                 static_cast<int>(bytes.size())),
          "publish");
}

void settle() { check(natsConnection_Flush(connection), "flush"); }

std::string noise(size_t size) {
    std::string bytes(size, 0);
    for (char &c : bytes) c = static_cast<char>(chance());
    return bytes;
}

class Ear {
  public:
    explicit Ear(const std::string &subject) {
        check(natsConnection_SubscribeSync(&subscription_, connection, subject.c_str()),
              "subscribe");
        natsSubscription_SetPendingLimits(subscription_, -1, -1);
        settle();
    }
    ~Ear() { natsSubscription_Destroy(subscription_); }
    struct Heard {
        std::string subject, reply, bytes;
        int kind() const { return bytes.size() < 12 ? -1 : static_cast<unsigned char>(bytes[0]); }
    };
    Heard next() {
        natsMsg *message = nullptr;
        check(natsSubscription_NextMsg(&message, subscription_, wait_ms), "no answer");
        const char *reply = natsMsg_GetReply(message);
        Heard heard{natsMsg_GetSubject(message), reply ? reply : "",
                    std::string(natsMsg_GetData(message),
                                static_cast<size_t>(natsMsg_GetDataLength(message)))};
        natsMsg_Destroy(message);
        return heard;
    }
    Heard next(int kind) {
        for (;;)
            if (Heard heard = next(); heard.kind() == kind) return heard;
    }

  private:
    natsSubscription *subscription_ = nullptr;
};

std::string field(const std::string &json, const std::string &name) {
    const size_t at = json.find("\"" + name + "\":\"");
    if (at == json.npos) return {};
    const size_t begin = at + name.size() + 4;
    return json.substr(begin, json.find('"', begin) - begin);
}

// ---- to a worker, as a server -------------------------------------------------------------------

const std::string me = "0123456789abcdef";

// Of several members with a name the first counts.
std::string wish(uint32_t vm, const std::string &first = {}) {
    return "{" + first + R"("server":")" + me + R"(","vm":)" + std::to_string(vm) +
           R"(,"scripts":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")" +
           R"(,"script":"x.lua","open_timeout":1000,"sandbox":0})";
}

void ask(uint32_t vm, const std::string &bytes) {
    const std::string reply = prefix + ".server." + me + "." + std::to_string(vm);
    check(natsConnection_PublishRequest(connection, (prefix + ".open").c_str(), reply.c_str(),
                                        bytes.data(), static_cast<int>(bytes.size())),
          "ask");
}

void absurd_wishes(Ear &ear) {
    uint32_t vm = 1000;
    for (const char *text :
         {"", "{", "[]", "null", "{}", R"({"server":7})", R"({"server":"../../../../x","vm":1})",
          R"({"server":"0123456789abcdef","vm":0})", R"({"server":"0123456789abcdef","vm":-1})",
          R"({"server":"0123456789abcdef","vm":1e300})"})
        ask(vm++, frame(Open, 0, 0, text));
    for (const char *more :
         {R"("open_timeout":4294967295,"memory_limit":18446744073709551615,)",
          R"("open_timeout":-5,"call_timeout":99999999999999,"max_message":0,"max_values":0,)",
          R"("sandbox":77,"flags":4294967295,)", R"("scripts":"zz","beside":"zz",)",
          R"("environment":["LD_PRELOAD=/x","=","","a"],"preload":["=","x","fk.json="],)",
          R"("globals":"{\"x\":",)", R"("server":[],)", R"("vm":"1",)"})
        ask(vm, frame(Open, 0, 0, wish(vm, more))), vm++;
    settle();
    for (const char *more : {R"("script":"../../../../etc/passwd",)",
                             R"("script":"a/../../x.lua",)", R"("script":"/etc/passwd",)",
                             R"("script":"..",)", R"("command":["/bin/sh","-c","exit"],)"}) {
        const uint32_t refused = ++vm;
        ask(refused, frame(Open, 0, 0, wish(refused, more)));
        while (!ear.next(Refused).subject.ends_with("." + std::to_string(refused))) {
        }
    }
    ask(vm++, frame(Open, 0, 0, std::string(900'000, '[')));
    ask(vm, frame(Open, 0, 0, wish(vm), 2)); // of another version
    ask(vm, frame(Beat, 0, 0, wish(vm)));
    ask(vm++, noise(500));
    settle();
}

// A VM whose scripts never come; then they lie.
void lies_about_scripts(Ear &ear, uint32_t vm, const std::string &lie) {
    ask(vm, frame(Open, 0, 0, wish(vm)));
    const std::string worker = field(ear.next(Taken).bytes, "worker");
    const std::string subject = prefix + ".worker." + worker + "." + me + "." + std::to_string(vm);
    ear.next(Wanted);
    publish(subject, frame(Scripts, 1, 1, lie));
    ear.next(Ended);
    publish(subject, frame(Credit, 0, 2)); // heard
}

void manifests_that_lie(Ear &ear) {
    uint32_t vm = 2000;
    const std::string size = u32(40);
    for (const std::string &lie :
         {std::string(), std::string("M"), "M" + u32(0xffffffff) + "x", "M" + u32(0) + "x",
          "M" + size + std::string(40, 'x'), "M" + u32(5) + std::string(50'000, '\n'),
          std::string("F"), std::string("Xno"), std::string("?"), "M" + size + "{}" + noise(38),
          "M" + u32(60) + std::string("fkvm\n../../../../tmp/x 644 0011\n") + noise(30)})
        lies_about_scripts(ear, vm++, lie);
}

// ---- between the two, about a VM that is neither's ----------------------------------------------

struct Spied {
    std::string to_worker, to_server, server_beat, worker_beat;
    uint32_t vm = 0;
};

// Of the VM that speaks next. Its subjects: PREFIX.worker.WORKER.SERVER.VM and PREFIX.server.SERVER.VM
Spied spy(Ear &ear, uint32_t *to_worker, uint32_t *to_server) {
    Spied spied;
    for (;;) {
        const Ear::Heard heard = ear.next();
        if (heard.kind() < 0 || heard.kind() >= Open) continue;
        const auto number = [&] {
            uint32_t value = 0;
            for (int i = 3; i >= 0; i--)
                value = value << 8 |
                        static_cast<unsigned char>(heard.bytes[4 + static_cast<size_t>(i)]);
            return value;
        };
        const bool goes_to_worker = heard.subject.starts_with(prefix + ".worker.");
        if (goes_to_worker) {
            spied.to_worker = heard.subject;
            *to_worker = number();
        } else if (!spied.to_worker.empty()) {
            const size_t at = prefix.size() + 8;
            const std::string worker = spied.to_worker.substr(at, 16);
            const std::string server = spied.to_worker.substr(at + 17, 16);
            const std::string vm = spied.to_worker.substr(at + 34);
            spied.to_server = prefix + ".server." + server + "." + vm;
            if (heard.subject != spied.to_server) continue;
            *to_server = number();
            spied.vm = static_cast<uint32_t>(std::stoul(vm));
            spied.server_beat = prefix + ".worker." + worker + "." + server + ".beat";
            spied.worker_beat = prefix + ".server." + server + ".beat." + worker;
            return spied;
        }
    }
}

// Nothing that a VM would have to die of.
void noise_to(const Spied &spied, int rounds) {
    const uint32_t numbers[] = {0, far, far + 1, 0xffff'0000, 100'000};
    for (int i = 0; i < rounds; i++)
        for (const std::string &to : {spied.to_worker, spied.to_server}) {
            publish(to, noise(chance() % 12));
            publish(to, frame(Bytes, numbers[chance() % 5], 0, noise(chance() % 200)));
            publish(to, frame(static_cast<int>(chance() % 256), chance(), chance(), noise(50),
                              static_cast<int>(chance() % 254) + 2)); // of no version there is
            publish(to, frame(200 + static_cast<int>(chance() % 50), chance(), 0, noise(50)));
            publish(to + ".x", frame(Kill, 0, 0));
            publish(to.substr(0, to.rfind('.')) + ".4294967295", frame(Kill, 0, 0));
            publish(to.substr(0, to.rfind('.')) + ".-7", frame(Kill, 0, 0));
        }
    settle();
}

void many_again(const Spied &spied, int rounds) {
    for (int i = 0; i < rounds * 200; i++) publish(spied.to_worker, frame(Again, chance() % 50, 0));
    for (int i = 0; i < rounds * 200; i++) publish(spied.to_server, frame(Again, far, 0));
    settle();
}

void absurd_beats(const Spied &spied, int rounds) {
    for (int i = 0; i < rounds; i++) {
        std::string entries = entry(spied.vm, i % 2 ? far : 0, i % 3 ? far : 1);
        for (uint32_t k = 0; k < 5000; k++) entries += entry(chance(), chance(), chance());
        for (const std::string &to : {spied.server_beat, spied.worker_beat}) {
            publish(to, frame(Beat, 0, 0, entries + noise(chance() % 16)));
            publish(to, noise(chance() % 14));
        }
        publish(spied.worker_beat.substr(0, spied.worker_beat.size() - 3) + "..x",
                frame(Beat, 0, 0));
    }
    settle();
}

// Workers that nobody asked, with names that would be other subjects.
void false_answers(const Spied &spied, int rounds) {
    for (int i = 0; i < rounds * 50; i++) {
        char name[17];
        std::snprintf(name, sizeof name, "%08x%08x", static_cast<unsigned>(chance()),
                      static_cast<unsigned>(chance()));
        const char *names[] = {name, "", ">", "a b", "x\\r\\nPUB a 1\\r\\nx"};
        publish(spied.to_server,
                frame(Taken, 0, 0, std::string(R"({"worker":")") + names[i % 5] + R"("})"));
        publish(spied.to_server, frame(Refused, 0, 0, noise(20)));
    }
    settle();
}

// Well numbered, and more than there is room for.
void floods(const Spied &spied, uint32_t to_worker, uint32_t to_server) {
    for (uint32_t i = 1; i <= 400; i++) {
        publish(spied.to_server, frame(Words, to_server + i, 0, std::string(60'000, 'w')));
        publish(spied.to_worker, frame(Scripts, to_worker + i, 0, std::string(60'000, 's')));
    }
    settle();
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 5) return std::fputs("usage: hostile URL PREFIX WHAT ROUNDS\n", stderr), 2;
    prefix = argv[2];
    const std::string what = argv[3];
    const int rounds = std::atoi(argv[4]);
    check(natsConnection_ConnectTo(&connection, argv[1]), "connect");
    if (what == "wishes") {
        Ear ear(prefix + ".server." + me + ".>");
        absurd_wishes(ear);
        manifests_that_lie(ear);
    } else {
        Ear ear(prefix + ".>");
        std::puts("listens");
        std::fflush(stdout);
        uint32_t to_worker = 0, to_server = 0;
        const Spied spied = spy(ear, &to_worker, &to_server);
        if (what == "noise") noise_to(spied, rounds);
        if (what == "again") many_again(spied, rounds);
        if (what == "beats") absurd_beats(spied, rounds);
        if (what == "answers") false_answers(spied, rounds);
        if (what == "flood") floods(spied, to_worker, to_server);
    }
    natsConnection_Destroy(connection);
    return 0;
}
