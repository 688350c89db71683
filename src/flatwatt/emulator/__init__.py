"""Plugs that are not there: real HTTP and WebSocket servers on loopback, for demo and tests.

They speak the families' protocols from the facts, share no code with the clients in
`flatwatt.plugs`, and can be told to misbehave the way real plugs do (`Faults`).
"""

from flatwatt.emulator.base import EmulatedPlug, Faults, Load
from flatwatt.emulator.serve import Served, serve
from flatwatt.emulator.shelly_gen1 import ShellyGen1
from flatwatt.emulator.shelly_gen3 import ShellyGen3
from flatwatt.emulator.tasmota import Tasmota

__all__ = [
    "EmulatedPlug",
    "Faults",
    "Load",
    "Served",
    "ShellyGen1",
    "ShellyGen3",
    "Tasmota",
    "serve",
]
