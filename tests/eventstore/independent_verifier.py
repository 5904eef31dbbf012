"""A second verifier, written from eventstore/README.md alone: nothing of taizhang is imported.

``python independent_verifier.py EVENTS.DB KEY SEAL...``, KEY being the text of a public key.
"""

import base64
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part


def leaf(type_: str, data: bytes, tags: str) -> bytes:
    parts = [t.encode() for t in json.loads(tags)]
    body = prefixed(type_.encode()) + len(parts).to_bytes(8, "big")
    body += b"".join(map(prefixed, parts)) + prefixed(data)
    return sha256(b"\x00" + b"taizhang.event.leaf\n" + b"\x01" + body)


def rows(path: str) -> Iterator[tuple[str, bytes, str]]:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield from db.execute("SELECT type, data, tags FROM events ORDER BY seq")
    db.close()


def root(hashes: list[bytes]) -> bytes:
    """Level by level; a last one without partner rises, which gives the README's tree."""
    level = hashes or [sha256(b"")]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + a + b) for a, b in pairs] + level[len(level) & ~1 :]
    return level[0]


def origin(first: bytes) -> str:
    bits = int.from_bytes(first[:10], "big")
    return "taizhang/" + "".join(ALPHABET[bits >> 5 * k & 31] for k in reversed(range(16)))


def signed(seal: str, key: str) -> bool:
    """Whether `key` signed the seal's text."""
    name, key_id, encoded = key.split("+", 2)
    public = base64.b64decode(encoded)[1:]
    wanted = sha256(name.encode() + b"\n\x01" + public)[:4]
    text, _, lines = seal.rpartition("\n\n")
    found = False
    for line in lines.splitlines():
        _, signer, signature = line.split(" ")
        both = base64.b64decode(signature)
        if (signer, both[:4]) == (name, wanted) and wanted.hex() == key_id:
            # Raises InvalidSignature when it does not fit.
            checker = Ed25519PublicKey.from_public_bytes(public)
            checker.verify(both[4:], (text + "\n").encode())
            found = True
    return found


def verify(path: str, key: str, seals: list[str]) -> list[str]:
    """What does not fit; nothing when the log verifies."""
    hashes = [leaf(*row) for row in rows(path)]
    wrong = [] if seals else ["no seal"]
    for seal in seals:
        name, size, encoded = seal.split("\n")[:3]
        if not signed(seal, key):
            wrong.append(f"{size}: not signed by the key")
        if int(size) > len(hashes):
            wrong.append(f"{size}: only {len(hashes)} events are left")
        elif root(hashes[: int(size)]) != base64.b64decode(encoded):
            wrong.append(f"{size}: other events were sealed")
        elif name != origin(hashes[0]):
            wrong.append(f"{size}: of another log")
    return wrong


if __name__ == "__main__":
    complaints = verify(
        sys.argv[1], sys.argv[2], [Path(p).read_text("utf-8") for p in sys.argv[3:]]
    )
    print("\n".join(complaints) or "verified")
    sys.exit(3 if complaints else 0)
