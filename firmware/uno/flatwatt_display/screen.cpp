#include "screen.h"

#include "hd44780.h"  // lcd_nibble, lcd_command, lcd_character

namespace {

const uint8_t NO_CELL = 0xFF;
const uint8_t ALL_GLYPHS = 0xFF;

// Commands of the HD44780.
const uint8_t CLEAR = 0x01, HOME = 0x02, ENTRY_RIGHT = 0x06, DISPLAY_ON = 0x0C;
const uint8_t FOUR_BITS_TWO_LINES = 0x28, TO_GLYPHS = 0x40, TO_CELLS = 0x80, ROW_2 = 0x40;
const uint8_t EIGHT_BITS = 0x3, FOUR_BITS = 0x2;  // upper nibbles of a function set

enum Stage : uint8_t { WAKE, WAKE_AGAIN, SET_UP, FILL, READY };

// Pauses count whole milliseconds of a clock that ticks each 1.024 ms, so one is added.
const uint8_t POWER_MS = 50 + 1;  // supply to first command
const uint8_t WAKE_MS = 5 + 1;    // first to second function set; longer than a stray `home`
const uint8_t CLEAR_MS = 3 + 1;   // clear and home: 2.2 ms at 190 kHz

void enter(Screen *screen, uint8_t stage, uint8_t pause_ms, uint32_t now_ms) {
  screen->stage = stage;
  screen->pause_ms = pause_ms;
  screen->since_ms = now_ms;
}

// Whatever the LCD was in the middle of, three 8-bit function sets end it: the first may
// complete half a byte, the second and third then are a whole one or two.
void wake_again() {
  lcd_nibble(EIGHT_BITS);
  lcd_nibble(EIGHT_BITS);
  lcd_nibble(FOUR_BITS);
}

void set_up(const Screen *screen) {
  lcd_command(FOUR_BITS_TWO_LINES);
  lcd_command(ENTRY_RIGHT);
  lcd_command(DISPLAY_ON);
  // Home also undoes a stray shift of the display and, unlike clear, blanks nothing.
  lcd_command(screen->renewing ? HOME : CLEAR);
}

void initialise(Screen *screen, Picture *picture, uint32_t now_ms) {
  switch (screen->stage) {
    case WAKE:
      lcd_nibble(EIGHT_BITS);
      enter(screen, WAKE_AGAIN, WAKE_MS, now_ms);
      return;
    case WAKE_AGAIN:
      wake_again();
      enter(screen, SET_UP, 0, now_ms);
      return;
    case SET_UP:
      set_up(screen);
      enter(screen, FILL, CLEAR_MS, now_ms);
      return;
    default:  // FILL
      picture->glyphs_due = ALL_GLYPHS;
      picture->cells_due = screen->unknown = true;
      screen->cursor = NO_CELL;
      enter(screen, READY, 0, now_ms);
  }
}

void write_glyph(Screen *screen, Picture *picture) {
  uint8_t glyph = 0;
  while (!(picture->glyphs_due >> glyph & 1)) glyph++;
  picture->glyphs_due &= ~(1 << glyph);
  screen->cursor = NO_CELL;
  lcd_command(TO_GLYPHS | glyph << 3);
  for (uint8_t row = 0; row < GLYPH_ROWS; row++) lcd_character(picture->glyphs[glyph][row]);
}

void write_cell(Screen *screen, uint8_t cell, uint8_t character) {
  if (screen->cursor != cell) {
    lcd_command(TO_CELLS | (cell < COLUMNS ? cell : ROW_2 + cell - COLUMNS));
  }
  lcd_character(character);
  screen->shadow[cell] = character;
  screen->cursor = cell == COLUMNS - 1 ? NO_CELL : cell + 1;  // rows do not join
}

// The first cell from `cell` on that differs, or CELLS. Kept out of line, where the compiler
// finds registers for it: three times as fast, and this is what a single new cell waits for.
__attribute__((noinline)) uint8_t next_difference(const uint8_t *shown, const uint8_t *wanted,
                                                  uint8_t cell) {
  shown += cell;
  wanted += cell;
  while (cell < CELLS && *shown++ == *wanted++) cell++;
  return cell;
}

void forget_glass(Screen *screen, const Picture *picture) {
  for (uint8_t cell = 0; cell < CELLS; cell++) screen->shadow[cell] = ~picture->cells[cell];
  screen->unknown = false;
}

void write_cells(Screen *screen, Picture *picture) {
  if (screen->unknown) forget_glass(screen, picture);
  uint8_t cell = 0;
  while ((cell = next_difference(screen->shadow, picture->cells, cell)) < CELLS) {
    write_cell(screen, cell, picture->cells[cell]);
    cell++;
  }
  picture->cells_due = false;
}

}  // namespace

void screen_init(Screen *screen, uint32_t now_ms) {
  screen->renewing = false;
  screen->unknown = true;
  screen->cursor = NO_CELL;
  enter(screen, WAKE, POWER_MS, now_ms);
}

bool screen_step(Screen *screen, Picture *picture, uint32_t now_ms) {
  const uint32_t passed_ms = now_ms - screen->since_ms;
  if (screen->stage != READY) {
    if (passed_ms < screen->pause_ms) return false;
    initialise(screen, picture, now_ms);
    return screen->pause_ms == 0;
  }
  if (picture->cells_due && !picture->glyphs_due) {
    write_cells(screen, picture);
  } else if (picture->glyphs_due) {
    write_glyph(screen, picture);
  } else if (passed_ms >= RENEW_MS) {
    screen->renewing = true;
    enter(screen, WAKE, 0, now_ms);
  } else {
    return false;
  }
  return true;
}
