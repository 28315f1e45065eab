// SPDX-License-Identifier: GPL-3.0-or-later
#include "message_assembler.h"
