#include "hd44780_model.h"

#include <string.h> /* memset, memcmp, memcpy */

enum {
    PULSE_CYCLES = 8,     /* E high: 450 ns */
    PERIOD_CYCLES = 16,   /* E rise to rise: 1000 ns */
    SETUP_CYCLES = 1,     /* RS before E: 60 ns */
    QUIET_CYCLES = 4000,  /* 0.25 ms without a write end a drawing */
    POWER_US = 40000,     /* supply to first command at 2.7 V, the longest asked for */
    CYCLES_US = 16,
    LINE = 40,            /* characters a line of the DDRAM holds */
    ROW_2 = 0x40
};

/* Execution times of the data sheet hold at 270 kHz and stretch as the oscillator slows. */
static uint64_t cycles(const lcd_t *lcd, unsigned us_at_270) {
    return (uint64_t)us_at_270 * CYCLES_US * 270 / lcd->khz;
}

void lcd_power_on(lcd_t *lcd, uint64_t now) {
    const unsigned khz = lcd->khz;
    const uint8_t low = lcd->low_nibble;
    memset(lcd, 0, sizeof *lcd);
    lcd->khz = khz;
    lcd->low_nibble = low;
    /* Nobody promises what the memories hold. */
    memset(lcd->ddram, 0x5A, sizeof lcd->ddram);
    memset(lcd->cgram, 0x15, sizeof lcd->cgram);
    lcd->busy_until = now + (uint64_t)POWER_US * CYCLES_US;
}

static void move(lcd_t *lcd) {
    const int step = lcd->backwards ? -1 : 1;
    if (lcd->in_cgram) {
        lcd->address = (lcd->address + step) & 0x3F;
        return;
    }
    const int place = (lcd->address & ROW_2 ? LINE : 0) + (lcd->address & 0x3F) + step;
    const int wrapped = (place + 2 * LINE) % (2 * LINE);
    lcd->address = wrapped < LINE ? wrapped : ROW_2 + wrapped - LINE;
    if (lcd->shift_on_write) lcd->shift += step;
}

static void write_data(lcd_t *lcd, uint8_t byte) {
    if (lcd->in_cgram) {
        lcd->cgram[lcd->address & 0x3F] = byte & 0x1F;
    } else {
        lcd->ddram[lcd->address & 0x7F] = byte;
    }
    move(lcd);
}

static void home(lcd_t *lcd) { lcd->address = lcd->in_cgram = lcd->shift = 0; }

static void cursor_or_shift(lcd_t *lcd, uint8_t byte) {
    const int step = byte & 0x04 ? 1 : -1;
    if (byte & 0x08) {
        lcd->shift -= step;
    } else {
        lcd->address = (lcd->address + step) & 0x7F;
    }
}

/* Returns how long it takes, in us at 270 kHz. */
static unsigned command(lcd_t *lcd, uint8_t byte) {
    if (byte & 0x80) {
        lcd->address = byte & 0x7F;
        lcd->in_cgram = 0;
    } else if (byte & 0x40) {
        lcd->address = byte & 0x3F;
        lcd->in_cgram = 1;
    } else if (byte & 0x20) {
        lcd->four_bits = !(byte & 0x10);
        lcd->two_lines = !!(byte & 0x08);
    } else if (byte & 0x10) {
        cursor_or_shift(lcd, byte);
    } else if (byte & 0x08) {
        lcd->on = !!(byte & 0x04);
        lcd->cursor = !!(byte & 0x02);
        lcd->blink = byte & 0x01;
    } else if (byte & 0x04) {
        lcd->backwards = !(byte & 0x02);
        lcd->shift_on_write = byte & 0x01;
    } else if (byte & 0x02) {
        home(lcd);
        return 1520;
    } else if (byte & 0x01) {
        memset(lcd->ddram, ' ', sizeof lcd->ddram);
        lcd->backwards = 0;
        home(lcd);
        return 1520;
    }
    return 37;
}

/* Takes a nibble; returns the time the controller is busy afterwards, 0 after half a byte. */
static unsigned latch(lcd_t *lcd, uint8_t rs, uint8_t nibble) {
    uint8_t byte = nibble << 4 | lcd->low_nibble;
    if (lcd->four_bits) {
        lcd->half = !lcd->half;
        if (lcd->half) {
            lcd->half_value = nibble;
            return 0;
        }
        byte = lcd->half_value << 4 | nibble;
    }
    if (!rs) {
        lcd->commands++;
        return command(lcd, byte);
    }
    lcd->characters++;
    write_data(lcd, byte);
    return 41;
}

static void fall(lcd_t *lcd, uint64_t now) {
    if (now - lcd->risen < PULSE_CYCLES) lcd->pulse_breaches++;
    if (now < lcd->busy_until) lcd->busy_breaches++;
    if (lcd->last_edge && now - lcd->last_edge > QUIET_CYCLES) lcd_remember(lcd);
    if (!lcd->edges++) lcd->first_edge = now;
    lcd->fallen = lcd->last_edge = now;
    const unsigned us = latch(lcd, lcd->rs, lcd->data);
    if (us) lcd->busy_until = now + cycles(lcd, us);
}

static void rise(lcd_t *lcd, uint64_t now) {
    if (now - lcd->rs_changed < SETUP_CYCLES) lcd->pulse_breaches++;
    if (lcd->risen && now - lcd->risen < PERIOD_CYCLES) lcd->pulse_breaches++;
    lcd->risen = now;
}

void lcd_pins(lcd_t *lcd, uint8_t rs, uint8_t e, uint8_t data, uint64_t now) {
    if (rs != lcd->rs) lcd->rs_changed = now;
    if (lcd->e && !e) fall(lcd, now); /* with the levels before the edge */
    lcd->rs = rs;
    lcd->data = data;
    if (!lcd->e && e) rise(lcd, now);
    lcd->e = e;
}

void lcd_stray(lcd_t *lcd, uint8_t rs, uint8_t nibble) { latch(lcd, rs, nibble & 0xF); }

void lcd_glass(const lcd_t *lcd, uint8_t *cells) {
    for (int cell = 0; cell < LCD_CELLS; cell++) {
        const int row = cell / 16;
        const int column = ((cell % 16 + lcd->shift) % LINE + LINE) % LINE;
        const int lit = lcd->on && (row == 0 || lcd->two_lines);
        cells[cell] = lit ? lcd->ddram[row * ROW_2 + column] : ' ';
    }
}

void lcd_mark(lcd_t *lcd) {
    lcd->first_edge = lcd->last_edge = 0;
    lcd->edges = lcd->characters = lcd->commands = 0;
    lcd->shown = 0;
}

void lcd_remember(lcd_t *lcd) {
    uint8_t cells[LCD_CELLS];
    lcd_glass(lcd, cells);
    if (lcd->shown && !memcmp(lcd->history[lcd->shown - 1], cells, LCD_CELLS)) return;
    if (lcd->shown < LCD_HISTORY) memcpy(lcd->history[lcd->shown++], cells, LCD_CELLS);
}
