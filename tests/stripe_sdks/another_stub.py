"""localstripe, on a free port of this machine only, keeping nothing on the disk."""

import asyncio
import contextlib
import threading

from aiohttp import web
from localstripe import resources, server


@contextlib.contextmanager
def serving():
    """Serves until the block ends: the address."""
    type(resources.store).dump_to_disk = lambda _: None
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(server.app)

    async def start():
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner.addresses[0][1]

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        port = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        yield f"http://127.0.0.1:{port}"
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
