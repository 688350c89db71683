// A number that differs after each reset and power-on.
#ifndef FLATWATT_BOOT_ID_H
#define FLATWATT_BOOT_ID_H

#include <stdint.h>  // uint16_t

// Counts this boot in the EEPROM (one or two bytes written, at most 7 ms). The EEPROM bears
// 100 000 of them: ten resets a day for 27 years.
uint16_t boot_id_next();

#endif
