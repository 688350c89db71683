#include "wire.h"

namespace {

enum Stage : uint8_t { OUTSIDE, IN_BODY, IN_CRC, AT_END };
enum Escape : uint8_t { NONE, BACKSLASH, FIRST_DIGIT, SECOND_DIGIT };

const uint8_t GLYPH_CODES = 8;  // glyph n is character 8 + n of the LCD
const uint8_t NO_DIGIT = 0xFF;

void keep(Wire *wire, uint8_t byte) {
  if (wire->kept < WIRE_KEPT) wire->body[wire->kept++] = byte;
}

void drop(Wire *wire) {
  wire->stage = OUTSIDE;
  wire->bad++;
}

void start(Wire *wire) {
  if (wire->stage != OUTSIDE) wire->bad++;
  wire->stage = IN_BODY;
  wire->sent = wire->kept = 0;
  wire->escape = NONE;
  wire->flawed = false;
  wire->crc = 0;
}

void flaw(Wire *wire) {
  wire->flawed = true;
  wire->escape = NONE;
}

void after_backslash(Wire *wire, uint8_t byte) {
  if (byte == 'x') {
    wire->escape = FIRST_DIGIT;
  } else if (byte >= '0' && byte <= '7') {
    keep(wire, GLYPH_CODES + (byte - '0'));
    wire->escape = NONE;
  } else {
    flaw(wire);
  }
}

void escaped_digit(Wire *wire, uint8_t byte) {
  const uint8_t digit = wire_digit(byte);
  if (digit == NO_DIGIT) {
    flaw(wire);
  } else if (wire->escape == FIRST_DIGIT) {
    wire->nibble = digit;
    wire->escape = SECOND_DIGIT;
  } else {
    keep(wire, wire->nibble << 4 | digit);
    wire->escape = NONE;
  }
}

void end_body(Wire *wire) {
  if (wire->escape != NONE) flaw(wire);
  wire->stage = IN_CRC;
  wire->digits = 4;
  wire->told_crc = 0;
}

void body_byte(Wire *wire, uint8_t byte) {
  if (byte == '*') {
    end_body(wire);
    return;
  }
  if (byte < 0x20 || byte > 0x7E || wire->sent == WIRE_BODY_MAX) {
    drop(wire);
    return;
  }
  wire->sent++;
  wire->crc = wire_crc(wire->crc, byte);
  if (wire->escape == BACKSLASH) {
    after_backslash(wire, byte);
  } else if (wire->escape != NONE) {
    escaped_digit(wire, byte);
  } else if (byte == '\\') {
    wire->escape = BACKSLASH;
  } else {
    keep(wire, byte);
  }
}

void crc_byte(Wire *wire, uint8_t byte) {
  const uint8_t digit = wire_digit(byte);
  if (digit == NO_DIGIT) {
    drop(wire);
    return;
  }
  wire->told_crc = wire->told_crc << 4 | digit;
  if (--wire->digits == 0) wire->stage = AT_END;
}

bool end_byte(Wire *wire, uint8_t byte) {
  if (byte != '\n' || wire->told_crc != wire->crc) {
    drop(wire);
    return false;
  }
  wire->stage = OUTSIDE;
  return true;
}

char hex_character(uint8_t nibble) { return nibble < 10 ? '0' + nibble : 'A' + (nibble - 10); }

}  // namespace

void wire_init(Wire *wire) {
  wire->stage = OUTSIDE;
  wire->bad = 0;
}

bool wire_feed(Wire *wire, uint8_t byte) {
  if (byte == '$') {
    start(wire);
    return false;
  }
  switch (wire->stage) {
    case IN_BODY:
      body_byte(wire, byte);
      return false;
    case IN_CRC:
      crc_byte(wire, byte);
      return false;
    case AT_END:
      return end_byte(wire, byte);
    default:
      return false;
  }
}

uint16_t wire_crc(uint16_t crc, uint8_t byte) {
  // The eight shifts of the textbook folded into one: no loop, no table.
  uint8_t mix = static_cast<uint8_t>(crc >> 8) ^ byte;
  mix ^= mix >> 4;
  const uint16_t wide = mix;
  return static_cast<uint16_t>(crc << 8) ^ static_cast<uint16_t>(wide << 12) ^
         static_cast<uint16_t>(wide << 5) ^ wide;
}

uint8_t wire_digit(uint8_t character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return NO_DIGIT;
}

char *wire_hex(char *out, uint8_t value) {
  *out++ = hex_character(value >> 4);
  *out++ = hex_character(value & 0x0F);
  return out;
}

uint8_t wire_frame(char *line, const char *body, uint8_t length) {
  uint16_t crc = 0;
  char *out = line;
  *out++ = '$';
  for (uint8_t at = 0; at < length; at++) {
    crc = wire_crc(crc, static_cast<uint8_t>(body[at]));
    *out++ = body[at];
  }
  *out++ = '*';
  out = wire_hex(out, crc >> 8);
  out = wire_hex(out, crc & 0xFF);
  *out = '\n';
  return length + WIRE_FRAME;
}
