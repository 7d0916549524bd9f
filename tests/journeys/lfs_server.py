"""A server of Git LFS on 127.0.0.1: the batch interface with basic transfers, for one person with a password.

Source: https://github.com/git-lfs/git-lfs/blob/main/docs/api/README.md (batch, basic transfers, authentication)
"""

import base64
import hashlib
import http.server
import json
import os
import threading


class LfsServer:
    """`address` is the endpoint; `asked` has what came: "denied", "download ID", "upload ID"."""

    def __init__(self, journey, password):
        self.folder, self.asked = journey.desk.made("lfs"), []
        self.authorization = "Basic " + base64.b64encode(f"ada:{password}".encode()).decode()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{server.server_port}/shop"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def content(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def has(self, name):
        return os.path.exists(os.path.join(self.folder, name))

    def keep(self, content):
        name = hashlib.sha256(content).hexdigest()
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)
        return name

    def _handler(self):
        keeper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", kind="application/vnd.git-lfs+json", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def allowed(self):
                if self.headers.get("Authorization") == keeper.authorization:
                    return True
                keeper.asked.append("denied")
                body = json.dumps({"message": "Credentials needed"}).encode()
                self.answer(401, body, LFS_Authenticate='Basic realm="lfs"', WWW_Authenticate='Basic realm="lfs"')
                return False

            def body(self):
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))

            def do_POST(self):
                body = self.body()
                if not self.allowed():
                    return
                if not self.path.endswith("/objects/batch"):
                    self.answer(404, b'{"message": "Not here"}')
                    return
                wish, answers = json.loads(body), []
                for one in wish["objects"]:
                    name, answer = one["oid"], dict(one)
                    action = {
                        "href": f"{keeper.address}/content/{name}",
                        "header": {"Authorization": self.headers["Authorization"]},
                    }
                    if wish["operation"] == "download" and not keeper.has(name):
                        answer["error"] = {"code": 404, "message": "Object does not exist"}
                    elif wish["operation"] == "download" or not keeper.has(name):
                        answer["actions"] = {wish["operation"]: action}
                    answers.append(answer)
                self.answer(200, json.dumps({"transfer": "basic", "objects": answers}).encode())

            def do_GET(self):
                name = os.path.basename(self.path)
                if self.allowed():
                    keeper.asked.append(f"download {name}")
                    self.answer(200, keeper.content(name), "application/octet-stream")

            def do_PUT(self):
                body, name = self.body(), os.path.basename(self.path)
                if self.allowed():
                    good = keeper.keep(body) == name
                    keeper.asked.append(f"upload {name}")
                    self.answer(200 if good else 422)

        return Handler
