"""Shelly Gen2, Gen3, Gen4: JSON-RPC over one WebSocket, or by polling.

The plug pushes `NotifyStatus` to whoever has asked it something with a `src`: power while
it changes, the counter once a minute at best. So the whole status is asked again over the
same line every interval. A field that a push leaves out has not changed; a counter that it
leaves out is merely not told, so such a reading has none. With a password the plug wants a
SHA-256 digest: in HTTP's header when polled, in each frame's `auth` on the WebSocket.
"""

from flatwatt.drivers import Driver
from flatwatt.model import Counter, CounterKind
from flatwatt.plugs.shelly.parse import About, parse_about, parse_status
from flatwatt.plugs.shelly.plug import Options, ShellyPlug

__all__ = ["About", "Options", "ShellyPlug", "driver", "parse_about", "parse_status"]

# The total survives restarts and updates, but a restart drops what is behind the point of
# its whole Wh: at most 1 Wh. `Switch.ResetCounters` throws it to 0, which is a reset. The
# total is told in thousandths of a Wh. Five seconds between questions: pushes bring the
# changes in between, so asking more often would only wear the plug.
driver = Driver(
    Options,
    ShellyPlug,
    counter=Counter(CounterKind.LIFETIME, resolution_wh=0.001, step_back_wh=1.0),
    interval_s=5.0,
    pushed=True,
)
