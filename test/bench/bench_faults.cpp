// SPDX-License-Identifier: MIT
// Rooms of computers in the middle of their games, and faults in some of them: how late are the
// others, who is told, what do VMs hold? One line of JSON. faults.py runs it and draws.
//
//     bench_faults SCRIPT DIRECTORY ROOMS ROOMS_PER_VM CALL_MS FAULTS GAME
//
// FAULTS: of loop, memory, output and kill, with commas between them; "" for none.
#include "freekill.h"

#include <fk/room/pool.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <sys/resource.h>
#include <thread>

using namespace fk::room;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds calm(8000), after(4000), between_probes(500);

double ms(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

// The person of a room: measures the way of a probe to the VM and back.
class Person : public Connection {
  public:
    void notify(std::string_view command, Bytes) override {
        notifies++;
        if (command != "Probe") return;
        const std::lock_guard lock(mutex_);
        if (!waits_) return;
        waits_ = false;
        slowest_ = std::max(slowest_, ms(Clock::now() - sent_));
        steps_++;
    }
    void request(const Request &) override {}
    void close(std::string_view) override {}
    void room_closed(int, Ending how, std::string_view reason) override {
        const std::lock_guard lock(mutex_);
        told_ = reason;
        lost_ = how == Ending::ServerError;
        ended = true;
    }

    // False: the last one is still on its way.
    bool send() {
        const std::lock_guard lock(mutex_);
        if (waits_) return false;
        sent_ = Clock::now();
        return waits_ = true;
    }
    // The slowest since the last time, one that is on its way included.
    double take_slowest() {
        const std::lock_guard lock(mutex_);
        if (waits_ && !ended) slowest_ = std::max(slowest_, ms(Clock::now() - sent_));
        return std::exchange(slowest_, 0);
    }
    int take_steps() { return steps_.exchange(0); }
    std::string told() {
        const std::lock_guard lock(mutex_);
        return lost_ ? told_ : "";
    }
    std::atomic<int> notifies = 0;
    std::atomic<bool> ended = false;

  private:
    std::mutex mutex_;
    bool waits_ = false, lost_ = false;
    double slowest_ = 0;
    std::atomic<int> steps_ = 0;
    Clock::time_point sent_;
    std::string told_;
};

struct Table {
    std::shared_ptr<Person> person = std::make_shared<Person>();
    int room = 0, conn = 0;
    std::string fault; // "": none
};

std::vector<std::string> split(const std::string &text) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
    return parts;
}

uint64_t own_bytes(int64_t pid) {
    std::FILE *file = std::fopen(("/proc/" + std::to_string(pid) + "/smaps_rollup").c_str(), "r");
    if (!file) return 0;
    char line[200];
    unsigned long long sum = 0, kb = 0;
    while (std::fgets(line, sizeof line, file))
        if (std::sscanf(line, "Private_Clean: %llu", &kb) == 1 ||
            std::sscanf(line, "Private_Dirty: %llu", &kb) == 1)
            sum += kb * 1024;
    std::fclose(file);
    return sum;
}

struct Arguments {
    std::string script, directory;
    int rooms, rooms_per_vm;
    uint32_t call_ms;
    std::vector<std::string> faults;
    bool freekill;
};

ThreadOptions options_of(const Arguments &arguments) {
    ThreadOptions options;
    options.vm.backend = "process";
    options.vm.script = arguments.script;
    options.vm.directory = arguments.directory;
    options.vm.call_timeout = arguments.call_ms;
    options.capacity = arguments.rooms;
    options.rooms_per_vm = arguments.rooms_per_vm;
    options.load_wait = arguments.freekill ? 5000 : 0;
    options.log = [](const LogRecord &record) {
        if (std::getenv("FK_BENCH_LOG") && record.level >= FK_LEVEL_WARNING)
            std::fprintf(stderr, "room %d: %.*s\n", record.room,
                         static_cast<int>(std::min<size_t>(record.text.size(), 500)),
                         record.text.data());
    };
    return options;
}

class Run {
  public:
    explicit Run(const Arguments &arguments)
        : arguments_(arguments), thread_(options_of(arguments)),
          tables_(static_cast<size_t>(arguments.rooms)) {}

    void open() {
        const auto began = Clock::now();
        for (Table &table : tables_) open(table);
        while (std::ranges::any_of(
            tables_, [](const Table &t) { return t.person->notifies < 10 && !t.person->ended; }))
            std::this_thread::sleep_for(milliseconds(20));
        opening_ = ms(Clock::now() - began);
        for (const RoomInfo &room : thread_.rooms())
            for (Table &table : tables_)
                if (table.room == room.id) table.conn = room.players[0].conn;
        for (size_t i = 0; i < arguments_.faults.size(); i++)
            tables_[i * tables_.size() / arguments_.faults.size()].fault = arguments_.faults[i];
    }

    void measure() {
        probe(calm);
        calm_ = take();
        held_ = memory();
        for (Table &table : tables_)
            if (!table.fault.empty()) do_fault(table);
        const auto end = Clock::now() + 3 * milliseconds(arguments_.call_ms) + 2 * after;
        do probe(milliseconds(500));
        while (Clock::now() < end && std::ranges::any_of(tables_, [](const Table &t) {
                   return !t.fault.empty() && !t.person->ended;
               }));
        probe(after);
        faulty_ = take();
    }

    void print() {
        std::string told;
        int lost = 0, guilty = 0;
        for (Table &table : tables_) {
            const std::string reason = table.person->told();
            if (reason.empty()) continue;
            lost++;
            guilty += !table.fault.empty();
            const std::string row = "{\"room\":" + std::to_string(table.room) + ",\"fault\":\"" +
                                    table.fault + "\",\"reason\":\"" + escaped(reason) + "\"}";
            if (!table.fault.empty()) told += (told.empty() ? "" : ",") + row;
        }
        std::printf("{\"rooms\":%d,\"rooms_per_vm\":%d,\"call_ms\":%u,\"opening_ms\":%.0f,"
                    "\"calm\":%s,\"faulty\":%s,\"lost\":%d,\"lost_guilty\":%d,"
                    "\"held\":{\"vms\":%zu,\"sum\":%llu,\"median\":%llu,\"most\":%llu},"
                    "\"told\":[%s]}\n",
                    arguments_.rooms, arguments_.rooms_per_vm, arguments_.call_ms, opening_,
                    calm_.c_str(), faulty_.c_str(), lost, guilty, held_.size(), sum(),
                    held_.empty() ? 0ull : held_[held_.size() / 2],
                    held_.empty() ? 0ull : held_.back(), told.c_str());
    }

  private:
    static std::string escaped(const std::string &text) {
        std::string out;
        for (const char c : text.substr(0, 300))
            out += c == '"' || c == '\\' ? '\'' : static_cast<unsigned char>(c) < 32 ? ' ' : c;
        return out;
    }

    void open(Table &table) {
        RoomSpec spec;
        spec.mode = arguments_.freekill ? "aaa_role_mode" : "tidefall";
        if (arguments_.freekill) spec.settings = cli::freekill_settings(spec.timeout);
        for (int seat = 1; seat <= (arguments_.freekill ? 5 : 3); seat++) {
            PlayerSpec player;
            player.id = seat == 1 || arguments_.freekill ? seat : -seat;
            player.name = "P" + std::to_string(seat);
            // Tidefall's computers need little; in freekill-core people think, until their time
            // is over: 200 rooms of its computers would be a test of the processor.
            player.state = arguments_.freekill ? PlayerState::Online : PlayerState::Trust;
            if (seat == 1)
                player.connection = table.person;
            else if (arguments_.freekill)
                player.connection = std::make_shared<Person>();
            spec.players.push_back(player);
        }
        const Added added = thread_.add_room(std::move(spec));
        if (!added) throw std::runtime_error(added.problem);
        table.room = added.id;
    }

    void ask(const Table &table, const std::string &fault) {
        thread_.push_request(table.room, 1,
                             "fault:" + fault + ":" + std::to_string(table.conn) + ":1");
    }

    void do_fault(const Table &table) {
        if (table.fault != "kill") return ask(table, table.fault);
        for (const VmInfo &vm : thread_.info().vms)
            if (std::ranges::count(vm.rooms, table.room))
                ::kill(static_cast<pid_t>(vm.vm.numbers.pid), SIGKILL);
    }

    // One after the other, evenly over the time between two probes of a room.
    void probe(milliseconds time) {
        const auto step = std::chrono::duration_cast<Clock::duration>(between_probes) /
                          static_cast<int64_t>(tables_.size());
        auto next = Clock::now();
        for (const auto end = next + time; next < end;) {
            for (const Table &table : tables_) {
                std::this_thread::sleep_until(next += step);
                if (table.fault.empty() && !table.person->ended && table.person->send())
                    ask(table, "probe");
            }
        }
    }

    // Of those without a fault.
    std::string take() {
        std::vector<double> slowest;
        int steps = 0;
        for (Table &table : tables_) {
            if (!table.fault.empty()) continue;
            slowest.push_back(table.person->take_slowest());
            steps += table.person->take_steps();
        }
        std::ranges::sort(slowest);
        char text[200];
        std::snprintf(text, sizeof text, "{\"steps\":%d,\"slowest_ms\":%.2f,\"median_ms\":%.2f}",
                      steps, slowest.back(), slowest[slowest.size() / 2]);
        return text;
    }

    std::vector<unsigned long long> memory() const {
        std::vector<unsigned long long> held;
        for (const VmInfo &vm : thread_.info().vms)
            if (!vm.rooms.empty()) held.push_back(own_bytes(vm.vm.numbers.pid));
        std::ranges::sort(held);
        return held;
    }
    unsigned long long sum() const {
        unsigned long long all = 0;
        for (const auto one : held_) all += one;
        return all;
    }

    const Arguments arguments_;
    RoomThread thread_;
    std::vector<Table> tables_;
    std::vector<unsigned long long> held_;
    double opening_ = 0;
    std::string calm_, faulty_;
};

} // namespace

int main(int argc, char **argv) try {
    if (argc < 8) {
        std::fprintf(stderr,
                     "usage: bench_faults SCRIPT DIRECTORY ROOMS ROOMS_PER_VM CALL_MS FAULTS GAME\n"
                     "GAME: tidefall or freekill. See faults.py\n");
        return 2;
    }
    rlimit limit{}; // a child takes seven descriptors
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    Run run({argv[1], argv[2], std::atoi(argv[3]), std::atoi(argv[4]),
             static_cast<uint32_t>(std::atoi(argv[5])), split(argv[6]),
             argv[7] == std::string("freekill")});
    run.open();
    run.measure();
    run.print();
    return 0;
} catch (const std::exception &problem) {
    std::fprintf(stderr, "bench_faults: %s\n", problem.what());
    return 1;
}
