#!/bin/sh
# SPDX-License-Identifier: MIT
# child.lua, and what Lua cannot do: close its own standard streams.
hello='{"jsonrpc":"2.0","method":"hello","params":[{"protocol":1}]}'
case $MISBEHAVIOUR in
closes_stdout) echo "$hello" && read -r _ && exec sleep 1000 >&- ;;
closes_both) echo "$hello" && read -r _ && exec sleep 1000 <&- >&- ;;
closes_stdin)
    echo "$hello" && read -r _ && echo '{"jsonrpc":"2.0","result":"fine","id":1}'
    exec sleep 1000 <&-
    ;;
stderr_closed) exec lua5.4 "${0%.sh}.lua" 2>&- ;;
*) exec lua5.4 "${0%.sh}.lua" ;;
esac
