-- SPDX-License-Identifier: MIT
function ResumeRoom(id, reason) return { id, reason, fk.call("greet") } end
