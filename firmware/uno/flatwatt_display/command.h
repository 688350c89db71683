// What a line from the host asks for.
#ifndef FLATWATT_COMMAND_H
#define FLATWATT_COMMAND_H

#include "wire.h"    // Wire: the line to be understood
#include <stdint.h>  // uint8_t

const uint8_t PAGES = 8;
const uint8_t GLYPHS = 8;
const uint8_t GLYPH_ROWS = 8;
const uint8_t COLUMNS = 16;
const uint8_t CELLS = 32;  // two rows of sixteen

enum CommandKind : uint8_t {
  NOT_UNDERSTOOD,  // no sequence number to refuse it by: dropped
  STORE,           // number, index, cells
  GLYPH,           // number, index, rows
  SHOW,            // number, index
  DELETE,          // number, index
  HEARTBEAT,       // number
  HELLO,
  EVENT_TAKEN,     // number
  UNKNOWN,         // number: refused with 1
  BAD_ARGUMENT,    // number: refused with 2
};

struct Command {
  CommandKind kind;
  uint8_t number;        // the host's sequence number, or the event's
  uint8_t index;         // page or glyph
  const uint8_t *cells;  // CELLS characters, inside the Wire
  uint8_t rows[GLYPH_ROWS];
};

Command command_parse(const Wire *wire);

#endif
