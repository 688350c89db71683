"""The server's side of Shelly's SHA-256 digest, in HTTP's header and in an RPC frame."""

import json
import secrets
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from urllib.request import parse_http_list, parse_keqv_list

USER = "admin"
NONCES_KEPT = 32
FRAME_HA2 = sha256(b"dummy_method:dummy_uri").hexdigest()


class Digest:
    """Hands out nonces and checks what comes back.

    Args:
        realm: the plug's id.
        password: empty for an open plug.
    """

    def __init__(self, realm: str, password: str) -> None:
        self._realm = realm
        self._ha1 = _hash(f"{USER}:{realm}:{password}")
        self._nonces: dict[str, None] = {}

    def forget(self) -> None:
        """Make every nonce stale, as a restart does."""
        self._nonces.clear()

    def header(self) -> str:
        """Return a fresh `WWW-Authenticate`."""
        return (
            f'Digest qop="auth", realm="{self._realm}", nonce="{self._nonce()}", algorithm=SHA-256'
        )

    def message(self) -> str:
        """Return the text of a fresh RPC error 401: JSON within JSON."""
        return json.dumps(
            {
                "auth_type": "digest",
                "nonce": self._nonce(),
                "nc": 1,
                "realm": self._realm,
                "algorithm": "SHA-256",
            }
        )

    def header_holds(self, header: str, method: str, path: str) -> bool:
        """Whether an `Authorization` header proves the password for this request."""
        scheme, _, rest = header.partition(" ")
        try:
            said = parse_keqv_list(parse_http_list(rest))
        except (ValueError, IndexError):
            return False
        if scheme.lower() != "digest" or said.get("uri") != path or said.get("qop") != "auth":
            return False
        return self._proves(said, str(said.get("nc")), _hash(f"{method}:{path}"))

    def frame_holds(self, auth: object) -> bool:
        """Whether a frame's `auth` proves the password."""
        if not isinstance(auth, dict):
            return False
        return self._proves(auth, str(auth.get("nc", 1)), FRAME_HA2)

    def _proves(self, said: Mapping[str, object], count: str, ha2: str) -> bool:
        nonce = str(said.get("nonce"))
        if nonce not in self._nonces or said.get("realm") != self._realm:
            return False
        due = _hash(f"{self._ha1}:{nonce}:{count}:{said.get('cnonce')}:auth:{ha2}")
        user_known = said.get("username") == USER
        return user_known and compare_digest(due.encode(), str(said.get("response")).encode())

    def _nonce(self) -> int:
        nonce = 1_000_000_000 + secrets.randbelow(1_000_000_000)
        self._nonces[str(nonce)] = None
        while len(self._nonces) > NONCES_KEPT:
            del self._nonces[next(iter(self._nonces))]
        return nonce


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()
