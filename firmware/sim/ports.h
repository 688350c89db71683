/* Real time: the board on a pseudo-terminal that behaves like its USB serial port. */
#ifndef FLATWATT_PORTS_H
#define FLATWATT_PORTS_H

#include "uno.h" /* uno_t */

typedef struct {
    int master;        /* -1: unplugged */
    int held;          /* somebody has the port open */
    const char *link;  /* or NULL */
} port_t;

typedef void (*command_t)(uno_t *uno, port_t *port, char *line);

void port_open(port_t *port);  /* a new pty, under the same link */
void port_close(port_t *port);
/* Runs until stdin ends (if it is a pipe) or a signal comes; prints the port's name first. */
int port_serve(uno_t *uno, const char *link, command_t command);

#endif
