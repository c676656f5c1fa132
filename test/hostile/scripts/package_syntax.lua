-- SPDX-License-Identifier: MIT
this is no Lua
