// Feeds the sketch's portable files with nonsense and looks whether they keep their wits.
#ifndef FLATWATT_FUZZ_H
#define FLATWATT_FUZZ_H

#include <cstddef>  // size_t
#include <cstdint>  // uint8_t, uint32_t
#include <string>   // string

// Chance that is the same everywhere for the same seed.
void dice_seed(uint32_t seed);
uint32_t dice(uint32_t sides);

// Ends the program with `what` unless it holds.
void check(bool holds, const char *what);
std::string hex(const uint8_t *bytes, size_t count);

// At least `count` bytes; returns 0, or ends the program at the first fault.
int fuzz(uint32_t seed, unsigned long count);

#endif
