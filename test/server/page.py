# SPDX-License-Identifier: MIT
"""The page for operators of an fk-server, as programs see it: HTTP without a browser."""
import asyncio
import http.client
import json
import re
import urllib.parse

from harness import PATIENCE, Server, within


class Page:
    def __init__(self, port, token):
        self.port, self.token, self.cookie = port, token, None

    @classmethod
    async def serve(cls, test, *arguments, **more):
        """A server, which is stopped at the end of the test, and its page."""
        server = await Server.start("--web", "0", *arguments, **more)
        test.addAsyncCleanup(server.stop)
        line = (await within("the page's place", server.process.stdout.readline())).decode()
        place, token = re.fullmatch(r"the page for operators: http://127\.0\.0\.1:(\d+)/, its token: (.+)\n", line).groups()
        return server, cls(int(place), token)

    async def ask(self, method, path, body=None, by="token", **headers):
        """Status, headers and body. by: "token", "cookie", or "" for neither."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if by == "token":
            headers["Authorization"] = f"Bearer {self.token}"
        elif by == "cookie":
            headers["Cookie"] = self.cookie

        def talk():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.headers, answer.read().decode()
            finally:
                connection.close()
        return await asyncio.to_thread(talk)

    async def get(self, path, **more):
        status, _, body = await self.ask("GET", path, **more)
        assert status == 200, (path, status, body)
        return json.loads(body)

    async def order(self, line):
        status, _, body = await self.ask("POST", "/api/order", line)
        assert status == 200, (line, status, body)
        return body

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    async def log_in(self, token=None):
        form = urllib.parse.urlencode({"token": token or self.token})
        status, headers, body = await self.ask("POST", "/login", form, by="", Origin=self.origin)
        if status == 303:
            self.cookie = headers["Set-Cookie"].partition(";")[0]
        return status, headers, body

    async def events(self, by="token"):
        """Each event as (name, data)."""
        proof = f"Authorization: Bearer {self.token}" if by == "token" else f"Cookie: {self.cookie}"
        reader, writer = await within("a connection", asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24))
        writer.write(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n{proof}\r\n\r\n".encode())
        try:
            head = (await within("the head", reader.readuntil(b"\r\n\r\n"))).decode()
            assert "200 OK" in head and "text/event-stream" in head, head
            while name := (await within("an event", reader.readline())).decode():
                data = (await within("its data", reader.readline())).decode()
                await within("its end", reader.readline())
                yield name.removeprefix("event: ").strip(), json.loads(data.removeprefix("data: "))
        finally:
            writer.close()


def text(figure):
    return figure[0] if isinstance(figure, list) else figure


def table(sheet):
    """The rows of a table of the page, as Server.table() has those of the shell."""
    titles = [column["title"] for column in sheet["columns"]]
    return [dict(zip(titles, map(text, row))) for row in sheet["rows"]]
