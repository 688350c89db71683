#include "fuzz.h"

#include "screen.h"   // screen_step
#include "session.h"  // session_line
#include "wire.h"     // wire_feed

extern "C" {
#include "hd44780_model.h"  // lcd_t
}

#include <cstdio>   // printf
#include <cstdlib>  // exit
#include <cstring>  // memcmp

using std::string;

static lcd_t glass;

void lcd_nibble(uint8_t nibble) { lcd_stray(&glass, 0, nibble); }

static void both(uint8_t rs, uint8_t byte) {
  lcd_stray(&glass, rs, byte >> 4);
  lcd_stray(&glass, rs, byte & 0xF);
}

void lcd_command(uint8_t command) { both(0, command); }
void lcd_character(uint8_t character) { both(1, character); }

namespace {

uint32_t random_state;

[[noreturn]] void fail(const char *what) {
  std::printf("FAILED: %s\n", what);
  std::exit(1);
}

}  // namespace

void check(bool holds, const char *what) {
  if (!holds) fail(what);
}

void dice_seed(uint32_t seed) { random_state = seed; }

uint32_t dice(uint32_t sides) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % sides;
}

string hex(const uint8_t *bytes, size_t count) {
  string text;
  char two[3];
  for (size_t at = 0; at < count; at++) {
    std::snprintf(two, sizeof two, "%02X", bytes[at]);
    text += two;
  }
  return text;
}

namespace {

struct Board {
  Wire wire;
  Session session;
  Screen screen;
  uint32_t now_ms;
  unsigned long accepted;
};

string framed(const string &body) {
  uint16_t crc = 0;
  for (char c : body) crc = wire_crc(crc, c);
  const uint8_t two[] = {static_cast<uint8_t>(crc >> 8), static_cast<uint8_t>(crc)};
  return "$" + body + "*" + hex(two, 2) + "\n";
}

void check_board(const Board *board) {
  const Pages *pages = &board->session.pages;
  check(board->wire.kept <= WIRE_KEPT, "the line buffer ran over");
  check(board->session.events.count <= EVENTS, "the event queue ran over");
  check(pages->visible == NO_PAGE ? pages->present == 0 : pages_has(pages, pages->visible),
        "a page is visible that does not exist");
}

void drain(Board *board) {
  char body[SPOKEN_MAX], line[SPOKEN_MAX + WIRE_FRAME];
  for (uint8_t length; (length = session_say(&board->session, board->now_ms, body));) {
    check(length <= SPOKEN_MAX, "a spoken line is too long");
    wire_frame(line, body, length);
  }
}

void take(Board *board, const string &bytes) {
  for (char byte : bytes) {
    if (!wire_feed(&board->wire, byte)) continue;
    board->accepted++;
    session_line(&board->session, &board->wire, board->now_ms);
    screen_step(&board->screen, &board->session.picture, board->now_ms);
    drain(board);
    check_board(board);
  }
}

void pass(Board *board, uint32_t ms) {
  board->now_ms += ms;
  session_tick(&board->session, board->now_ms);
  for (int step = 0; step < 12; step++) {
    screen_step(&board->screen, &board->session.picture, board->now_ms);
  }
  drain(board);
}

string random_body() {
  static const char letters[] = "FGPDTa?X";
  string body(1, letters[dice(sizeof letters - 1)]);
  const uint32_t length = dice(4) ? 3 + dice(40) : dice(170);
  while (body.size() < length) {
    const uint32_t kind = dice(12);
    if (kind == 0) {
      body += "\\x";
    } else if (kind == 1) {
      body += '\\';
    } else {
      body += kind < 8 ? "0123456789ABCDEF"[dice(16)] : static_cast<char>(0x20 + dice(0x5F));
    }
  }
  return body;
}

string page_line(uint8_t number, string *cells) {
  cells->clear();
  while (cells->size() < CELLS) *cells += "abcdefghijklmnopqrstuvwxyz 0123456789"[dice(37)];
  const char head[] = {'F', "0123456789ABCDEF"[number >> 4], "0123456789ABCDEF"[number & 0xF],
                       static_cast<char>('0' + dice(PAGES))};
  return framed(string(head, sizeof head) + *cells);
}

string damaged(string line) {
  for (uint32_t left = 1 + dice(4); left && !line.empty(); left--) {
    const size_t at = dice(line.size());
    const uint32_t kind = dice(4);
    if (kind == 0) line[at] ^= 1 << dice(8);
    if (kind == 1) line.erase(at, 1);
    if (kind == 2) line.insert(at, 1, static_cast<char>(dice(256)));
    if (kind == 3) line.resize(at);
  }
  return line;
}

string noise() {
  string bytes;
  string cells;
  switch (dice(5)) {
    case 0:
      for (uint32_t left = dice(60); left; left--) bytes += static_cast<char>(dice(256));
      return bytes;
    case 1:
      return framed(random_body());
    case 2:
      return "$" + random_body();
    case 3:
      return damaged(framed(random_body()));
    default:
      return damaged(page_line(dice(256), &cells));
  }
}

// After whatever came before, a clean page must be stored, shown and drawn.
void check_clean_page(Board *board, uint8_t number) {
  string cells;
  const unsigned long before = board->accepted;
  const string line = page_line(number, &cells);
  take(board, line);
  check(board->accepted == before + 1, "a clean page was lost");
  check(board->session.last_number == number && board->session.refusal == 0,
        "a clean page was refused");
  const uint8_t next[] = {static_cast<uint8_t>(number + 1)};
  const string show = framed("P" + hex(next, 1) + line[4]);
  take(board, show);
  pass(board, 4);
  for (int turn = 0; turn < 20; turn++) pass(board, 7);
  uint8_t shown[LCD_CELLS];
  lcd_glass(&glass, shown);
  check(!std::memcmp(shown, cells.data(), CELLS), "the glass differs from the page");
}

}  // namespace

int fuzz(uint32_t seed, unsigned long count) {
  static Board board;
  dice_seed(seed);
  glass.khz = 270;
  glass.low_nibble = 0xF;
  lcd_power_on(&glass, 0);
  board.now_ms = 0u - 5000;  // the clock wraps on the way
  wire_init(&board.wire);
  session_init(&board.session, 7, board.now_ms);
  screen_init(&board.screen, board.now_ms);
  unsigned long fed = 0, pages = 0;
  for (uint8_t number = 0; fed < count; number += 2) {
    const string bytes = noise();
    take(&board, bytes);
    fed += bytes.size();
    const char button = dice(2) ? 'A' : 'B';
    session_button(&board.session, button, static_cast<ButtonNews>(dice(4)), dice(2));
    pass(&board, dice(3) ? dice(50) : dice(30000));
    check_board(&board);
    if (dice(4)) continue;
    check_clean_page(&board, number);
    pages++;
  }
  std::printf("bytes=%lu accepted=%lu bad=%u clean_pages=%lu\n", fed, board.accepted,
              board.wire.bad, pages);
  return 0;
}
