// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

/// UTF-8 by RFC 3629 §3, §4 and §10: what is a text, and which octet is the first impossible one.
namespace frameglass::vectors {

struct Utf8Row
{
    std::string_view name;
    std::string_view hex;
    int bad;              ///< index of the first impossible octet; -1: none
    bool complete = true; ///< without a bad octet: the text ends at a character
};

inline constexpr Utf8Row utf8Rows[] = {
    {"empty", "", -1},
    {"NUL", "00", -1},
    {"U+007F", "7f", -1},
    {"U+0080, shortest two octets", "c280", -1},
    {"U+07FF, longest two octets", "dfbf", -1},
    {"U+0800, shortest three octets", "e0a080", -1},
    {"U+D7FF, last before the surrogates", "ed9fbf", -1},
    {"U+E000, first after the surrogates", "ee8080", -1},
    {"U+FFFF, longest three octets", "efbfbf", -1},
    {"U+10000, shortest four octets", "f0908080", -1},
    {"U+10FFFF, the last", "f48fbfbf", -1},
    {"A<NOT IDENTICAL TO><ALPHA>. (RFC 3629 §7)", "41e289a2ce912e", -1},
    {"Korean hangugeo (RFC 3629 §7)", "ed959ceab5adec96b4", -1},
    {"Japanese nihongo (RFC 3629 §7)", "e697a5e69cace8aa9e", -1},
    {"BOM and U+233B4 (RFC 3629 §7)", "efbbbff0a38eb4", -1},
    {"C0 80, overlong NUL (RFC 3629 §10)", "c080", 0},
    {"2F C0 AE 2E 2F (RFC 3629 §10)", "2fc0ae2e2f", 1},
    {"C1 BF, overlong U+007F", "c1bf", 0},
    {"E0 9F BF, overlong U+07FF", "e09fbf", 1},
    {"F0 8F BF BF, overlong U+FFFF", "f08fbfbf", 1},
    {"ED A0 80, first surrogate", "eda080", 1},
    {"ED BF BF, last surrogate", "edbfbf", 1},
    {"F4 90 80 80, U+110000", "f4908080", 1},
    {"F5, never a lead", "f5808080", 0},
    {"FF", "ff", 0},
    {"lone continuation 80", "80", 0},
    {"lone continuation BF", "bf", 0},
    {"two octets, second is ASCII", "c341", 1},
    {"two octets, second is a lead", "c3c3", 1},
    {"three octets, third is ASCII", "e28241", 2},
    {"three octets, second is a lead", "e2e28282", 1},
    {"four octets, third is ASCII", "f09f4180", 2},
    {"four octets, fourth is a lead", "f09f98c2", 3},
    {"text, then a bad octet", "48656c6c6f20776f726c642c20e4b896e7958cff21", 19},
    {"ends after a two-octet lead", "c3", -1, false},
    {"ends after a three-octet lead", "e2", -1, false},
    {"ends before the last of three", "e282", -1, false},
    {"ends after a four-octet lead", "f0", -1, false},
    {"ends before the last of four", "f09f98", -1, false},
};

} // namespace frameglass::vectors
