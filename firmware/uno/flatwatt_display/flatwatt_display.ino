// flatwatt's display on the desk: Arduino UNO, LCD1602, two buttons.
//
// Wiring: LCD RS 7, E 8, D4..D7 9..12, R/W to ground; button A between D2 and ground, button B
// between D3 and ground. LED on pin 13: on = the host is alive; off = silent for 10 s; a short
// blink four times a second = the host has not yet taken a button event.
//
// The host sends whole pages; this sketch keeps them, turns them and shows how old they are.
// Nothing here waits for the host and nothing allocates. The longest wait is one piece of
// drawing, 34 LCD writes of at most 70 us: 2.4 ms, in which 28 serial bytes arrive and 64 fit.

#include "boot_id.h"   // boot_id_next
#include "buttons.h"   // Button, button_feed
#include "hd44780.h"   // lcd_init
#include "screen.h"    // Screen, screen_step
#include "session.h"   // Session
#include "wire.h"      // Wire, wire_feed, wire_frame
#include <avr/sleep.h>  // set_sleep_mode, sleep_cpu

const uint32_t BAUD = 115200;
const uint8_t PIN_A = 2, PIN_B = 3;
const uint8_t SPOKEN_LINE_MAX = SPOKEN_MAX + WIRE_FRAME;

static Wire wire;
static Session session;
static Screen screen;
static Button button_a, button_b;
static uint32_t looked_ms;

// Takes at most one line; the rest stays in Serial's buffer until it is answered.
static void listen(uint32_t now_ms) {
  while (!session.answer_due && Serial.available()) {
    if (wire_feed(&wire, Serial.read())) {
      session_line(&session, &wire, now_ms);
      return;
    }
  }
}

static void feel(Button *button, char name, uint8_t pin, uint32_t now_ms) {
  const ButtonNews news = button_feed(button, digitalRead(pin) == LOW, now_ms);
  session_button(&session, name, news, button->held);
}

static void look(uint32_t now_ms) {
  if (now_ms == looked_ms) return;
  looked_ms = now_ms;
  feel(&button_a, 'A', PIN_A, now_ms);
  feel(&button_b, 'B', PIN_B, now_ms);
  session_tick(&session, now_ms);
  digitalWrite(LED_BUILTIN, session_led(&session, now_ms));
}

// Only what fits is written, so Serial never blocks.
static void speak(uint32_t now_ms) {
  char body[SPOKEN_MAX];
  char line[SPOKEN_LINE_MAX];
  while (Serial.availableForWrite() >= SPOKEN_LINE_MAX) {
    const uint8_t length = session_say(&session, now_ms, body);
    if (length == 0) return;
    Serial.write(line, wire_frame(line, body, length));
  }
}

// Sleeps until the next interrupt: a serial byte in or out, or the clock within 1.024 ms.
static void nap() {
  noInterrupts();  // a byte must not slip in between the question and the sleep
  if (Serial.available()) {
    interrupts();
    return;
  }
  sleep_enable();
  interrupts();
  sleep_cpu();
  sleep_disable();
}

void setup() {
  const uint32_t now_ms = millis();
  pinMode(PIN_A, INPUT_PULLUP);
  pinMode(PIN_B, INPUT_PULLUP);
  pinMode(LED_BUILTIN, OUTPUT);
  lcd_init();
  Serial.begin(BAUD);
  wire_init(&wire);
  button_init(&button_a, now_ms);
  button_init(&button_b, now_ms);
  session_init(&session, boot_id_next(), now_ms);
  screen_init(&screen, now_ms);
  set_sleep_mode(SLEEP_MODE_IDLE);
}

void loop() {
  const uint32_t now_ms = millis();
  listen(now_ms);
  const bool more = screen_step(&screen, &session.picture, now_ms);
  look(now_ms);
  speak(now_ms);
  if (!more) nap();
}
