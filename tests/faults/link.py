"""Link: a TCP relay whose bytes can be held back for a while, or until further notice, without being lost."""
import asyncio
import threading


class Link:
    """Listens on (host, port) and relays to `target`, from the constructor's return to close(). Any thread may call it."""

    def __init__(self, host, port, target):
        self.address = f"{host}:{port}"
        self.target = target
        self.delay_s = 0.0
        self.loop = asyncio.new_event_loop()
        self.open = asyncio.Event()
        self.open.set()
        self.tasks = set()
        self.thread = threading.Thread(target=self.loop.run_forever, name=f"link-{port}", daemon=True)
        self.thread.start()
        self.server = self.call(asyncio.start_server(self.relay, host, port))

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def hold(self):
        """Nothing passes in either direction; new connections are accepted and wait too."""
        self.loop.call_soon_threadsafe(self.open.clear)

    def release(self):
        self.loop.call_soon_threadsafe(self.open.set)

    def close(self):
        async def end():
            self.server.close()
            for task in list(self.tasks):
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
        self.call(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def relay(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        try:
            await self.open.wait()
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
            self.tasks.discard(asyncio.current_task())
            return
        pumps = [asyncio.ensure_future(self.pump(reader, far_writer)), asyncio.ensure_future(self.pump(far_reader, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            writer.transport.abort()
            far_writer.transport.abort()
            self.tasks.discard(asyncio.current_task())

    async def pump(self, reader, writer):
        """Many chunks may be under way at once, each as late as the delay was when it came."""
        under_way = asyncio.Queue(1000)

        async def deliver():
            while True:
                due, chunk = await under_way.get()
                await asyncio.sleep(max(0.0, due - self.loop.time()))
                await self.open.wait()
                if not chunk:
                    return
                writer.write(chunk)
                await writer.drain()

        async def receive():
            while True:
                chunk = await reader.read(65536)
                await under_way.put((self.loop.time() + self.delay_s, chunk))
                if not chunk:
                    return

        receiving = asyncio.ensure_future(receive())
        try:
            await deliver()
        except OSError:
            pass
        finally:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
