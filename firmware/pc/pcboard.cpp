// The sketch's portable files on a PC, with a fake clock and the simulator's LCD model.
//   pcboard vectors FILE         what wire, command and session make of each test vector
//   pcboard fuzz SEED COUNT      random and half-right bytes, buttons and time
//   pcboard button               lines "MS LEVEL" (1 = down) on stdin -> "MS NEWS" when there is some
//   pcboard age SECONDS          how a page of that age is marked
//   pcboard button SEED PRESSES  random bouncing presses; each is reported exactly once
#include "buttons.h"  // button_feed
#include "command.h"  // command_parse
#include "screen.h"   // screen_step
#include "session.h"  // session_line
#include "wire.h"     // wire_feed

extern "C" {
#include "hd44780_model.h"  // lcd_t
}

#include <cstdio>    // printf, fopen
#include <cstdlib>   // strtoul, exit
#include <cstring>   // memcmp
#include <fstream>   // ifstream
#include <iostream>  // cin
#include <sstream>   // istringstream
#include <string>    // string
#include <vector>    // vector

static lcd_t glass;

void lcd_nibble(uint8_t nibble) { lcd_stray(&glass, 0, nibble); }

static void both(uint8_t rs, uint8_t byte) {
  lcd_stray(&glass, rs, byte >> 4);
  lcd_stray(&glass, rs, byte & 0xF);
}

void lcd_command(uint8_t command) { both(0, command); }
void lcd_character(uint8_t character) { both(1, character); }

namespace {

using std::string;
using Bytes = std::vector<uint8_t>;

// ---- random numbers: the same everywhere for the same seed

uint32_t random_state;

uint32_t dice(uint32_t sides) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % sides;
}

[[noreturn]] void fail(const char *what) {
  std::printf("FAILED: %s\n", what);
  std::exit(1);
}

void check(bool holds, const char *what) {
  if (!holds) fail(what);
}

// ---- vectors

string hex(const uint8_t *bytes, size_t count) {
  string text;
  char two[3];
  for (size_t at = 0; at < count; at++) {
    std::snprintf(two, sizeof two, "%02X", bytes[at]);
    text += two;
  }
  return text;
}

Bytes raw(const string &text) {
  Bytes bytes;
  for (size_t at = 0; at < text.size(); at++) {
    if (text[at] == '{') {
      bytes.push_back(std::strtoul(text.substr(at + 1, 2).c_str(), nullptr, 16));
      at += 3;
    } else {
      bytes.push_back(text[at]);
    }
  }
  return bytes;
}

string meaning(const Wire *wire) {
  const Command command = command_parse(wire);
  const string number = " number=" + hex(&command.number, 1);
  const string index(1, '0' + command.index);
  switch (command.kind) {
    case STORE:
      return "store" + number + " page=" + index + " cells=" + hex(command.cells, CELLS);
    case GLYPH:
      return "glyph" + number + " glyph=" + index + " rows=" + hex(command.rows, GLYPH_ROWS);
    case SHOW:
      return "show" + number + " page=" + index;
    case DELETE:
      return "delete" + number + " page=" + index;
    case HEARTBEAT:
      return "heartbeat" + number;
    case HELLO:
      return "hello";
    case EVENT_TAKEN:
      return "taken event=" + hex(&command.number, 1);
    case UNKNOWN:
      return "refuse" + number + " error=1";
    case BAD_ARGUMENT:
      return "refuse" + number + " error=2";
    default:
      return "";
  }
}

void heard(const Bytes &bytes) {
  Wire wire;
  wire_init(&wire);
  int good = 0, bad = 0;
  string all;
  for (uint8_t byte : bytes) {
    if (!wire_feed(&wire, byte)) continue;
    const string one = meaning(&wire);
    one.empty() ? bad++ : good++;
    all += (all.empty() || one.empty() ? "" : "; ") + one;
  }
  std::printf(">\t%d/%d\t%s\n", good, bad + wire.bad, all.c_str());
}

string field(const string &text, const string &name) {
  const size_t at = text.find(" " + name + "=");
  if (at == string::npos) return "";
  const size_t start = at + name.size() + 2;
  return text.substr(start, text.find(' ', start) - start);
}

uint16_t hex_field(const string &text, const string &name) {
  return std::strtoul(field(text, name).c_str(), nullptr, 16);
}

// Brings a session into the state in which it says the line that means `text`.
void prepare(Session *session, const string &text) {
  session_init(session, hex_field(text, "boot"), 0);
  const string kind = text.substr(0, text.find(' '));
  if (kind == "hello") return;
  session->hello_due = false;
  session->last_number = hex_field(text, "number");
  session->refusal = hex_field(text, "error");
  session->answer_due = kind == "ack" || kind == "refused";
  if (kind == "visible") {
    const uint8_t cells[CELLS] = {};
    pages_store(&session->pages, hex_field(text, "page"), cells);
    session->visible_due = true;
  }
  if (kind == "event") {
    session->events.next_number = hex_field(text, "number");
    events_add(&session->events, field(text, "button")[0], hex_field(text, "kind"));
  }
}

void spoken(const string &text) {
  Session session;
  char body[SPOKEN_MAX], line[SPOKEN_MAX + WIRE_FRAME];
  prepare(&session, text);
  const uint8_t length = session_say(&session, 0, body);
  const uint8_t count = wire_frame(line, body, length);
  std::printf("<\t%.*s{0A}\n", count - 1, line);
}

int vectors(const char *path) {
  std::ifstream file(path);
  check(file.good(), "the vectors cannot be read");
  for (string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<string> columns;
    std::istringstream parts(line);
    for (string part; std::getline(parts, part, '\t');) columns.push_back(part);
    if (line[0] == '>') heard(raw(columns.at(2)));
    if (line[0] == '<') spoken(columns.at(3));
  }
  return 0;
}

// ---- fuzz

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

int fuzz(uint32_t seed, unsigned long count) {
  static Board board;
  random_state = seed;
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

// ---- buttons

int button_script() {
  Button button;
  button_init(&button, 0);
  unsigned long at_ms;
  int level;
  while (std::cin >> at_ms >> level) {
    const ButtonNews news = button_feed(&button, level != 0, static_cast<uint32_t>(at_ms));
    if (news) std::printf("%lu %d\n", at_ms, news);
  }
  return 0;
}

int age(uint32_t age_s) {
  uint8_t text[COLUMNS];
  std::memset(text, ' ', sizeof text);
  pages_age(text + COLUMNS, age_s);
  std::printf("%.*s\n", COLUMNS, reinterpret_cast<char *>(text));
  return 0;
}

struct Counts {
  unsigned long news[4];
};

void stay(Button *button, bool down, uint32_t for_ms, uint32_t *now_ms, Counts *counts) {
  for (; for_ms; for_ms--) counts->news[button_feed(button, down, (*now_ms)++)]++;
}

int random_presses(uint32_t seed, unsigned long presses) {
  Button button;
  Counts counts = {};
  random_state = seed;
  uint32_t now_ms = 0u - 20000;
  unsigned long held = 0;
  button_init(&button, now_ms);
  for (unsigned long press = 0; press < presses; press++) {
    const bool hold = dice(3) == 0;
    held += hold;
    for (int edge = 0; edge < 4; edge++) stay(&button, edge & 1, dice(6), &now_ms, &counts);
    stay(&button, true, hold ? HELD_MS + 40 : 40 + dice(300), &now_ms, &counts);
    for (int edge = 0; edge < 4; edge++) stay(&button, edge & 1, dice(6), &now_ms, &counts);
    stay(&button, false, 30 + dice(300), &now_ms, &counts);
  }
  std::printf("presses=%lu pressed=%lu released=%lu held=%lu expected_held=%lu\n", presses,
              counts.news[PRESSED], counts.news[RELEASED], counts.news[HELD], held);
  return 0;
}

}  // namespace

int main(int count, char **words) {
  const string what = count > 1 ? words[1] : "";
  if (what == "vectors" && count == 3) return vectors(words[2]);
  if (what == "age" && count == 3) return age(std::strtoul(words[2], nullptr, 10));
  if (what == "button" && count == 2) return button_script();
  if (count == 4) {
    const uint32_t seed = std::strtoul(words[2], nullptr, 10);
    const unsigned long number = std::strtoul(words[3], nullptr, 10);
    if (what == "fuzz") return fuzz(seed, number);
    if (what == "button") return random_presses(seed, number);
  }
  std::printf("usage: pcboard vectors FILE | age SECONDS | fuzz SEED COUNT | button [SEED PRESSES]\n");
  return 2;
}
