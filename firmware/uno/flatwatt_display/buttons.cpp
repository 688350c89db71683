#include "buttons.h"

void button_init(Button *button, uint32_t now_ms) {
  button->down = button->seen = button->held = false;
  button->changed_ms = button->pressed_ms = now_ms;
}

static ButtonNews settle(Button *button, uint32_t now_ms) {
  button->down = button->seen;
  if (!button->down) return RELEASED;
  button->held = false;
  button->pressed_ms = now_ms;
  return PRESSED;
}

ButtonNews button_feed(Button *button, bool down, uint32_t now_ms) {
  if (down != button->seen) {
    button->seen = down;
    button->changed_ms = now_ms;
  }
  if (button->seen != button->down) {
    return now_ms - button->changed_ms >= SETTLE_MS ? settle(button, now_ms) : NOTHING;
  }
  if (button->down && !button->held && now_ms - button->pressed_ms >= HELD_MS) {
    button->held = true;
    return HELD;
  }
  return NOTHING;
}
