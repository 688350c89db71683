/* An HD44780 with a 2x16 glass, seen from its pins: 4-bit bus, R/W on ground.
   It counts every breach of the bus timing; times are CPU cycles of 62.5 ns. */
#ifndef FLATWATT_HD44780_MODEL_H
#define FLATWATT_HD44780_MODEL_H

#include <stdint.h> /* uint8_t, uint64_t */

enum { LCD_CELLS = 32, LCD_HISTORY = 1024 };

typedef struct {
    unsigned khz;        /* oscillator: 190 (slowest sold) .. 350, 270 typical */
    uint8_t low_nibble;  /* what the unconnected pins D0..D3 read: 0x0 or 0xF (pull-ups) */
    /* pins */
    uint8_t rs, e, data;
    uint64_t rs_changed, risen, fallen;
    /* controller */
    uint8_t ddram[128], cgram[64];
    uint8_t address, in_cgram, backwards, shift_on_write;
    uint8_t on, cursor, blink, two_lines, four_bits, half, half_value;
    int shift;
    uint64_t busy_until;
    /* what was seen */
    uint64_t first_edge, last_edge;            /* falling E since the last mark */
    unsigned long edges, characters, commands; /* since the last mark */
    unsigned long busy_breaches, pulse_breaches;
    unsigned shown;                            /* glasses in the history */
    uint8_t history[LCD_HISTORY][LCD_CELLS];
} lcd_t;

void lcd_power_on(lcd_t *lcd, uint64_t now);
/* New levels of the pins; `data` is the nibble on D4..D7. */
void lcd_pins(lcd_t *lcd, uint8_t rs, uint8_t e, uint8_t data, uint64_t now);
/* A stray pulse on E, as electrical noise makes it; no timing is judged. */
void lcd_stray(lcd_t *lcd, uint8_t rs, uint8_t nibble);
/* The 32 characters on the glass, blanks where it is dark. */
void lcd_glass(const lcd_t *lcd, uint8_t *cells);
void lcd_mark(lcd_t *lcd);
/* Adds the present glass to the history unless it was the last one. */
void lcd_remember(lcd_t *lcd);

#endif
