-- SPDX-License-Identifier: MIT
error("this package is broken")
