"""A server under question: started, asked over one connection that is kept alive, or in raw bytes, and what it said."""
import gzip
import json
import os
import re
import socket
import subprocess
import time

PATIENCE_S = 60


class Server:
    def __init__(self, entrepot, arguments, log):
        self.entrepot, self.arguments = entrepot, arguments
        with open(log, "wb") as f:
            self.process = subprocess.Popen([entrepot, "serve", *arguments, "--listen", "127.0.0.1:0", "--admin", "off",
                                             "--allow-root", "1", "--log-level", "info", "--slow", "0"],
                                            stdout=subprocess.DEVNULL, stderr=f)
        self.port, self.socket, self.rest = self._port(log), None, b""

    def _port(self, log):
        for _ in range(500):
            with open(log, encoding="utf-8", errors="replace") as f:
                for line in f:
                    if line.endswith("\n") and '"port":' in line:
                        return json.loads(line)["port"]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        with open(log, encoding="utf-8", errors="replace") as f:
            raise SystemExit("the server does not start: " + f.read()[:500])

    def stop(self):
        self.hang_up()
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_S)

    def hang_up(self):
        if self.socket:
            self.socket.close()
        self.socket, self.rest = None, b""

    def _connect(self):
        connected = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def _more(self):
        got = self.socket.recv(1 << 18)
        if not got:
            raise ConnectionError("closed")
        self.rest += got

    def _read(self, method):
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = [field.split(": ", 1) for field in fields]
        named = {name.lower(): value for name, value in headers}
        status = int(line.split(" ")[1])
        length = int(named.get("content-length", 0)) if method != "HEAD" and status not in (204, 304) else 0
        while len(self.rest) < length:
            self._more()
        body, self.rest = self.rest[:length], self.rest[length:]
        if named.get("connection") == "close":
            self.hang_up()
        return status, headers, body

    def ask(self, method, target, headers=()):
        """Status, header fields in their order, body as it was before it was packed."""
        lines = ["%s %s HTTP/1.1" % (method, target), "Host: h", *("%s: %s" % tuple(h) for h in headers)]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        for attempt in (0, 1):
            try:
                if not self.socket:
                    self.socket = self._connect()
                self.socket.sendall(request)
                status, fields, body = self._read(method)
                break
            except (ConnectionError, TimeoutError) as end:  # closed by the server, as it does after some mistakes
                self.hang_up()
                if attempt or isinstance(end, TimeoutError):
                    return 0, [], b"the connection ends without an answer"
        if ["Content-Encoding", "gzip"] in fields and body:
            if len(body) != int(dict(fields)["Content-Length"]):
                raise ValueError("a packed body of another length than is said: " + target)
            body = gzip.decompress(body)
            fields = [f for f in fields if f[0] != "Content-Length"]
        return status, fields, body

    def send_raw(self, request):
        """All that comes back for these bytes until the connection ends."""
        said = b""
        with self._connect() as connected:
            connected.settimeout(2)
            try:
                connected.sendall(request)
                while got := connected.recv(1 << 18):
                    said += got
            except OSError:  # it went, or says nothing
                pass
        return said


def in_process(entrepot, arguments, target, headers=()):
    """The same by `entrepot get`, without a server."""
    fields = [word for h in headers for word in ("--header", "%s: %s" % tuple(h))]
    done = subprocess.run([entrepot, "get", "--include", target, *arguments, *fields], capture_output=True, check=False,
                          env={**os.environ, "ENTREPOT_ALLOW_ROOT": "1"})
    return done.returncode, done.stdout, done.stderr


# ---- raw requests, as tests/siege/corpus.h describes their files ----

ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}


def _bytes(text):
    text = re.sub(r"\{(\d+)\*([^}]*)\}", lambda m: m[2] * int(m[1]), text)
    out = b""
    for piece in re.findall(r"\\x[0-9A-Fa-f]{2}|\\.|[^\\]+", text):
        if piece.startswith("\\x"):
            out += bytes([int(piece[2:], 16)])
        elif piece.startswith("\\"):
            out += ESCAPES.get(piece[1], piece[1].encode())
        else:
            out += piece.encode("utf-8")
    return out


LAST = b"GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


def raw_cases(path):
    """Name and bytes of each case of such a file, with a request behind them that ends the connection; without those that stand alone."""
    name, content = None, b""
    with open(path, encoding="utf-8") as f:
        for line in [*f, "case"]:
            line = line.rstrip("\n")
            if line.startswith("case"):
                if content:
                    yield name, content + LAST
                name, content = line[5:], b""
            elif line == "alone":
                name, content = None, b""
            elif name and line[:1] in ("<", "-"):
                content += _bytes(line[2:]) + (b"\r\n" if line[0] == "<" else b"")
