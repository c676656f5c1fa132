# SPDX-License-Identifier: MIT
"""Faults that a child may have: what each changes in the child of docs/protocol.md, and the rows of
fkvm conformance that must fail for it, and no others."""

RESULT = "if id: send(id=id, result=encode(result))"
ERROR = 'send(id=id, error={"code": code, "message": repr(e)}) if id else print(method, repr(e))'
CALLED = "    try:\n        result"
SERVED = 'if "method" in message: run(**message)'
AWAITED = 'elif until and message.get("id") == until: return message'
DECODED = "for key, x in held.items()}"
BYE = 'if method == "bye": sys.exit()'
LAST = 'return {"$int": str(v)} if'
WAITED = "def call(method, *params, ids=itertools.count(1)):\n"
HANDLER = "signal.default_int_handler(number, frame))"
AT_SIGINT = "    frame.f_code.co_filename == sys.argv[1] and " + HANDLER
ON_SIGINT = "signal.signal(signal.SIGINT, lambda number, frame:"

ECHOED = "values-through-host "  # sends every value
SIGINT = "sigint-running sigint-again sigint-notification sigint-in-host-method " \
    "library-interrupt library-timeout "


def encoding(statement):
    return [(LAST, statement + "\n    " + LAST)]


FAULTS = {
    # The greeting and answers.
    "never-flushes": ([("flush=True", "flush=False")], "hello"),
    "other-protocol": ([('"protocol": 1', '"protocol": 2')], "hello"),
    "ends-at-once": ([("\nserve()", "\n")], "answer"),
    "wrong-id": ([(RESULT, RESULT.replace("id=id", "id=id + 1"))], "answer"),
    "text-as-id": ([(RESULT, RESULT.replace("id=id", "id=str(id)"))], "answer"),
    "float-as-id": ([("map(json.loads,", "map(lambda t: json.loads(t, parse_int=float),")],
                    "answer"),
    "no-version": ([('"jsonrpc": "2.0", **message', "**message")], "hello"),
    "answers-twice": ([(RESULT, RESULT + "; send(id=id, result=1)")], "one-answer"),
    "cuts-ids": ([(RESULT, RESULT.replace("id=id", "id=id & 0xffffffff or 9"))], "ids"),
    "wants-order-of-members": ([(SERVED, 'message = message if next(iter(message)) == "jsonrpc" '
                                 'else {}\n        ' + SERVED)], "envelope"),
    "wants-known-members": ([("(method, params=[], id=None, **_)",
                              "(method, jsonrpc, params=[], id=None)")], "envelope"),
    "wrong-code": ([("else -32601", "else -32603")], "unknown-method methods library-errors"),
    "hides-messages": ([("repr(e)}", '"error"}')], "failing-method host-error"),
    "dies-of-errors": ([(ERROR, ERROR + "\n        if code == -32000: sys.exit(1)")],
                       "failing-method failing-notification host-error library-errors " + SIGINT),
    "answers-notifications": ([(ERROR, ERROR.split(" if id")[0])],
                              "failing-notification unknown-notification sigint-notification"),
    "dies-of-unknown": ([(ERROR, ERROR + "\n        if code == -32601 and not id: sys.exit(1)")],
                        "unknown-notification"),
    "dies-of-null": ([(AWAITED, AWAITED + "\n        elif message['id'] is None: sys.exit(1)")],
                     "error-to-null error-while-waiting"),
    "any-answer": ([(AWAITED, "elif until: return message")], "error-while-waiting"),

    # Values.
    "swallows-null": ([(RESULT, RESULT.replace("if id", "if id and result is not None"))],
                      "scalars notify-host idle-calls output many-notifications much-output "
                      "library-output " + ECHOED),
    "cuts-int64": ([('"$int": int', '"$int": float')],
                   "integers wrappers library-values " + ECHOED),
    "cuts-lists": ([("return [encode(x) for x in v]", "return [encode(x) for x in v[:1000]]")],
                   "width " + ECHOED),
    "int32": (encoding("if isinstance(v, int) and abs(v) > 2**31: v = v & 0xffffffff"),
              "integers wrappers " + ECHOED),
    "nan-as-null": ([('return {"$float": str(v)}', "return None")], "floats wrappers " + ECHOED),
    "raw-nan": ([('return {"$float": str(v)}', "pass")], "floats wrappers rules " + ECHOED),
    "whole-floats": (encoding("if isinstance(v, float) and v.is_integer(): return int(v)"),
                     "floats containers call-host order rules " + ECHOED),
    "loses-minus-zero": (encoding("if isinstance(v, float): v += 0.0"), "floats " + ECHOED),
    "six-digits": (encoding("if isinstance(v, float): v = float('%.6g' % v)"),
                   "floats " + ECHOED),
    "loses-bytes": ([('"$bytes": base64.b64decode', '"$bytes": lambda held: '
                      'base64.b64decode(held).decode("utf-8", "replace")')], "bytes " + ECHOED),
    "text-until-nul": (encoding("if isinstance(v, bytes): v = v.split(bytes(1))[0]")
                       + [("    if isinstance(v, bytes): return", "    if isinstance(v, bytes): "
                           "v = v.split(bytes(1))[0]\n    if isinstance(v, bytes): return")],
                       "bytes wrappers " + ECHOED),
    "normalizes": (encoding("from unicodedata import normalize")
                   + encoding("if isinstance(v, str): v = normalize('NFC', v)"),
                   "strings " + ECHOED),
    "half-surrogates": ([("**message})", '**message}).replace("\\\\ud834", "\\\\ud83")')],
                        "strings rules " + ECHOED),
    "empty-list": (encoding("if v == {}: return []"),
                   "containers wrappers depth params call-host " + ECHOED),
    "loses-null-members": ([("for key, x in v.items()}",
                             "for key, x in v.items() if x is not None}")],
                           "containers " + ECHOED),
    "no-wrapper": ([('return {"$object": v}', "pass")], "wrappers depth rules " + ECHOED),
    "inside-out": ([(DECODED, "for key, x in (held if held is v else decode(held)).items()}")],
                   "wrappers depth " + ECHOED),
    "shallow": ([(CALLED, "    try:\n        if str(params).count('[') > 100: "
                  "raise ValueError('deep')\n" + CALLED[9:])], "depth " + ECHOED),
    "drops-null-params": ([(CALLED, "    while params and isinstance(params, list) and "
                            "params[-1] is None: params.pop()\n    try:\n        result")],
                          "scalars params " + ECHOED),

    # Lines and their order.
    "cuts-lines": ([("sys.stdin.buffer)", 'iter(lambda: sys.stdin.buffer.readline(65536), b""))')],
                   "big-lines much-output"),
    "too-long": ([("raise OverflowError", "OverflowError")], "longest-message library-longest"),
    "reorders": ([(SERVED, 'if "method" in message and "id" not in message: later.append(message)\n'
                   '        elif "method" in message:\n            run(**message)\n'
                   '            while later: run(**later.pop(0))'),
                  (WAITED, "later = []\n" + WAITED)],
                 "order idle-calls sigint-notification"),
    "late-notifications": ([("def notify(method, *params): send(",
                             "def notify(method, *params): later.append(dict("),
                            ("params=encode(params))\ndef",
                             "params=encode(params)))\nlater = []\ndef"),
                           (RESULT, RESULT + "\n        while later: send(**later.pop(0))")],
                           "notify-host many-notifications"),
    "no-idle-flush": ([("flush=True", 'flush="id" in message or message["method"] == "$/hello"')],
                      "idle-calls"),
    "unasked-each": ([("params=encode(params))\ndef", "params=[], each=encode(params))\ndef")],
                     "notify-host"),
    "notifies-with-id-null": ([("params=encode(params))\ndef",
                                "params=encode(params), id=None)\ndef")],
                              "notify-host idle-calls many-notifications rules"),
    "prints-to-a-host-method": ([("sys.stdout, sys.stderr", "sys.stdout, Out()"), ("out, sys", """
class Out:
    def write(self, text): send(method="print", params=[text])
    def flush(self): pass
out, sys""")], "output much-output library-output"),

    # Limits and floods.
    "hides-want-of-memory": ([(", MemoryError: -32002", "")], "library-memory"),
    "dies-of-memory": ([(CALLED[:8], "    if method == 'hold' and params[0] > 2**28: os._exit(1)\n"
                         + CALLED[:8])], "library-memory"),
    "cuts-many": ([("[encode(x) for x in v]", "[encode(x) for x in v[:"
                    "int(os.environ['FK_VM_MAX_VALUES'])]]")], "library-values-limit"),
    "drops-when-full": ([("def send(**message):\n", "def send(**message):\n    if 'id' not in message and "
                          "not __import__('select').select([], [out], [], 0)[1]: return\n")],
                        "many-notifications"),
    "gives-up-on-much": ([("sys.stdout, sys.stderr", "sys.stdout, Out()"), ("out, sys", """
class Out:
    def write(self, text):
        if len(text) > 65536: raise BlockingIOError(text[:9])
        sys.stderr.write(text)
    def flush(self): sys.stderr.flush()
out, sys""")], "much-output library-flood"),
    "cuts-output": ([("sys.stdout, sys.stderr", "sys.stdout, Out()"), ("out, sys", """
class Out:
    def write(self, text): sys.stderr.write(text[:1000])
    def flush(self): sys.stderr.flush()
out, sys""")], "much-output library-flood"),

    # Host methods.
    "opens-without-answers": ([("    if \"result\" in (answer", "    if not ready: return\n"
                                "    if \"result\" in (answer"),
                               ("\nserve()", "\nready.append(1)\nserve()"),
                               (WAITED, "ready = []\n" + WAITED)], "before-hello"),
    "hides-host-errors": ([('raise RuntimeError(answer["error"]["message"])', "return None")],
                          "host-error"),
    "refuses-nesting": ([(SERVED, 'if until and "method" in message and "id" in message: send('
                          'id=message["id"], error={"code": -32000, "message": "busy"})\n'
                          '        elif "method" in message: run(**message)')],
                        "nested-call nested-depth same-ids library-nesting"),
    "shallow-nesting": ([(WAITED, WAITED + "    if len(__import__('inspect').stack(0)) > 60: "
                          "raise RecursionError('too deep')\n")], "nested-depth library-nesting"),
    "mixes-ids": ([(SERVED, AWAITED.replace("elif", "if") + "\n        " + SERVED)],
                  "same-ids library-nesting"),

    # Signals.
    "dies-on-sigint": ([(ON_SIGINT, "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
                         "(lambda number, frame:")],
                       "sigint-idle " + SIGINT),
    "ignores-sigint": ([(ON_SIGINT, "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                         "(lambda number, frame:")],
                       SIGINT),
    "late-interrupt": ([(AT_SIGINT, AT_SIGINT[:-1] + " or stale.append(1))"),
                        (CALLED, "    if stale: stale.clear(); method = 'fail'\n" + CALLED),
                        (WAITED, "stale = []\n" + WAITED)],
                       "sigint-idle sigint-again sigint-in-host-method"),
    "second-sigint": ([(AT_SIGINT, "    (seen and os._exit(1)) or "
                        "frame.f_code.co_filename == sys.argv[1] and (seen.append(1) or "
                        + HANDLER + ")"),
                       (CALLED, "    seen.clear()\n" + CALLED),
                       (WAITED, "seen = []\n" + WAITED)], "sigint-again"),
    "forgets-limits": ([('"interrupt": True', '"interrupt": True, "limits": True')], "own-limits"),

    # The end.
    "ignores-bye": ([(BYE, "pass")], "bye"),
    "exits-with-3": ([(BYE, BYE.replace("()", "(3)"))], "bye"),
    "refuses-bye": ([(', "bye": lambda: "Goodbye"', "")], "bye"),
    "ignores-the-end": ([("    sys.exit()\ndef",
                          "    while True: __import__('time').sleep(1)\ndef")],
                        "end-of-input end-in-host-method"),
}


def planted(name, source):
    """The child with that fault."""
    for old, new in FAULTS[name][0]:
        assert source.count(old) == 1, f"{name}: docs/protocol.md does not have once: {old}"
        source = source.replace(old, new)
    return source
