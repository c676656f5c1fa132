#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm top: what it shows of a running program is what that program did, and its keys reach the VM that they name."""
from support import Case, FKVM, SCRIPT, Terminal, fkvm, json, os, re, signal, subprocess, unittest
import fcntl
import shutil
import stat
import struct
import tempfile
import terminal
import termios

OPENED, LEFT = "\x1b[?1049h", "\x1b[?1049l"


class Served:
    """A shell of one VM, with a status socket."""

    def __init__(self, socket, script=SCRIPT):
        environment = {**os.environ, "FK_VM_STATUS": socket}
        self.process = subprocess.Popen([FKVM, "shell", script, "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment)
        self.stats = self(":stats")["result"]  # the socket is there now

    def __call__(self, line):
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def end(self):
        with self.process:  # closes the pipes and waits
            pass


class Case(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.socket = os.path.join(folder.name, "one.sock")

    def serve(self, socket=None, script=SCRIPT):
        served = Served(socket or self.socket, script)
        self.addCleanup(served.end)
        return served

    def look(self, *sockets):
        """The servers of one look."""
        line, = self.json_lines(fkvm("top", "--json", "--once", *(sockets or [self.socket])))
        return line["servers"]


class Lines(Case):
    def test_it_tells_what_was_done(self):
        say = self.serve()
        for _ in range(5):
            say("ping")
        stats = say(":stats")["result"]
        server, = self.look()
        self.assertEqual((server["socket"], server["program"], server["pid"]), (self.socket, "fkvm", say.process.pid))
        vm, = server["vms"]
        self.assertEqual((vm["backend"], vm["pid"], vm["state"]), (os.environ["FK_VM_BACKEND"], stats["pid"], "idle"))
        self.assertEqual((vm["calls"], vm["errors"], vm["script"], vm["method"]), (stats["calls"], 0, SCRIPT, ""))
        self.assertAlmostEqual(vm["calls_per_s"], vm["calls"] / vm["age_s"], delta=vm["calls_per_s"] / 100)
        self.assertGreater(vm["memory"], 10000)
        self.assertEqual(vm["p99_us"] is not None, True)
        if vm["pid"]:
            with open(f"/proc/{vm['pid']}/smaps_rollup", encoding="utf-8") as file:
                pss = int(re.search(r"(?m)^Pss:\s+(\d+) kB", file.read())[1]) * 1024
            self.assertAlmostEqual(vm["pss"], pss, delta=pss / 5)
        self.assertEqual(server["deaths"], {})

    def test_table(self):
        strange = os.path.join(self.folder, "a\x1b[31mb\u202e.lua")
        shutil.copy(SCRIPT, strange)
        say = self.serve(script=strange)
        text = self.good(fkvm("top", self.socket))
        self.assertRegex(text, r"1 VM: 0 working, 1 idle, 0 dead\n +VMv +BACKEND +PID +MEMORY +CALLS/S +NOTIFIES/S +HOST/S +P99 +METHOD +LABEL\n")
        self.assertRegex(text, rf"(?m)^ +1 +{os.environ['FK_VM_BACKEND']} +{say.stats['pid'] or '-'} +[\d.]+ [kM]B ")
        self.assertNotRegex(text, "[\x1b\u202e]")

    def test_rates_line_by_line(self):
        say = self.serve()
        top = subprocess.Popen([FKVM, "top", "--json", "--interval", "0.1", self.socket], stdout=subprocess.PIPE, text=True)
        first = json.loads(top.stdout.readline())["servers"][0]["vms"][0]
        before, rate = first["calls"], 0
        while not rate:  # a hang is the test's end
            say("ping")
            vm = json.loads(top.stdout.readline())["servers"][0]["vms"][0]
            rate = vm["calls_per_s"] if vm["calls"] > before else 0
        self.assertAlmostEqual(rate * vm["over_s"], round(rate * vm["over_s"]), delta=0.01)
        self.assertLess(vm["over_s"], vm["age_s"])
        say.end()
        while "problem" not in (server := json.loads(top.stdout.readline())["servers"][0]):
            pass
        self.assertEqual(server["socket"], self.socket)
        top.terminate()
        top.communicate()
        self.assertEqual(top.returncode, -signal.SIGTERM)

    def test_which_socket(self):
        say = self.serve()
        self.assertIn("1 VM", self.good(fkvm("top", FK_VM_STATUS=self.socket)))
        os.mkdir(os.path.join(self.folder, "fkvm"))
        empty = fkvm("top", XDG_RUNTIME_DIR=self.folder)
        self.good(empty, 2)
        self.assertIn("no SOCKET is given", empty.stderr)
        usual = os.path.join(self.folder, "fkvm", "game.sock")
        other = self.serve(usual)
        self.assertEqual(json.loads(self.good(fkvm("top", "--json", "--once", XDG_RUNTIME_DIR=self.folder)))["servers"][0]["pid"],
                         other.process.pid)
        self.serve(os.path.join(self.folder, "fkvm", "other.sock"))
        several = fkvm("top", XDG_RUNTIME_DIR=self.folder)
        self.good(several, 2)
        self.assertIn("game.sock, ", several.stderr)
        self.assertEqual([server["pid"] for server in self.look(self.socket, usual)], [say.process.pid, other.process.pid])
        both = self.good(fkvm("top", self.socket, usual))
        self.assertRegex(both, "SERVERv +VM ")
        for served in (say, other):
            self.assertIn(f"fkvm {served.process.pid} ", both)
        missing = fkvm("top", self.socket + "x")
        self.good(missing, 1)
        self.assertIn("No such file", missing.stderr)
        half = fkvm("top", self.socket + "x", self.socket)
        self.assertIn("1 VM", self.good(half))
        self.assertIn("No such file", half.stderr)
        self.good(fkvm("top", "--interval", "0"), 2)

    def test_the_environment_opens_it(self):
        say = self.serve()
        self.assertEqual(stat.S_IMODE(os.stat(self.socket).st_mode), 0o600)
        done = fkvm("call", SCRIPT, "ping", FK_VM_STATUS=self.socket)  # goes on without
        self.assertEqual(self.good(done), '"PONG"\n')
        self.assertIn("another process listens there", done.stderr)
        self.assertEqual(self.look()[0]["pid"], say.process.pid)
        say.process.kill()
        say.process.wait()
        self.assertTrue(os.path.exists(self.socket))
        gone = fkvm("top", self.socket)
        self.good(gone, 1)
        self.assertIn("no process listens there any more", gone.stderr)
        done = fkvm("call", SCRIPT, "ping", FK_VM_STATUS=self.socket)
        self.assertEqual((self.good(done), done.stderr), ('"PONG"\n', ""))
        self.assertFalse(os.path.exists(self.socket))  # the end of the process removes it


class Keys(Case):
    def top(self, *arguments):
        screen = Terminal("top", "--interval", "0.2", *(arguments or [self.socket]))
        screen.expect(re.escape(OPENED))
        return screen

    def leave(self, screen, how, code):
        screen.type(how)
        screen.expect(re.escape(LEFT))
        self.assertEqual(screen.end(), code)

    def test_it_shows_and_goes(self):
        say = self.serve()
        screen = self.top()
        screen.expect(rf"> +1 +{os.environ['FK_VM_BACKEND']} +{say.stats['pid'] or '-'} ")
        screen.expect("q quit")
        lines = termios.tcgetattr(screen.fd)[3]
        self.assertFalse(lines & (termios.ICANON | termios.ECHO))
        screen.type("s")
        screen.expect(r"VM +BACKENDv")
        screen.type("SS")
        screen.expect("LABELv")
        screen.type("r")
        screen.expect(r"LABEL\^")
        self.leave(screen, "q", 0)

    def test_filter(self):
        self.serve()
        screen = self.top()
        screen.expect("> +1 ")
        screen.type("/nothing that is there")
        screen.expect("filter: nothing that is there_")
        screen.type("\n")
        screen.expect("filter: nothing that is there  up/down")
        screen.expect(re.escape("\x1b[H"))
        picture, = screen.expect(r"([^\a]*?)\x1b\[J").groups()
        self.assertIn("1 VM", picture)
        self.assertNotIn("> ", picture)
        screen.type("/" + os.path.basename(SCRIPT)[:3] + "\x7f\n")
        screen.expect("> +1 ")
        screen.type("/x\x1b")  # as it was before
        screen.type("q")
        screen.expect(re.escape(LEFT))
        self.assertEqual(screen.end(), 0)

    def test_orders(self):
        say = self.serve()
        screen = self.top()
        screen.expect("> +1 ")
        screen.type("i")
        screen.expect("interrupted VM 1")
        screen.type("c")
        screen.expect(r"close VM 1\?")
        screen.type("n")
        screen.expect("q quit")
        self.assertEqual(say("ping")["result"], "PONG")
        screen.type("c")
        screen.expect(r"close VM 1\?")
        screen.type("y")
        screen.expect("1 dead; deaths so far: OPERATOR 1")
        screen.expect("closed VM 1")
        error = say("ping")["error"]
        self.assertEqual((error["status"], error["death"], error["vm_alive"]), ("VM_DIED", "OPERATOR", False))
        self.assertIn("closed by an operator", error["message"])
        self.assertTrue(say(":reload")["ok"])
        self.assertEqual(say("ping")["result"], "PONG")
        screen.expect("> +2 ")
        say.end()
        screen.expect("one.sock: ")  # it says that the server has gone
        self.leave(screen, "q", 0)

    def test_signals_give_the_terminal_back(self):
        self.serve()
        for key, number in (("\x03", signal.SIGINT), (None, signal.SIGTERM), (None, signal.SIGHUP)):
            screen = self.top()
            screen.expect("> +1 ")
            self.assertFalse(termios.tcgetattr(screen.fd)[3] & termios.ICANON)
            if key:
                screen.type(key)
            else:
                os.kill(screen.pid, number)
            screen.expect(re.escape("\x1b[?25h" + LEFT))
            self.assertTrue(termios.tcgetattr(screen.fd)[3] & termios.ICANON)
            self.assertEqual(screen.end(), -number)
        screen = self.top()
        screen.expect("> +1 ")
        screen.type("\x1a")  # Ctrl-Z: nobody is there who could wake it, so it goes on at once
        screen.expect(re.escape("\x1b[?25h" + LEFT))
        screen.expect(re.escape(OPENED))
        screen.expect("> +1 ")
        self.leave(screen, "q", 0)

    @unittest.skipUnless(shutil.which("bash"), "there is no bash, whose jobs stop and go on")
    def test_stop_and_go_on(self):
        self.serve()
        shell = terminal.Terminal(shutil.which("bash"), "--norc", "-i")
        shell.type(f"{FKVM} top --interval 0.2 {self.socket}\n")
        shell.expect(re.escape(OPENED))
        shell.expect("> +1 ")
        shell.type("\x1a")
        shell.expect(re.escape("\x1b[?25h" + LEFT))
        shell.expect("Stopped")
        shell.type("fg\n")
        shell.expect(re.escape(OPENED))
        shell.expect("> +1 ")
        shell.type("q")
        shell.expect(re.escape(LEFT))
        shell.type("exit\n")
        self.assertEqual(shell.end(), 0)

    def test_another_size(self):
        self.serve()
        screen = self.top()
        screen.expect("> +1 ")
        fcntl.ioctl(screen.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 30, 0, 0))
        screen.expect("up/down select  s sort  r rev…")
        self.leave(screen, "q", 0)

    def test_no_colour(self):
        self.serve()
        os.environ["NO_COLOR"] = "1"
        self.addCleanup(os.environ.pop, "NO_COLOR")
        screen = self.top()
        while "q quit" not in screen.said:
            screen.said += os.read(screen.fd, 4096).decode()
        self.assertIn(">   1 ", screen.said)
        self.assertNotRegex(screen.said, r"\x1b\[\d*m")
        self.leave(screen, "q", 0)


if __name__ == "__main__":
    unittest.main()
