/* SPDX-License-Identifier: MIT */
/* Is a text what docs/protocol.md says of a value? Two ends that share a codec could agree on
 * another text and lose nothing, so the text itself is looked at, by other means than the codec's.
 */
#ifndef FK_WIRE_H
#define FK_WIRE_H

#include "fk_value.h"

/* NULL if text (terminated) is value by the table, to its end; else the place in text that is not.
 */
const char *wire_mistake(const char *text, const fk_value *value);

#endif
