#include "session.h"

#include <string.h>  // memcpy, memset, memcmp, strlen

namespace {

const char GREETING[] = "Hflatwatt-uno 0.1.0 16x2 8 ";
const char NAME[] = "flatwatt";
const char CONNECTED[] = "connected";
const char WAITING[] = "waiting for host";
const uint8_t UNKNOWN_COMMAND = 1, WRONG_ARGUMENT = 2;
const uint8_t BLINK_MS = 48;  // of every 256

void put(uint8_t *cells, const char *text) { memcpy(cells, text, strlen(text)); }

void draw(Session *session) {
  Picture *picture = &session->picture;
  picture->cells_due = true;
  if (session->pages.visible != NO_PAGE) {
    pages_draw(&session->pages, picture->cells);
    return;
  }
  memset(picture->cells, ' ', CELLS);
  put(picture->cells, NAME);
  put(picture->cells + COLUMNS, session->alive ? CONNECTED : WAITING);
}

// After the visible page may have changed: tell the host and draw.
void turned(Session *session, uint8_t before) {
  if (session->pages.visible == before) return;
  session->visible_due = session->pages.visible != NO_PAGE;
  draw(session);
}

void store(Session *session, const Command *command) {
  const uint8_t before = session->pages.visible;
  if (pages_store(&session->pages, command->index, command->cells)) draw(session);
  if (before == NO_PAGE) session->visible_due = true;
}

void keep_glyph(Session *session, const Command *command) {
  uint8_t *rows = session->picture.glyphs[command->index];
  if (memcmp(rows, command->rows, GLYPH_ROWS) == 0) return;
  memcpy(rows, command->rows, GLYPH_ROWS);
  session->picture.glyphs_due |= 1 << command->index;
}

uint8_t show(Session *session, uint8_t page) {
  if (!pages_has(&session->pages, page)) return WRONG_ARGUMENT;
  session->pages.visible = page;
  session->visible_due = true;
  draw(session);
  return 0;
}

void forget(Session *session, uint8_t page) {
  const uint8_t before = session->pages.visible;
  pages_delete(&session->pages, page);
  turned(session, before);
}

void refresh(Session *session) {
  const bool was_stale = pages_stale(&session->pages);
  pages_refresh(&session->pages);
  if (was_stale) draw(session);
}

// Returns 0 or the reason for refusing.
uint8_t carry_out(Session *session, const Command *command) {
  switch (command->kind) {
    case STORE:
      store(session, command);
      return 0;
    case GLYPH:
      keep_glyph(session, command);
      return 0;
    case SHOW:
      return show(session, command->index);
    case DELETE:
      forget(session, command->index);
      return 0;
    case HEARTBEAT:
      refresh(session);
      return 0;
    case UNKNOWN:
      return UNKNOWN_COMMAND;
    default:
      return WRONG_ARGUMENT;
  }
}

void numbered(Session *session, const Command *command, uint16_t crc) {
  // Number and CRC: a new host that happens to begin with the same number is not taken for
  // an echo of the old one.
  const bool repeated = session->repeatable && session->last_number == command->number &&
                        session->last_crc == crc;
  if (!repeated) session->refusal = carry_out(session, command);
  session->repeatable = true;
  session->last_number = command->number;
  session->last_crc = crc;
  session->answer_due = true;
}

void hear(Session *session, uint32_t now_ms) {
  const bool new_voice = !session->alive;
  session->alive = true;
  session->heard_ms = now_ms;
  if (!session->met) session->hello_due = true;  // the hello at boot may have got lost
  session->met = true;
  if (new_voice && session->pages.visible == NO_PAGE) draw(session);
}

uint8_t say_hello(Session *session, char *body) {
  const uint8_t length = sizeof GREETING - 1;
  memcpy(body, GREETING, length);
  char *out = wire_hex(body + length, session->boot >> 8);
  wire_hex(out, session->boot & 0xFF);
  session->hello_due = false;
  return length + 4;
}

uint8_t say_answer(Session *session, char *body) {
  session->answer_due = false;
  body[0] = session->refusal ? 'N' : 'A';
  wire_hex(body + 1, session->last_number);
  if (!session->refusal) return 3;
  body[3] = '0' + session->refusal;
  return 4;
}

uint8_t say_visible(Session *session, char *body) {
  session->visible_due = false;
  if (session->pages.visible == NO_PAGE) return 0;
  body[0] = 'V';
  body[1] = '0' + session->pages.visible;
  return 2;
}

uint8_t say_event(const Event *event, char *body) {
  body[0] = 'K';
  wire_hex(body + 1, event->number);
  body[3] = event->button;
  body[4] = '0' + event->kind;
  return 5;
}

}  // namespace

void session_init(Session *session, uint16_t boot, uint32_t now_ms) {
  memset(session, 0, sizeof *session);
  pages_init(&session->pages);
  events_init(&session->events);
  session->boot = boot;
  session->second_ms = session->heard_ms = now_ms;
  session->hello_due = true;
  draw(session);
}

void session_line(Session *session, Wire *wire, uint32_t now_ms) {
  const Command command = command_parse(wire);
  hear(session, now_ms);
  switch (command.kind) {
    case NOT_UNDERSTOOD:
      wire->bad++;
      return;
    case HELLO:
      session->hello_due = true;
      session->repeatable = false;  // perhaps a new host: nothing it says is a repetition
      return;
    case EVENT_TAKEN:
      events_taken(&session->events, command.number);
      return;
    default:
      numbered(session, &command, wire->crc);
  }
}

void session_button(Session *session, char button, ButtonNews news, bool was_held) {
  if (news == NOTHING) return;
  events_add(&session->events, button, news);
  const uint8_t before = session->pages.visible;
  if (button == 'A' && news == PRESSED) pages_turn(&session->pages, 1);
  // Only the release tells a short press of B from a held one.
  if (button == 'B' && news == RELEASED && !was_held) pages_turn(&session->pages, -1);
  turned(session, before);
}

void session_tick(Session *session, uint32_t now_ms) {
  if (session->alive && now_ms - session->heard_ms > SILENCE_MS) {
    session->alive = false;
    draw(session);
  }
  if (now_ms - session->second_ms < 1000) return;
  do {
    session->second_ms += 1000;
    session->pages.now_s++;
  } while (now_ms - session->second_ms >= 1000);
  if (pages_stale(&session->pages)) draw(session);
}

uint8_t session_say(Session *session, uint32_t now_ms, char *body) {
  if (session->hello_due) return say_hello(session, body);
  if (session->answer_due) return say_answer(session, body);
  if (session->visible_due) return say_visible(session, body);
  const Event *event = events_due(&session->events, now_ms);
  return event ? say_event(event, body) : 0;
}

bool session_led(const Session *session, uint32_t now_ms) {
  const bool blink = session->events.count > 0 && (now_ms & 0xFF) < BLINK_MS;
  return session->alive != blink;
}
