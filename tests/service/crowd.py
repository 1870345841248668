"""Many clients that ask a service to read a photo, over and over, until the input ends.

    python crowd.py PORT CLIENTS

Each has a connection of its own and comes back when it is told to. At the end the number of
answers of each status is printed, as JSON, and the longest that a photo took, in seconds. As
small as a client can be: it must not be what is slow.
"""

import asyncio
import json
import sys
import time
from collections import Counter

from helpers.paths import PHOTOS

PHOTO = (PHOTOS / "zip-02.jpg").read_bytes()
HEAD = "POST /digits HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n"
ASKED = HEAD.format(len(PHOTO)).encode() + PHOTO


async def ask_without_pause(port, answers, seconds):
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        is_open = True
        while is_open:
            start = time.perf_counter()
            writer.write(ASKED)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            await reader.readexactly(int(head.partition("content-length:")[2].split()[0]))
            status = head.split()[1]
            answers[status] += 1
            is_open = "connection: close" not in head
            if status == "503":
                await asyncio.sleep(int(head.partition("retry-after:")[2].split()[0]))
            else:
                seconds.append(time.perf_counter() - start)
        writer.close()


async def main(port, count):
    answers, seconds = Counter(), []
    asking = (ask_without_pause(port, answers, seconds) for _ in range(count))
    clients = [asyncio.create_task(one) for one in asking]
    print("started", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for client in clients:
        if client.done():
            client.result()  # it failed
        client.cancel()
    print(json.dumps(answers | {"seconds": max(seconds, default=0)}))


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:])))
