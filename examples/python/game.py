# SPDX-License-Identifier: MIT
from fkvm import child


@child.function
def Greet(number):
    print(f"asked for player {number}")
    return "Hello, " + child.call("player_name", number)


child.run()
