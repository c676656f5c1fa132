# SPDX-License-Identifier: MIT
"""Values, both ways: what arrives equals what was sent, or an error names the place."""
import enum
import math
import unittest

import fkvm
from support import open_vm

SAME = [None, True, False, 0, -1, 2 ** 53 - 1, 2 ** 53 + 1, 2 ** 63 - 1, -2 ** 63, 0.0, -0.0, 3.0,
        0.1, 1e16, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, "", "é漢字\U0001f0a1",
        "a\0b", "\x01\x7f\"\\/", b"\xff", b"\0\xff", bytes(range(256)), [], {}, [None], [[]], [{}],
        {"a": None}, {"": 1}, {"$a": 1}, {"$bytes": "eA=="}, {"$int": "5"}, {"$object": {}},
        {"$object": {"$int": "5"}}, {"$a": 1, "b": 2}, {"a": {"b": [1, 2.0, "x", b"\xfe"]}}]


class Color(enum.IntEnum):
    RED = 7


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vm = open_vm({"same": lambda value: value})

    @classmethod
    def tearDownClass(cls):
        cls.vm.close()

    def same(self, sent, got):
        self.assertEqual(got, sent)
        self.assertIs(type(got), type(sent))
        if isinstance(sent, float):
            self.assertEqual(math.copysign(1, got), math.copysign(1, sent))

    def test_round_trip(self):
        for value in SAME:
            with self.subTest(value=value):
                self.same(value, self.vm.call("echo", value))
                self.same([value, value], self.vm.call("echo", [value, value]))

    def test_through_a_host_method(self):
        for value in SAME:
            with self.subTest(value=value):
                self.same(value, self.vm.call("ask", "same", value))

    def test_nan(self):
        self.assertTrue(math.isnan(self.vm.call("echo", math.nan)))
        self.assertTrue(math.isnan(self.vm.call("ask", "same", {"x": math.nan})["x"]))

    def test_what_lua_sees(self):
        for value, kind in [(3, "integer"), (3.0, "float"), ("x", "string"), (b"\xff", "string"),
                            (True, "boolean"), (None, "nil"), ([], "table"), (Color.RED, "integer")]:
            with self.subTest(value=value):
                self.assertEqual(self.vm.call("kind", value), kind)
        self.assertEqual(self.vm.call("bytes", b"\0\xff"), [0, 255])
        self.assertEqual(self.vm.call("bytes", bytearray(b"\1")), [1])
        self.assertEqual(self.vm.call("bytes", memoryview(b"\2")), [2])

    def test_none_keeps_its_place(self):
        self.assertEqual(self.vm.call("count", None, None), 2)
        self.assertEqual(self.vm.call("echo", [None, 1, None]), [None, 1, None])

    def test_bytes_that_are_text_arrive_as_str(self):
        self.assertEqual(self.vm.call("echo", b"text"), "text")
        self.assertEqual(fkvm.as_bytes(self.vm.call("echo", b"text")), b"text")
        self.assertEqual(fkvm.as_bytes(self.vm.call("echo", b"\xff")), b"\xff")

    def test_sequences(self):
        self.assertEqual(self.vm.call("echo", (1, (2, 3))), [1, [2, 3]])
        self.assertEqual(self.vm.call("echo", {"a": (1,)}), {"a": [1]})

    def test_parameters_by_name(self):
        self.assertEqual(self.vm.call("names", a="x", b="y"), "xy")
        with self.assertRaises(fkvm.InvalidError):
            self.vm.call("names", 1, a="x")

    def test_refused_with_the_place(self):
        circle = []
        circle.append(circle)
        for value, place in [(2 ** 63, "params[1]: an integer of more than 64 bits"),
                             (10 ** 5000, "params[1]: an integer of more than 64 bits"),
                             ({1: 2}, "params[1]: a key of type int"),
                             ({"a\0": 2}, "params[1]: a key with a NUL"),
                             ({"a": [0, {2}]}, "params[1].a[1]: a value of type set"),
                             ([[object()]], "params[1][0][0]: a value of type object"),
                             ("\ud800", "params[1]: a str with a lone surrogate"),
                             ({"\ud800": 1}, "params[1]: a str with a lone surrogate"),
                             (circle, "in a circle")]:
            with self.subTest(place=place), self.assertRaises(fkvm.BadValueError) as caught:
                self.vm.call("echo", 0, value)
            self.assertIn(place, str(caught.exception))
            self.assertTrue(caught.exception.vm_alive)
        self.assertEqual(self.vm.call("add", 1, 2), 3)

    def test_a_result_that_cannot_cross(self):
        with open_vm({"odd": lambda: {"a": [object()]}}) as vm:
            with self.assertRaisesRegex(fkvm.ScriptError, r"result\.a\[0\]: a value of type obj"):
                vm.call("ask", "odd")

    def test_a_deep_value(self):
        deep = []
        for _ in range(120):
            deep = [deep]
        self.assertEqual(self.vm.call("echo", deep), deep)

    def test_much(self):
        value = {f"name {i}": list(range(i)) for i in range(300)}
        self.assertEqual(self.vm.call("echo", value), value)
        text = "x" * 5_000_000
        self.assertEqual(self.vm.call("echo", text), text)


if __name__ == "__main__":
    unittest.main()
