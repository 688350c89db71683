#include "boot_id.h"

#include <avr/eeprom.h>  // eeprom_read_word, eeprom_update_word

static uint16_t *const COUNTER = nullptr;  // the EEPROM's first two bytes

uint16_t boot_id_next() {
  const uint16_t boot = eeprom_read_word(COUNTER) + 1;
  eeprom_update_word(COUNTER, boot);
  return boot;
}
