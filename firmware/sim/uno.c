#include "uno.h"

#include <fcntl.h>            /* open */
#include <simavr/avr_extint.h> /* avr_extint_set_strict_lvl_trig */
#include <simavr/avr_ioport.h> /* the pins */
#include <simavr/avr_uart.h>  /* the serial port */
#include <simavr/sim_hex.h>   /* read_ihex_chunks */
#include <stdio.h>            /* fprintf, fflush */
#include <stdlib.h>           /* calloc */
#include <string.h>           /* memcpy, memset */
#include <unistd.h>           /* dup, dup2 */

enum {
    DDRB = 0x24, DDRD = 0x2A, MCUSR = 0x54,
    PORF = 1, EXTRF = 2,
    PIN_A = 2, BUTTONS = 3 << PIN_A,
    RAM_START = 0x100, RAM_END = 0x900,
    PAINT = 0xA5,
    HOLE = 64 /* so much untouched RAM cannot lie within the stack: buffers are smaller */
};

static void pins_changed(struct avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    (void)value;
    uno_t *uno = param;
    const avr_t *avr = uno->avr;
    const uint8_t b = avr->data[DDRB + 1] & avr->data[DDRB];
    const uint8_t d = avr->data[DDRD + 1] & avr->data[DDRD];
    lcd_pins(&uno->lcd, d >> 7, b & 1, b >> 1 & 0xF, avr->cycle);
    const uint8_t led = b >> 5 & 1;
    if (led != uno->led) uno->led_changes++;
    uno->led = led;
}

static void port_b(struct avr_irq_t *irq, uint32_t value, void *param) {
    /* simavr tells before it stores. */
    uno_t *uno = param;
    uno->avr->data[DDRB + 1] = value;
    pins_changed(irq, value, param);
}

static void port_d(struct avr_irq_t *irq, uint32_t value, void *param) {
    uno_t *uno = param;
    uno->avr->data[DDRD + 1] = value;
    pins_changed(irq, value, param);
}

static void byte_out(struct avr_irq_t *irq, uint32_t value, void *param) {
    (void)irq;
    uno_t *uno = param;
    uno->sent(uno->owner, value);
}

static avr_cycle_count_t byte_in(avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)when;
    uno_t *uno = param;
    if (uno->queue_first == uno->queue_end) {
        uno->queue_first = uno->queue_end = 0;
        return 0;
    }
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT),
                  uno->queue[uno->queue_first++]);
    uno->received = avr->cycle + BYTE_CYCLES;
    return avr->cycle + BYTE_CYCLES;
}

static void on_reset(avr_t *avr) {
    uno_t *uno = avr->custom.data;
    uno->was_reset = 1;
    uno->resets++;
}

static void put_pin(uno_t *uno, int button) {
    avr_irq_t *irq =
        avr_io_getirq(uno->avr, AVR_IOCTL_IOPORT_GETIRQ('D'), IOPORT_IRQ_PIN0 + PIN_A + button);
    const int level = !uno->pressed[button];
    /* Said as the outside level too: otherwise each write to port D lets the pull-up win. */
    avr_ioport_external_t outside = {.name = 'D', .mask = BUTTONS};
    outside.value = !uno->pressed[0] << PIN_A | !uno->pressed[1] << (PIN_A + 1);
    avr_ioctl(uno->avr, AVR_IOCTL_IOPORT_SET_EXTERNAL('D'), &outside);
    avr_raise_irq(irq, !level); /* an unchanged level would be swallowed */
    avr_raise_irq(irq, level);
}

/* After any reset, the watchdog's included. */
static void set_up_again(uno_t *uno) {
    avr_t *avr = uno->avr;
    uno->was_reset = 0;
    uint32_t flags = 0; /* neither lines on the console nor naps while polling */
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), IOPORT_IRQ_REG_PORT), 0);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), IOPORT_IRQ_REG_PORT), 0);
    /* D2 and D3 could be level interrupts; simavr would look each cycle while one is low. */
    avr_extint_set_strict_lvl_trig(avr, 0, 0);
    avr_extint_set_strict_lvl_trig(avr, 1, 0);
    pins_changed(NULL, 0, uno);
    put_pin(uno, 0);
    put_pin(uno, 1);
    if (uno->queue_first < uno->queue_end) {
        avr_cycle_timer_register(avr, BYTE_CYCLES, byte_in, uno);
    }
}

static void no_sleep(avr_t *avr, avr_cycle_count_t cycles) {
    (void)avr;
    (void)cycles; /* virtual time: nothing to wait for */
}

static int load(avr_t *avr, const char *path, uint32_t *start) {
    ihex_chunk_p chunks = NULL;
    const int count = read_ihex_chunks(path, &chunks);
    if (count <= 0) {
        fprintf(stderr, "unosim: %s is no Intel hex file that can be read\n", path);
        return -1;
    }
    *start = chunks[0].baseaddr;
    for (int at = 0; at < count; at++) {
        if (chunks[at].baseaddr + chunks[at].size > avr->flashend + 1) continue;
        memcpy(avr->flash + chunks[at].baseaddr, chunks[at].data, chunks[at].size);
    }
    free_ihex_chunks(chunks);
    return 0;
}

static void listen_to_pins(uno_t *uno) {
    avr_t *avr = uno->avr;
    const uint32_t b = AVR_IOCTL_IOPORT_GETIRQ('B'), d = AVR_IOCTL_IOPORT_GETIRQ('D');
    avr_irq_register_notify(avr_io_getirq(avr, b, IOPORT_IRQ_REG_PORT), port_b, uno);
    avr_irq_register_notify(avr_io_getirq(avr, d, IOPORT_IRQ_REG_PORT), port_d, uno);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), byte_out, uno);
}

static int make(uno_t *uno, const char *bootloader, const char *sketch) {
    avr_t *avr = uno->avr = avr_make_mcu_by_name("atmega328p");
    if (!avr) return -1;
    avr_init(avr);
    avr->frequency = UNO_HZ;
    avr->log = 0;
    avr->sleep = no_sleep;
    avr->custom.data = uno;
    avr->reset = on_reset;
    uint32_t start = 0;
    memset(avr->flash, 0xFF, avr->flashend + 1);
    if (sketch && load(avr, sketch, &start)) return -1;
    if (bootloader && load(avr, bootloader, &start)) return -1;
    avr->reset_pc = bootloader ? start : 0;
    avr->codeend = avr->flashend;
    listen_to_pins(uno);
    uno_power_cycle(uno);
    return 0;
}

int uno_open(uno_t *uno, const char *bootloader, const char *sketch, unsigned lcd_khz,
             uint8_t low_nibble) {
    uno->lcd.khz = lcd_khz;
    uno->lcd.low_nibble = low_nibble;
    uno->queue = calloc(QUEUE_SIZE, 1);
    /* libsimavr chats on stdout while it loads; stdout belongs to the answers. */
    fflush(stdout);
    const int out = dup(1);
    dup2(open("/dev/null", O_WRONLY), 1);
    const int failed = make(uno, bootloader, sketch);
    fflush(stdout);
    dup2(out, 1);
    close(out);
    return failed;
}

static void restart(uno_t *uno, uint8_t cause) {
    avr_t *avr = uno->avr;
    memset(avr->data + RAM_START, PAINT, RAM_END - RAM_START);
    avr_reset(avr);
    avr->data[MCUSR] = cause;
    set_up_again(uno);
}

void uno_reset(uno_t *uno) { restart(uno, EXTRF); }

void uno_power_cycle(uno_t *uno) {
    lcd_power_on(&uno->lcd, uno->avr->cycle);
    restart(uno, PORF);
}

static avr_cycle_count_t stop(avr_t *avr, avr_cycle_count_t when, void *param) {
    (void)avr;
    (void)when;
    (void)param;
    return 0; /* its being due is what ends a sleep in time */
}

void uno_run(uno_t *uno, uint64_t cycles) {
    avr_t *avr = uno->avr;
    const uint64_t end = avr->cycle + cycles;
    avr_cycle_timer_register(avr, cycles, stop, uno);
    while (avr->cycle < end) {
        const int state = avr_run(avr);
        if (uno->was_reset) {
            set_up_again(uno);
            if (avr->cycle < end) avr_cycle_timer_register(avr, end - avr->cycle, stop, uno);
        }
        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "unosim: the CPU stopped at 0x%04x\n", avr->pc);
            exit(3);
        }
    }
}

void uno_button(uno_t *uno, int button, int pressed) {
    uno->pressed[button] = pressed;
    put_pin(uno, button);
}

size_t uno_receive(uno_t *uno, const uint8_t *bytes, size_t count) {
    if (uno->queue_first == uno->queue_end) uno->queue_first = uno->queue_end = 0;
    if (count > QUEUE_SIZE - uno->queue_end) count = QUEUE_SIZE - uno->queue_end;
    memcpy(uno->queue + uno->queue_end, bytes, count);
    uno->queue_end += count;
    /* Registering again while it runs would put off the byte that is under way. */
    if (count && !avr_cycle_timer_status(uno->avr, byte_in, uno)) {
        avr_cycle_timer_register(uno->avr, 1, byte_in, uno);
    }
    return count;
}

int uno_stack(const uno_t *uno) {
    int deepest = RAM_END, hole = 0;
    for (int at = RAM_END - 1; at >= RAM_START && hole < HOLE; at--) {
        hole = uno->avr->data[at] == PAINT ? hole + 1 : 0;
        if (!hole) deepest = at;
    }
    return RAM_END - deepest;
}
