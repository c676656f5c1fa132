/* SPDX-License-Identifier: MIT */
/* Random numbers and strings, one function for each row of the value table. */
#ifndef FK_SCALARS_H
#define FK_SCALARS_H

#include "generate.h"

fk_value random_integer(void);
fk_value random_big_integer(void);
fk_value random_float(void);
fk_value random_no_number(void);
fk_value random_text(void);
fk_value random_bytes(void);

#endif
