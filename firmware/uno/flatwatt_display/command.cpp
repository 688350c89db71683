#include "command.h"

namespace {

const uint8_t HEAD = 3;          // command letter and two digits of number
const uint8_t NO_DIGIT = 0xFF;
const uint8_t WIDEST_ROW = 0x1F;  // five dots

bool two_digits(const uint8_t *from, uint8_t *value) {
  const uint8_t high = wire_digit(from[0]);
  const uint8_t low = wire_digit(from[1]);
  if (high == NO_DIGIT || low == NO_DIGIT) return false;
  *value = high << 4 | low;
  return true;
}

bool index_of(const Wire *wire, uint8_t length, uint8_t *index) {
  if (wire->kept != length) return false;
  *index = wire->body[HEAD] - '0';
  return *index < PAGES;  // as many pages as glyphs
}

bool rows_of(const Wire *wire, uint8_t *rows) {
  for (uint8_t row = 0; row < GLYPH_ROWS; row++) {
    if (!two_digits(wire->body + HEAD + 1 + 2 * row, &rows[row])) return false;
    if (rows[row] > WIDEST_ROW) return false;
  }
  return true;
}

CommandKind checked(CommandKind kind, bool right) { return right ? kind : BAD_ARGUMENT; }

CommandKind numbered(const Wire *wire, Command *command) {
  const bool whole = !wire->flawed;
  switch (wire->body[0]) {
    case 'F':
      command->cells = wire->body + HEAD + 1;
      return checked(STORE, whole && index_of(wire, HEAD + 1 + CELLS, &command->index));
    case 'G':
      return checked(GLYPH, whole && index_of(wire, HEAD + 1 + 2 * GLYPH_ROWS, &command->index) &&
                                rows_of(wire, command->rows));
    case 'P':
      return checked(SHOW, whole && index_of(wire, HEAD + 1, &command->index));
    case 'D':
      return checked(DELETE, whole && index_of(wire, HEAD + 1, &command->index));
    case 'T':
      return checked(HEARTBEAT, whole && wire->kept == HEAD);
    default:
      return UNKNOWN;
  }
}

}  // namespace

Command command_parse(const Wire *wire) {
  Command command = {};
  if (wire->kept == 1 && wire->body[0] == '?' && !wire->flawed) {
    command.kind = HELLO;
    return command;
  }
  if (wire->kept < HEAD || !two_digits(wire->body + 1, &command.number)) return command;
  if (wire->body[0] == 'a') {
    command.kind = wire->kept == HEAD && !wire->flawed ? EVENT_TAKEN : NOT_UNDERSTOOD;
  } else if (wire->body[0] != '?') {
    command.kind = numbered(wire, &command);
  }
  return command;
}
