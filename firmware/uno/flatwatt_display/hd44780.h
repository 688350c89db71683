// The bus to an HD44780 in 4-bit mode: RS on D7, E on D8, D4..D7 on D9..D12, R/W on ground.
// Each call waits until the LCD has done its work: 56 us after a command, 60 us after a
// character, which a chip as slow as 190 kHz keeps. `clear` and `home` take longer: the caller
// stays away for 3 ms.
#ifndef FLATWATT_HD44780_H
#define FLATWATT_HD44780_H

#include <stdint.h>  // uint8_t

void lcd_init();                        // pins only; says nothing to the LCD
void lcd_nibble(uint8_t nibble);        // half a command, while the LCD may be in 8-bit mode
void lcd_command(uint8_t command);
void lcd_character(uint8_t character);  // or a row of a glyph

#endif
