#include "hd44780.h"

#include <avr/io.h>      // PORTB, PORTD, DDRB, DDRD
#include <util/delay.h>  // _delay_us

// The pins are chosen so that a nibble and its E are neighbours in one port:
// D8..D12 = PB0..PB4. No interrupt handler writes port B, so reading it back is safe.
static const uint8_t RS = _BV(PD7);
static const uint8_t E = _BV(PB0);
static const uint8_t DATA_AND_E = 0x1F;

static const double COMMAND_US = 56;    // 37 us x 270 kHz / 190 kHz, and some
static const double CHARACTER_US = 60;  // 41 us likewise
static const double HALF_PULSE_US = 0.5;

static void pulse(uint8_t nibble) {
  PORTB = (PORTB & ~DATA_AND_E) | nibble << 1 | E;
  _delay_us(HALF_PULSE_US);
  PORTB &= ~E;
  _delay_us(HALF_PULSE_US);
}

static void both(uint8_t byte) {
  pulse(byte >> 4);
  pulse(byte & 0x0F);
}

void lcd_init() {
  PORTB &= ~DATA_AND_E;
  PORTD &= ~RS;
  DDRB |= DATA_AND_E;
  DDRD |= RS;
}

void lcd_nibble(uint8_t nibble) {
  PORTD &= ~RS;
  pulse(nibble);
  _delay_us(COMMAND_US);
}

void lcd_command(uint8_t command) {
  PORTD &= ~RS;
  both(command);
  _delay_us(COMMAND_US);
}

void lcd_character(uint8_t character) {
  PORTD |= RS;
  both(character);
  _delay_us(CHARACTER_US);
}
