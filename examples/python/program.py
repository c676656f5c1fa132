# SPDX-License-Identifier: MIT
import fkvm

methods = fkvm.Methods()


@methods.register
def player_name(number):
    if number != 3:
        raise LookupError(f"no player {number}")
    return "Zhang Fei"


with fkvm.VM("program.lua", methods=methods) as vm:
    print("result:", vm.call("Greet", 3))
    try:
        vm.call("Greet", 7)
    except fkvm.ScriptError as error:
        print("error:", error)
        print("because of:", repr(error.__cause__))
