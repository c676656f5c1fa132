#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fkvm.cdef is read by cffi and by LuaJIT, says the same sizes as C, names no keyword of languages
whose FFIs read it, and is enough to open and call a VM.

usage: cdef.py keywords CDEF | cdef.py cffi CDEF LIBRARY SCRIPT | cdef.py luajit CDEF LIBRARY LUAJIT
"""
import json
import pathlib
import re
import subprocess
import sys

KEYWORDS = set("""
False None True and as assert async await break class continue def del elif else except finally for
from global if import in is lambda nonlocal not or pass raise return try while with yield
chan defer fallthrough func go goto interface map package range select switch type var
abstract become box crate do dyn extern fn impl let loop macro match mod move mut override priv pub
ref self static super trait typeof unsafe unsized use virtual where
arguments case catch debugger default delete enum eval export extends function implements
instanceof new null private protected public this throw undefined
end local nil repeat then until
alignas alignof bitand bitor bool char compl concept consteval constexpr decltype explicit friend
inline mutable namespace noexcept nullptr operator register requires template thread_local typeid
typename union using volatile wchar_t xor""".split())
WORDS_OF_C = set("bool char enum extern static union".split())
STRUCTS = ["fk_value", "fk_member", "fk_error", "fk_method", "fk_vm_options", "fk_stats",
           "fk_method_stats"]
SIZES_IN_LUA = """
local ffi = require "ffi"
ffi.cdef(io.open(arg[1]):read "*a")
local C = ffi.load(arg[2])
io.write(ffi.string(C.fk_version()))
for name in ("STRUCTS"):gmatch "%S+" do io.write(" ", ffi.sizeof(name)) end
"""


def keywords(cdef):
    text = re.sub(r"/\*.*?\*/", "", cdef, flags=re.S)
    found = set(re.findall(r"\b[a-z_A-Z]\w*\b", text)) & (KEYWORDS - WORDS_OF_C)
    if "fk_vm_call_json" not in text or "#" in text:
        return "it is not what it should be: no fk_vm_call_json, or a directive"
    return found and f"keywords elsewhere: {' '.join(sorted(found))}"


def sizes_in_c(cdef_path):
    """By a compiler that reads the same declarations."""
    source = "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n"
    source += pathlib.Path(cdef_path).read_text() + "int main(void) {\n"
    source += "".join(f'printf(" %zu", sizeof({name}));\n' for name in STRUCTS) + "}\n"
    program = pathlib.Path(cdef_path).with_suffix(".sizes")
    subprocess.run(["cc", "-x", "c", "-", "-o", program], input=source, text=True, check=True)
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def by_cffi(cdef, cdef_path, library, script):
    try:
        import cffi
    except ImportError:
        print("no cffi for this Python (python3-cffi): nothing was tried")
        sys.exit(77)
    ffi = cffi.FFI()
    ffi.cdef(cdef)
    C = ffi.dlopen(library)
    sizes = "".join(f" {ffi.sizeof(name)}" for name in STRUCTS)
    if sizes != sizes_in_c(cdef_path):
        return f"cffi has other sizes: {sizes}"
    vm, text = ffi.new("fk_vm **"), ffi.new("char **")
    options = json.dumps({"script": script, "methods": ["greet"]}).encode()

    @ffi.callback("fk_json_host_fn")
    def host(user, request, method, params, size):
        C.fk_reply_json(request, ffi.string(params))

    if C.fk_vm_open_json(options, host, ffi.NULL, ffi.NULL, vm, text) != C.FK_OK:
        return ffi.string(text[0]).decode()
    C.fk_vm_call_json(vm[0], b"ResumeRoom", b"[7,true]", text)
    got = ffi.string(text[0])
    C.fk_text_free(text[0])
    C.fk_vm_close_json(vm[0], ffi.NULL)
    return got != b"[7,true,[]]" and f"ResumeRoom(7, true) gave {got}"


def by_luajit(cdef_path, library, luajit):
    script = SIZES_IN_LUA.replace("STRUCTS", " ".join(STRUCTS))
    path = pathlib.Path(cdef_path).with_suffix(".lua")
    path.write_text(script)
    ran = subprocess.run([luajit, path, cdef_path, library], capture_output=True, text=True)
    if ran.returncode:
        return ran.stderr
    sizes = ran.stdout[ran.stdout.find(" "):]
    return sizes != sizes_in_c(cdef_path) and f"LuaJIT has other sizes: {ran.stdout}"


def main():
    mode, cdef_path, *rest = sys.argv[1:]
    cdef = pathlib.Path(cdef_path).read_text()
    wrong = (keywords(cdef) if mode == "keywords" else
             by_cffi(cdef, cdef_path, *rest) if mode == "cffi" else
             by_luajit(cdef_path, *rest))
    if wrong:
        sys.exit(wrong)


if __name__ == "__main__":
    main()
