"""Emulated plugs on loopback ports."""

from aiohttp import web

from flatwatt.errors import UsageError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Served:
    """A running server.

    Attributes:
        host: where it listens.
        port: and on which port.
    """

    def __init__(self, runner: web.AppRunner, host: str, port: int) -> None:
        self._runner = runner
        self.host = host
        self.port = port

    @property
    def address(self) -> str:
        """`host:port`, as a plug's `host` option takes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    async def close(self) -> None:
        """Stop within a moment, whoever is still connected."""
        await self._runner.cleanup()


async def serve(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> Served:
    """Serve an application on loopback.

    Args:
        app: from `EmulatedPlug.app`.
        host: a loopback address.
        port: 0 for a free one.

    Raises:
        UsageError: the host is not loopback, or the port is taken.
    """
    if host not in LOOPBACK:
        raise UsageError(f"emulated plugs are served on this computer only, not on {host}")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise UsageError(f"port {port} on {host} is taken; choose another") from error
    return Served(runner, host, runner.addresses[0][1])
