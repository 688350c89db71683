#define _GNU_SOURCE
#include "ports.h"

#include <errno.h>    /* EINTR */
#include <fcntl.h>    /* open, O_NOCTTY */
#include <poll.h>     /* poll */
#include <signal.h>   /* sigaction */
#include <stdio.h>    /* printf, perror */
#include <stdlib.h>   /* posix_openpt, ptsname */
#include <string.h>   /* memchr, memmove */
#include <sys/stat.h> /* fstat */
#include <termios.h>  /* cfmakeraw */
#include <time.h>     /* clock_gettime */
#include <unistd.h>   /* read, write, symlink */

enum {
    SLICE_US = 1000,
    CYCLES_US = UNO_HZ / 1000000,
    LATE_US = 200000, /* later than this, time is given up rather than caught up */
    INPUT_SIZE = 4096
};

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int number) {
    (void)number;
    asked_to_stop = 1;
}

static uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void port_close(port_t *port) {
    if (port->master < 0) return;
    if (port->link) unlink(port->link);
    close(port->master);
    port->master = -1;
    port->held = 0;
}

void port_open(port_t *port) {
    port_close(port);
    port->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (port->master < 0 || grantpt(port->master) || unlockpt(port->master)) {
        perror("unosim: no pseudo-terminal");
        exit(1);
    }
    const char *name = ptsname(port->master);
    /* Opened and closed once: sets it raw, and makes poll() say POLLHUP while nobody holds it. */
    const int slave = open(name, O_RDWR | O_NOCTTY);
    struct termios raw;
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    close(slave);
    if (port->link) {
        unlink(port->link);
        if (symlink(name, port->link)) perror("unosim: no link");
    }
}

static void send_byte(void *owner, uint8_t byte) {
    const port_t *port = owner;
    /* Nobody listening, or too slowly: lost, as on the cable. */
    if (port->held && write(port->master, &byte, 1) < 0) return;
}

static void serve_port(uno_t *uno, port_t *port) {
    struct pollfd ask = {.fd = port->master, .events = POLLIN};
    if (port->master < 0 || poll(&ask, 1, 0) < 0) return;
    const int held = !(ask.revents & POLLHUP);
    if (held && !port->held) uno_reset(uno); /* DTR falls when the port is opened */
    port->held = held;
    if (!(ask.revents & POLLIN)) return;
    uint8_t bytes[512];
    const ssize_t count = read(port->master, bytes, sizeof bytes);
    if (count > 0 && held) uno_receive(uno, bytes, count);
}

/* Returns 0 when stdin has ended and with it the reason to live. */
static int serve_stdin(uno_t *uno, port_t *port, command_t command) {
    static char input[INPUT_SIZE];
    static size_t filled;
    struct pollfd ask = {.fd = 0, .events = POLLIN};
    if (poll(&ask, 1, 0) <= 0) return 1;
    const ssize_t count = read(0, input + filled, sizeof input - 1 - filled);
    if (count <= 0) return 0;
    filled += count;
    for (char *end; (end = memchr(input, '\n', filled));) {
        *end = 0;
        const size_t used = end + 1 - input;
        command(uno, port, input);
        memmove(input, end + 1, filled - used);
        filled -= used;
    }
    if (filled == sizeof input - 1) filled = 0; /* no command is that long */
    return 1;
}

static void until(uint64_t at_us) {
    const uint64_t now = now_us();
    if (at_us <= now) return;
    const struct timespec rest = {.tv_sec = 0, .tv_nsec = (at_us - now) * 1000};
    nanosleep(&rest, NULL);
}

static void run_in_step(uno_t *uno, port_t *port, command_t command) {
    struct stat input;
    const int bound = !fstat(0, &input) && S_ISFIFO(input.st_mode);
    int listening = 1;
    uint64_t due_us = now_us();
    while (!asked_to_stop && (listening || !bound)) {
        serve_port(uno, port);
        if (listening) listening = serve_stdin(uno, port, command);
        fflush(stdout);
        uno_run(uno, SLICE_US * CYCLES_US);
        due_us += SLICE_US;
        if (now_us() > due_us + LATE_US) due_us = now_us();
        until(due_us);
    }
}

int port_serve(uno_t *uno, const char *link, command_t command) {
    port_t port = {.master = -1, .link = link};
    const struct sigaction stop = {.sa_handler = on_signal};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    port_open(&port);
    printf("%s\n", ptsname(port.master));
    fflush(stdout);
    uno->owner = &port;
    uno->sent = send_byte;
    run_in_step(uno, &port, command);
    port_close(&port);
    return 0;
}
