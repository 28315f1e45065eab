# SPDX-License-Identifier: GPL-3.0-or-later
# Puts what PROGRAM --manual prints into the page INPUT and writes it to OUTPUT.
set(ENV{LC_ALL} C)
set(ENV{ASAN_OPTIONS} detect_leaks=0) # the program ends before all is freed
execute_process(COMMAND ${PROGRAM} --manual OUTPUT_VARIABLE FGLASS_MANUAL OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
configure_file(${INPUT} ${OUTPUT} @ONLY)
