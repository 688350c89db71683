// Keeps the glass equal to a picture: writes only cells that differ, and begins anew from time
// to time, because the LCD cannot be read back and electrical garbage would stay for ever.
#ifndef FLATWATT_SCREEN_H
#define FLATWATT_SCREEN_H

#include "command.h"  // CELLS, GLYPHS, GLYPH_ROWS
#include <stdint.h>   // uint8_t, uint32_t

const uint16_t RENEW_MS = 20000;

struct Picture {
  uint8_t cells[CELLS];
  uint8_t glyphs[GLYPHS][GLYPH_ROWS];
  uint8_t glyphs_due;  // bit n: glyph n is not yet on the LCD
  bool cells_due;      // cells may differ from the glass
};

struct Screen {
  uint8_t shadow[CELLS];  // what the glass shows
  bool unknown;           // … unless this says that nobody knows
  uint8_t cursor;         // cell the next character would go to, or NO_CELL
  uint8_t stage;          // of (re-)initialisation
  bool renewing;          // not the first time: the glass keeps its text
  uint16_t pause_ms;      // before the stage
  uint32_t since_ms;      // start of the pause, or of the last initialisation
};

void screen_init(Screen *screen, uint32_t now_ms);

// Does one bounded piece of work (at most 34 LCD writes, 2.4 ms); true when more waits that
// needs no pause.
bool screen_step(Screen *screen, Picture *picture, uint32_t now_ms);

#endif
