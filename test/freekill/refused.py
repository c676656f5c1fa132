#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server in C++ whose host methods are not FreeKill's does not compile (fk/freekill/methods.hpp), and one
whose are does.

usage: refused.py SOURCE_DIR COMPILER...
"""
import pathlib
import subprocess
import sys

NEEDED = """
    Answer<RoomData> RoomThread_getRoom(int) override { return RoomData{}; }
    void ServerPlayer_doNotify(int, Text, Text) override {}
    void ServerPlayer_doRequest(int, Text, Text, double, std::optional<double>) override {}
    std::string ServerPlayer_waitForReply(int, std::optional<double>) override { return ""; }
    void Room_setRequestTimer(int, double) override {}
    void Room_gameOver(int) override {}
    void Room_decreaseRefCount(int) override {}
"""
DELAY = "void Room_delay(int, double) override {}"
GOOD = (DELAY, DELAY + " Answer<RoomData> also() { return Cbor{\"\"}; }", DELAY + " int Room_getSessionId(int) override { return 1; }",
        DELAY + " void ServerPlayer_getSaveState(int, Load load) override { load(\"{}\"); }")
BAD = (("", "Room_delay"),  # needed
       ("void Room_delays(int, double) override {}", "override"),
       ("int Room_delay(int, double) override { return 0; }", "Room_delay"),  # a notification is not answered
       (DELAY + " void Room_getSessionId(int) override {}", "Room_getSessionId"),  # a request is
       (DELAY + " void ServerPlayer_getSaveState(int) override {}", "override"),
       ("void Room_delay(int, Text) override {}", "override"),
       ("void Room_delay(int) override {}", "override"),
       (DELAY + " Answer<PlayerData> RoomThread_getRoom(int, int) override { return {}; }", "override"))


def compile_one(compiler, root, more):
    folders = [f"-I{root / folder}" for folder in ("bindings/freekill", "bindings/cpp", "include")]
    text = ("#include <fk/freekill.hpp>\nusing namespace fk::freekill;\nstruct Host : HostMethods {" + NEEDED + more +
            "};\nint main() { Host host; return methods(host).size() > 30 ? 0 : 1; }\n")
    return subprocess.run([*compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++", *folders, "-"],
                          input=text, capture_output=True, text=True)


def main():
    root, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
    for more in GOOD:
        done = compile_one(compiler, root, more)
        assert done.returncode == 0, f"{more} does not compile:\n{done.stderr}"
    for more, why in BAD:
        done = compile_one(compiler, root, more)
        assert done.returncode != 0, f"{more} compiles"
        assert why in done.stderr, f"{more} is refused for another reason:\n{done.stderr}"
    print(f"{len(GOOD)} compile, {len(BAD)} are refused")


if __name__ == "__main__":
    main()
