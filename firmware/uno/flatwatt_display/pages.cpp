#include "pages.h"

#include <string.h>  // memcpy, memcmp

void pages_init(Pages *pages) {
  pages->present = 0;
  pages->visible = NO_PAGE;
  pages->now_s = 0;
}

bool pages_has(const Pages *pages, uint8_t page) {
  return page < PAGES && (pages->present >> page & 1);
}

static bool is_stale(const Pages *pages, uint8_t page) {
  return pages->now_s - pages->fresh_s[page] > FRESH_S;
}

bool pages_store(Pages *pages, uint8_t page, const uint8_t *cells) {
  const bool changed = !pages_has(pages, page) || is_stale(pages, page) ||
                       memcmp(pages->cells[page], cells, CELLS) != 0;
  pages->fresh_s[page] = pages->now_s;
  if (!changed) return false;
  memcpy(pages->cells[page], cells, CELLS);
  pages->present |= 1 << page;
  if (pages->visible == NO_PAGE) pages->visible = page;
  return page == pages->visible;
}

void pages_delete(Pages *pages, uint8_t page) {
  pages->present &= ~(1 << page);
  if (pages->visible != page) return;
  if (pages->present) {
    pages_turn(pages, 1);
  } else {
    pages->visible = NO_PAGE;
  }
}

void pages_refresh(Pages *pages) {
  for (uint8_t page = 0; page < PAGES; page++) pages->fresh_s[page] = pages->now_s;
}

bool pages_stale(const Pages *pages) {
  return pages->visible != NO_PAGE && is_stale(pages, pages->visible);
}

void pages_turn(Pages *pages, int8_t step) {
  if (!pages->present || pages->visible == NO_PAGE) return;
  do {
    pages->visible = (pages->visible + step) & (PAGES - 1);
  } while (!pages_has(pages, pages->visible));
}

void pages_age(uint8_t *end, uint32_t age_s) {
  const uint32_t minutes = age_s / 60;
  const uint32_t hours = minutes / 60;
  const uint32_t days = hours / 24;
  char unit = days > 3 ? 'd' : hours ? 'h' : minutes ? 'm' : 's';
  uint32_t wide = days > 3 ? days : hours ? hours : minutes ? minutes : age_s;
  uint16_t value = wide > 999 ? 999 : wide;
  *--end = unit;
  do {
    *--end = '0' + value % 10;
    value /= 10;
  } while (value);
  *--end = '!';
}

void pages_draw(const Pages *pages, uint8_t *cells) {
  memcpy(cells, pages->cells[pages->visible], CELLS);
  if (!pages_stale(pages)) return;
  pages_age(cells + COLUMNS, pages->now_s - pages->fresh_s[pages->visible]);
}
