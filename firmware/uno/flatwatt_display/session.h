// The talk with the host: carries out commands, turns pages, keeps what is still to be said.
#ifndef FLATWATT_SESSION_H
#define FLATWATT_SESSION_H

#include "buttons.h"  // ButtonNews
#include "command.h"  // Command
#include "events.h"   // Events
#include "pages.h"    // Pages
#include "screen.h"   // Picture
#include "wire.h"     // Wire: the accepted line, its CRC and the count of bad ones
#include <stdint.h>   // uint8_t, uint16_t, uint32_t

const uint16_t SILENCE_MS = 10000;  // without a word for so long the host counts as gone
const uint8_t SPOKEN_MAX = 40;      // longest body the board says: the hello

struct Session {
  Pages pages;
  Events events;
  Picture picture;
  uint16_t boot;          // differs after each reset
  uint16_t last_crc;      // of the last numbered command
  uint32_t heard_ms;      // last good line
  uint32_t second_ms;     // start of the running second
  uint8_t last_number;
  uint8_t refusal;        // of the last numbered command: 0 = it was carried out
  bool repeatable;        // last_* describe a command
  bool met;               // the host has spoken since the reset
  bool alive;             // … and within SILENCE_MS
  bool hello_due, answer_due, visible_due;
};

void session_init(Session *session, uint16_t boot, uint32_t now_ms);

// Carries out a line wire_feed() accepted. Call only while !session->answer_due.
void session_line(Session *session, Wire *wire, uint32_t now_ms);
void session_button(Session *session, char button, ButtonNews news, bool was_held);
void session_tick(Session *session, uint32_t now_ms);

// Writes the next body to be said to `body` (SPOKEN_MAX bytes); returns its length, 0 = none.
uint8_t session_say(Session *session, uint32_t now_ms, char *body);

// On: the host is alive. Blinks the other way while an event waits to be taken.
bool session_led(const Session *session, uint32_t now_ms);

#endif
