"""The program under test: imports, one server on a free port, and questions over one connection that is kept alive."""
import http.client
import json
import os
import subprocess
import time


class NotServed(Exception):
    """The route, or a parameter of it, is not there."""


class Answer:
    def __init__(self, url, status, body):
        self.url, self.status, self.body = url, status, body
        self.rows = body.get("data") or []
        self.summary = (body.get("meta") or {}).get("summary") or {}
        self.columns = [c["id"] for c in body.get("columns") or []]

    def by(self, *key):
        return {tuple(row[k] for k in key) if len(key) > 1 else row[key[0]]: row for row in self.rows}


class Program:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.process = self.connection = None
        self.asked, self.last = 0, None
        self.memory = {}

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit("not ok - %s: %s" % (" ".join(arguments), (done.stdout + done.stderr).strip()))

    def import_all(self, manifests):
        cubes = []
        for path in manifests:
            cubes.append(path[:-len("json")] + "cube")
            self.run("import", path, "-o", cubes[-1])
        return cubes

    def serve(self, cubes, config=None):
        arguments = [self.binary, "serve", "--listen", "127.0.0.1:0"] + (["--config", config] if config else [])
        for cube in cubes:
            arguments += ["--data", cube]
        log = os.path.join(self.folder, "log")
        with open(log, "wb") as f:
            self.process = subprocess.Popen(arguments, stderr=f, stdout=subprocess.DEVNULL)
        self.connection = http.client.HTTPConnection("127.0.0.1", self._port(log), timeout=30)

    def _port(self, log):
        for _ in range(400):
            with open(log, encoding="utf-8", errors="replace") as f:
                for line in f:
                    if line.endswith("\n") and '"port":' in line:
                        return json.loads(line)["port"]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        with open(log, encoding="utf-8", errors="replace") as f:
            raise SystemExit("not ok - the server does not start: " + f.read()[:500])

    def stop(self):
        """The server's exit status; what it says at its end, if that is not 0."""
        if self.connection:
            self.connection.close()
        if not self.process:
            return 1
        self.process.terminate()
        status = self.process.wait(timeout=60)
        if status:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as f:
                print("".join("# " + line for line in f.readlines()[-40:] if '"request"' not in line), end="")
        return status

    @staticmethod
    def route(url):
        parts = url.split("?")[0].split("/")
        return "/".join(parts[:4 if parts[2] == "indices" else 3])

    def ask(self, url):
        """The answer, whatever its status; NotServed if there is no such route or parameter."""
        self.last = url
        self.connection.request("GET", url)
        reply = self.connection.getresponse()
        body = json.loads(reply.read())
        self.asked += 1
        if reply.status == 404 and body.get("type") == "/problems/not-found":
            raise NotServed(self.route(url))
        lacking = [e["parameter"] for e in body.get("errors", ()) if e["detail"] == "this resource has no such parameter"]
        if reply.status == 400 and lacking:
            raise NotServed(self.route(url) + "?" + "&".join(name + "=" for name in lacking))
        return Answer(url, reply.status, body)

    def ask_once(self, url):
        if url not in self.memory:
            self.memory[url] = self.ask(url)
        return self.memory[url]
