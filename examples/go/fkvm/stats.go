// SPDX-License-Identifier: MIT

package fkvm

// #include "glue.h"
import "C"

// Stats are what fk_stats has most use for.
type Stats struct {
	Backend   string
	Runtime   string // what runs the script, e.g. "Lua 5.4.6"
	LimitedBy string // what ends work at its limit, e.g. "signal 63"
	PID       int64  // of the child, or 0
	Alive     bool
	Memory    uint64 // bytes the VM's Lua holds
	Calls     uint64
	Errors    uint64
}

// Stats looks at the VM, from any goroutine.
func (vm *VM) Stats() (Stats, error) {
	vm.alive.RLock()
	defer vm.alive.RUnlock()
	if vm.c == nil {
		return Stats{}, ErrClosed
	}
	var c C.fk_stats
	c.size = C.sizeof_fk_stats
	if status := C.fk_vm_stats(vm.c, &c); status != C.FK_OK {
		return Stats{}, Status(status)
	}
	return Stats{
		Backend:   C.GoString(c.backend),
		Runtime:   C.GoString(c.runtime),
		LimitedBy: C.GoString(c.limited_by),
		PID:       int64(c.pid),
		Alive:     bool(c.alive),
		Memory:    uint64(c.memory),
		Calls:     uint64(c.calls),
		Errors:    uint64(c.errors),
	}, nil
}
