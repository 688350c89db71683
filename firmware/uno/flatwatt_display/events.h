// Button events on their way to the host: told again and again until the host takes them.
#ifndef FLATWATT_EVENTS_H
#define FLATWATT_EVENTS_H

#include <stdint.h>  // uint8_t, uint32_t

const uint8_t EVENTS = 8;
const uint16_t RETELL_MS = 250;

struct Event {
  uint8_t number;
  char button;   // 'A' or 'B'
  uint8_t kind;  // ButtonNews
};

// A ring; the oldest is kept when it is full, because the host has perhaps seen it already.
struct Events {
  Event queue[EVENTS];
  uint8_t first;
  uint8_t count;
  uint8_t next_number;
  bool told;          // the first was sent at least once
  uint32_t told_ms;
};

void events_init(Events *events);
bool events_add(Events *events, char button, uint8_t kind);

// The event to be told now, or nullptr. Telling starts its RETELL_MS anew.
const Event *events_due(Events *events, uint32_t now_ms);

// The host has taken the event; other numbers than the first one's are old news.
void events_taken(Events *events, uint8_t number);

#endif
