-- SPDX-License-Identifier: MIT
require "package_fails"
