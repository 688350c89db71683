/* unosim: the display's UNO on a PC. Test tool; not part of what flatwatt installs.

   unosim [-p] [-l LINK] [-f BOOTLOADER.hex] [SKETCH.hex]
     without -p   lockstep: virtual time, driven by commands on stdin
     -p           real time on a pty, which behaves like the board's USB port: opening it
                  resets the board; commands on stdin except run, step, tx, rx
     -l LINK      also reachable under this name
     -f HEX       starts in this bootloader, as after a reset of a real board
   Environment: LCD_KHZ (270), LCD_LOW_NIBBLE (15).

   One command a line, one line in answer:
     run MS | step CYCLES        let time pass
     tx HEX                      bytes for the board, queued at 115200 baud
     rx                          bytes from the board since the last rx, hex
     press A|B, release A|B      the buttons
     reset, power                reset button; power cycle of board and LCD
     lcd                         glass (32 bytes hex) and the controller's state
     cgram                       64 bytes hex
     history                     glasses since the last mark, each 32 bytes hex
     stat, mark                  counters; begin counting edges and glasses anew
     stray RS NIBBLE             a stray pulse on the LCD's E, RS 0 or 1, nibble hex
     poke ddram|cgram ADDR BYTE  garbage in the LCD's memory, hex
     flash ADDR COUNT            program memory, hex
     unplug, plug                (-p) the USB cable */
#define _GNU_SOURCE
#include "uno.h"   /* uno_t */
#include "ports.h" /* the pty */

#include <stdio.h>  /* printf, fgets */
#include <stdlib.h> /* getenv, strtoul */
#include <string.h> /* strcmp, strtok */
#include <unistd.h> /* getopt */

enum { SENT_SIZE = 1 << 20, LINE_SIZE = 1 << 20 };

static uint8_t sent[SENT_SIZE];
static size_t sent_count;

static void keep_sent(void *owner, uint8_t byte) {
    (void)owner;
    if (sent_count < SENT_SIZE) sent[sent_count++] = byte;
}

static void print_hex(const uint8_t *bytes, size_t count) {
    for (size_t at = 0; at < count; at++) printf("%02X", bytes[at]);
}

static void print_lcd(const lcd_t *lcd) {
    uint8_t cells[LCD_CELLS];
    lcd_glass(lcd, cells);
    print_hex(cells, LCD_CELLS);
    printf(" on=%d cursor=%d blink=%d shift=%d lines=%d bits=%d\n", lcd->on, lcd->cursor,
           lcd->blink, lcd->shift, 1 + lcd->two_lines, lcd->four_bits ? 4 : 8);
}

static void print_history(lcd_t *lcd) {
    lcd_remember(lcd);
    for (unsigned at = 0; at < lcd->shown; at++) {
        if (at) printf(" ");
        print_hex(lcd->history[at], LCD_CELLS);
    }
    printf("\n");
}

static void print_stat(const uno_t *uno) {
    const lcd_t *lcd = &uno->lcd;
    printf("cycle=%llu received=%llu first_edge=%llu last_edge=%llu edges=%lu characters=%lu "
           "commands=%lu busy_breaches=%lu pulse_breaches=%lu stack=%d led=%d led_changes=%lu "
           "resets=%lu queued=%zu\n",
           (unsigned long long)uno->avr->cycle, (unsigned long long)uno->received,
           (unsigned long long)lcd->first_edge, (unsigned long long)lcd->last_edge, lcd->edges,
           lcd->characters, lcd->commands, lcd->busy_breaches, lcd->pulse_breaches,
           uno_stack(uno), uno->led, uno->led_changes, uno->resets,
           uno->queue_end - uno->queue_first);
}

static uint8_t hex_byte(const char *text) {
    const char digits[3] = {text[0], text[1], 0};
    return strtoul(digits, NULL, 16);
}

static void receive(uno_t *uno, const char *hex) {
    for (; hex[0] && hex[1]; hex += 2) {
        const uint8_t byte = hex_byte(hex);
        if (!uno_receive(uno, &byte, 1)) break;
    }
    printf("ok\n");
}

static void poke(lcd_t *lcd, const char *memory, const char *address, const char *value) {
    const unsigned at = strtoul(address, NULL, 16);
    const uint8_t byte = strtoul(value, NULL, 16);
    if (!strcmp(memory, "cgram")) {
        lcd->cgram[at & 0x3F] = byte;
    } else {
        lcd->ddram[at & 0x7F] = byte;
    }
    printf("ok\n");
}

static void ok(void) { printf("ok\n"); }

/* Commands that let time pass or move bytes; in real time the pty does both. */
static int lockstep_command(uno_t *uno, const char *name, const char *first) {
    if (!strcmp(name, "run")) {
        uno_run(uno, (uint64_t)(strtod(first, NULL) * (UNO_HZ / 1000)));
        ok();
    } else if (!strcmp(name, "step")) {
        uno_run(uno, strtoull(first, NULL, 10));
        ok();
    } else if (!strcmp(name, "tx")) {
        receive(uno, first);
    } else if (!strcmp(name, "rx")) {
        print_hex(sent, sent_count);
        printf("\n");
        sent_count = 0;
    } else {
        return 0;
    }
    return 1;
}

static int look_command(uno_t *uno, const char *name, const char *first, const char *second) {
    if (!strcmp(name, "lcd")) {
        print_lcd(&uno->lcd);
    } else if (!strcmp(name, "cgram")) {
        print_hex(uno->lcd.cgram, sizeof uno->lcd.cgram);
        printf("\n");
    } else if (!strcmp(name, "history")) {
        print_history(&uno->lcd);
    } else if (!strcmp(name, "stat")) {
        print_stat(uno);
    } else if (!strcmp(name, "flash")) {
        const uint32_t at = strtoul(first, NULL, 16) & uno->avr->flashend;
        const uint32_t room = uno->avr->flashend + 1 - at;
        const uint32_t count = strtoul(second, NULL, 16);
        print_hex(uno->avr->flash + at, count < room ? count : room);
        printf("\n");
    } else {
        return 0;
    }
    return 1;
}

static int act_command(uno_t *uno, const char *name, const char *first, const char *second,
                       const char *third) {
    if (!strcmp(name, "press") || !strcmp(name, "release")) {
        uno_button(uno, *first == 'B', *name == 'p');
    } else if (!strcmp(name, "reset")) {
        uno_reset(uno);
    } else if (!strcmp(name, "power")) {
        uno_power_cycle(uno);
    } else if (!strcmp(name, "mark")) {
        lcd_mark(&uno->lcd);
    } else if (!strcmp(name, "stray")) {
        lcd_stray(&uno->lcd, *first == '1', strtoul(second, NULL, 16));
    } else if (!strcmp(name, "poke")) {
        poke(&uno->lcd, first, second, third);
        return 1;
    } else {
        return 0;
    }
    ok();
    return 1;
}

/* Carries out one line. */
static void command(uno_t *uno, port_t *port, char *line) {
    static const char *none = "";
    const char *words[4];
    char *rest = line;
    for (int at = 0; at < 4; at++) {
        const char *word = strtok_r(rest, " \r\n", &rest);
        words[at] = word ? word : none;
    }
    if (look_command(uno, words[0], words[1], words[2])) return;
    if (act_command(uno, words[0], words[1], words[2], words[3])) return;
    if (!port && lockstep_command(uno, words[0], words[1])) return;
    if (port && !strcmp(words[0], "unplug")) {
        port_close(port);
        ok();
    } else if (port && !strcmp(words[0], "plug")) {
        uno_power_cycle(uno);
        port_open(port);
        ok();
    } else {
        printf("error: unknown command '%s'\n", words[0]);
    }
}

static void lockstep(uno_t *uno) {
    char *line = malloc(LINE_SIZE);
    uno->sent = keep_sent;
    while (fgets(line, LINE_SIZE, stdin)) {
        command(uno, NULL, line);
        fflush(stdout);
    }
    free(line);
}

static unsigned setting(const char *name, unsigned otherwise) {
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

int main(int count, char **words) {
    const char *bootloader = NULL, *link = NULL;
    int real_time = 0;
    for (int letter; (letter = getopt(count, words, "pl:f:")) != -1;) {
        if (letter == 'p') real_time = 1;
        if (letter == 'l') link = optarg;
        if (letter == 'f') bootloader = optarg;
        if (letter == '?') return 2;
    }
    const char *sketch = optind < count ? words[optind] : NULL;
    if (!sketch && !bootloader) {
        fprintf(stderr, "usage: unosim [-p] [-l LINK] [-f BOOTLOADER.hex] [SKETCH.hex]\n");
        return 2;
    }
    static uno_t uno;
    uno.sent = keep_sent;
    if (uno_open(&uno, bootloader, sketch, setting("LCD_KHZ", 270),
                 setting("LCD_LOW_NIBBLE", 15))) {
        return 1;
    }
    if (!real_time) {
        lockstep(&uno);
        return 0;
    }
    return port_serve(&uno, link, command);
}
