// One push button: bounces swallowed, long presses noticed. Knows no pin and no clock.
#ifndef FLATWATT_BUTTONS_H
#define FLATWATT_BUTTONS_H

#include <stdint.h>  // uint8_t, uint32_t

const uint8_t SETTLE_MS = 15;   // a contact must agree with itself this long
const uint16_t HELD_MS = 800;

enum ButtonNews : uint8_t { NOTHING = 0, PRESSED = 1, RELEASED = 2, HELD = 3 };

struct Button {
  bool down;             // settled
  bool seen;             // last look
  bool held;             // this press has been reported as held
  uint32_t changed_ms;   // when `seen` last changed
  uint32_t pressed_ms;
};

void button_init(Button *button, uint32_t now_ms);

// Takes one look at the contact; returns what became of the button. Time may wrap.
ButtonNews button_feed(Button *button, bool down, uint32_t now_ms);

#endif
