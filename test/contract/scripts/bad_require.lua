-- SPDX-License-Identifier: MIT
-- Needs a module that is not there.
require "no.such.module"
