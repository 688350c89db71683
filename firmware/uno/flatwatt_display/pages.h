// The pages the host has sent, which of them is to be seen, and how old they are.
#ifndef FLATWATT_PAGES_H
#define FLATWATT_PAGES_H

#include "command.h"  // PAGES, CELLS, COLUMNS
#include <stdint.h>   // uint8_t, uint32_t

const uint8_t NO_PAGE = 0xFF;
const uint8_t FRESH_S = 10;  // older pages show their age

struct Pages {
  uint8_t cells[PAGES][CELLS];
  uint32_t fresh_s[PAGES];  // when the host last vouched for the page
  uint8_t present;          // bit n: page n exists
  uint8_t visible;          // or NO_PAGE
  uint32_t now_s;
};

void pages_init(Pages *pages);
bool pages_has(const Pages *pages, uint8_t page);

// True when what is to be seen changed.
bool pages_store(Pages *pages, uint8_t page, const uint8_t *cells);
void pages_delete(Pages *pages, uint8_t page);
void pages_refresh(Pages *pages);
bool pages_stale(const Pages *pages);  // the visible page shows its age
void pages_turn(Pages *pages, int8_t step);  // to the next (1) or previous (-1) existing page

// Draws the visible page, its age included when it is stale. Needs a visible page.
void pages_draw(const Pages *pages, uint8_t *cells);

// Writes "!12s", "!3m", "!2h" or "!5d" right-aligned so that it ends before `end`.
void pages_age(uint8_t *end, uint32_t age_s);

#endif
