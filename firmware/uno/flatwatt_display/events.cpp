#include "events.h"

void events_init(Events *events) {
  events->first = events->count = events->next_number = 0;
  events->told = false;
}

bool events_add(Events *events, char button, uint8_t kind) {
  if (events->count == EVENTS) return false;
  Event *event = &events->queue[(events->first + events->count) % EVENTS];
  event->number = events->next_number++;
  event->button = button;
  event->kind = kind;
  events->count++;
  return true;
}

const Event *events_due(Events *events, uint32_t now_ms) {
  if (events->count == 0) return nullptr;
  if (events->told && now_ms - events->told_ms < RETELL_MS) return nullptr;
  events->told = true;
  events->told_ms = now_ms;
  return &events->queue[events->first];
}

void events_taken(Events *events, uint8_t number) {
  if (events->count == 0 || events->queue[events->first].number != number) return;
  events->first = (events->first + 1) % EVENTS;
  events->count--;
  events->told = false;
}
