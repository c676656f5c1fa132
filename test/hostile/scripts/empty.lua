-- SPDX-License-Identifier: MIT
function fine() return "fine" end
