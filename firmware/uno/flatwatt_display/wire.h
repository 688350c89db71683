// Lines on the serial cable: `$` body `*` CRC `\n`, as told in firmware/protocol/PROTOCOL.md.
// Knows no board and no clock; the same file is compiled, fuzzed and tested on a PC.
#ifndef FLATWATT_WIRE_H
#define FLATWATT_WIRE_H

#include <stdint.h>  // uint8_t, uint16_t

const uint8_t WIRE_BODY_MAX = 150;  // longest body in bytes as sent, escapes included
const uint8_t WIRE_KEPT = 37;       // unescaped bytes kept: the longest command (36) and one too many
const uint8_t WIRE_FRAME = 7;       // bytes a line adds to its body: $ * CCCC \n

struct Wire {
  uint8_t stage;         // where in a line the next byte falls
  uint8_t sent;          // bytes of body so far, escapes counted in full
  uint8_t kept;          // bytes in `body`, never more than WIRE_KEPT
  uint8_t escape;        // where in an escape the next byte falls
  uint8_t nibble;        // first hex digit of an escape
  uint8_t digits;        // CRC digits still to come
  bool flawed;           // an escape that means nothing
  uint16_t crc;          // of the body as sent
  uint16_t told_crc;     // what the line says it is
  uint16_t bad;          // lines dropped since power-on, wraps
  uint8_t body[WIRE_KEPT];
};

void wire_init(Wire *wire);

// Takes one byte; true when it ended a line whose CRC is right. `body`, `kept`, `flawed` and
// `crc` then describe the line until the next call.
bool wire_feed(Wire *wire, uint8_t byte);

// CRC16-XMODEM (polynomial 1021, start 0), one byte further.
uint16_t wire_crc(uint16_t crc, uint8_t byte);

// Value of an upper-case hex digit, or 0xFF.
uint8_t wire_digit(uint8_t character);

// Writes `value` as two upper-case hex digits to `out`; returns the place behind them.
char *wire_hex(char *out, uint8_t value);

// Frames `length` bytes of plain body into `line` (length + WIRE_FRAME bytes, no final NUL);
// returns the number of bytes written.
uint8_t wire_frame(char *line, const char *body, uint8_t length);

#endif
