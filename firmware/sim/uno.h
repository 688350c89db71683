/* An Arduino UNO with the display's parts on it, in simavr. */
#ifndef FLATWATT_UNO_H
#define FLATWATT_UNO_H

#include "hd44780_model.h" /* lcd_t */
#include <simavr/sim_avr.h> /* avr_t */
#include <stddef.h>         /* size_t */

enum {
    UNO_HZ = 16000000,
    /* simavr takes 11 bit times of 8 x 17 cycles for each byte of 8N1; faster bytes would
       overrun its 64-byte FIFO and the firmware would be blamed. */
    BYTE_CYCLES = 11 * 8 * 17,
    QUEUE_SIZE = 1 << 20,
    NOT_STARTED = -1
};

typedef struct {
    avr_t *avr;
    lcd_t lcd;
    uint8_t pressed[2];       /* buttons A and B */
    uint8_t was_reset;        /* pins and timers must be set up again */
    uint8_t led;
    unsigned long resets, led_changes;
    /* host -> board, at the speed of the cable */
    uint8_t *queue;
    size_t queue_first, queue_end;
    uint64_t received;        /* cycle at which the last byte had arrived in full */
    /* board -> host */
    void (*sent)(void *owner, uint8_t byte);
    void *owner;
} uno_t;

/* Loads a bootloader (may be NULL) and a sketch (may be NULL); 0 or -1 with a message. */
int uno_open(uno_t *uno, const char *bootloader, const char *sketch, unsigned lcd_khz,
             uint8_t low_nibble);
void uno_run(uno_t *uno, uint64_t cycles);
void uno_reset(uno_t *uno);                        /* the button, or DTR */
void uno_power_cycle(uno_t *uno);
void uno_button(uno_t *uno, int button, int pressed);
size_t uno_receive(uno_t *uno, const uint8_t *bytes, size_t count); /* returns what fitted */
int uno_stack(const uno_t *uno);                   /* deepest since the reset, bytes */

#endif
