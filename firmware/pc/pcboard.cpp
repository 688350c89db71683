// The sketch's portable files on a PC, with a fake clock and the simulator's LCD model.
//   pcboard vectors FILE         what wire, command and session make of each test vector
//   pcboard fuzz SEED COUNT      random and half-right bytes, buttons and time
//   pcboard button               lines "MS LEVEL" (1 = down) on stdin -> "MS NEWS" when there is some
//   pcboard age SECONDS          how a page of that age is marked
//   pcboard button SEED PRESSES  random bouncing presses; each is reported exactly once
#include "buttons.h"  // button_feed
#include "command.h"  // command_parse
#include "fuzz.h"     // fuzz, dice, hex, check
#include "session.h"  // session_say
#include "wire.h"     // wire_feed

#include <cstdio>    // printf
#include <cstdlib>   // strtoul
#include <cstring>   // memset
#include <fstream>   // ifstream
#include <iostream>  // cin
#include <sstream>   // istringstream
#include <string>    // string
#include <vector>    // vector

namespace {

using std::string;
using Bytes = std::vector<uint8_t>;

// ---- vectors

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
  dice_seed(seed);
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
