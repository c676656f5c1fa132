// SPDX-License-Identifier: MIT

package fkvm

// #include "glue.h"
import "C"

import (
	"math"
	"unsafe"
)

// at is where the bytes, items or members of a value lie, in C's memory.
func (c *cell) at() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&c.bits)) }

func (c *cell) text() string {
	if c.size == 0 {
		return ""
	}
	return string(unsafe.Slice((*byte)(c.at()), int(c.size)))
}

func (c *cell) items() []cell {
	if c.size == 0 {
		return nil
	}
	return unsafe.Slice((*cell)(c.at()), int(c.size))
}

func (c *cell) members() []member {
	if c.size == 0 {
		return nil
	}
	return unsafe.Slice((*member)(c.at()), int(c.size))
}

// get copies all that a value has.
func (c *cell) get() any {
	switch c.kind {
	case C.FK_BOOL:
		return c.bits != 0
	case C.FK_INT:
		return int64(c.bits)
	case C.FK_DOUBLE:
		return math.Float64frombits(c.bits)
	case C.FK_STRING:
		return c.text()
	case C.FK_ARRAY:
		return c.getItems()
	case C.FK_OBJECT:
		return c.getMembers()
	}
	return nil
}

func (c *cell) getItems() []any {
	got := make([]any, c.size)
	for i, items := 0, c.items(); i < len(items); i++ {
		got[i] = items[i].get()
	}
	return got
}

func (c *cell) getMembers() map[string]any {
	got := make(map[string]any, c.size)
	for i, members := 0, c.members(); i < len(members); i++ {
		got[members[i].name.text()] = members[i].value.get()
	}
	return got
}
