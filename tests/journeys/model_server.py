"""A model played by a script, for real agents on this computer's loopback, over each maker's interface.

For each prompt it answers with one call of the shell, then, when the call's output has come, with a message. No model,
no network beyond 127.0.0.1.
"""

import base64
import http.server
import json
import threading

from model_dialects import dialect


class ModelServer:
    """Listens on 127.0.0.1 until `close`, on a free port unless one is given. `requests` holds what was asked, newest
    last. `stalls`: begins each answer and goes no further; `close` breaks it off. `login`, a Login: only who is signed
    in is answered, and POST /token renews.
    """

    def __init__(self, command, message, port=0, stalls=False, login=None):
        self.requests = []
        self.stalled = threading.Event()
        self._closing = threading.Event()
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                model.requests.append((self.path, body))
                if self.path == "/token":
                    return self._json(*login.renew(body.get("refresh_token")))
                if login and not login.admits(self.headers.get("Authorization", "")):
                    return self._json(401, {"error": {"message": "the access is over"}})
                spoken = dialect(self.path)
                if not spoken:
                    return self._json(404, {"error": {"message": "there is no such thing"}})
                asked = body, command, message, len(model.requests)
                if spoken.whole and not body.get("stream"):
                    return self._json(200, spoken.whole(*asked))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for event in spoken.stream(*asked):
                    self.wfile.write(event)
                    if stalls:
                        model.stalled.set()
                        model._closing.wait()
                        return

            def _json(self, status, answer):
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self):
                model.requests.append((self.path, None))
                self.send_error(404)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


class Login:
    """A login whose renewal is single-use: whoever shows a used token signs everybody out."""

    def __init__(self):
        self.renewals, self.signed_out, self.over = 0, False, set()
        self._number, self._lock = 1, threading.Lock()

    @property
    def access(self):
        account = {"chatgpt_account_id": "account-1", "chatgpt_plan_type": "pro", "chatgpt_user_id": "ada"}
        claims = {"exp": 4102444800, "n": self._number, "email": "ada@example.org", "https://api.openai.com/auth": account}
        parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({}, claims))
        return ".".join(parts) + ".c2lnbmVk"

    @property
    def renewal(self):
        return f"renewal-{self._number}"

    def file(self):
        """As Codex keeps it."""
        tokens = {"access_token": self.access, "id_token": self.access, "refresh_token": self.renewal}
        tokens["account_id"] = "account-1"
        return json.dumps({"OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": "2026-11-20T00:00:00Z"})

    def end_access(self):
        """Before its time, for whoever has it."""
        self.over.add(self.access)

    def admits(self, header):
        return not self.signed_out and header == "Bearer " + self.access and self.access not in self.over

    def renew(self, renewal):
        with self._lock:
            if self.signed_out or renewal != self.renewal:
                self.signed_out = True
                return 401, {"error": {"code": "refresh_token_reused"}}
            self.renewals += 1
            self._number += 1
            return 200, {"access_token": self.access, "id_token": self.access, "refresh_token": self.renewal}
