"""Digests of the standard library without OpenSSL, which `hashlib` loads for a twentieth of a short command."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import blake2b
else:
    try:
        from _blake2 import blake2b
    except ImportError:  # a Python that was built to have it from elsewhere
        from hashlib import blake2b

__all__ = ["blake2b", "object_id", "of_text", "sha256_of"]


def sha256_of(content: bytes) -> str:
    """The SHA-256 digest in hexadecimal digits."""
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]  # no stub names it
    except ImportError:  # a newer Python, where it has another name
        from hashlib import sha256
    digest: str = sha256(content).hexdigest()
    return digest


def of_text(text: str) -> str:
    """What stands for a text, in 24 hexadecimal digits, where the text itself must not be kept."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def object_id(name: str, content: bytes) -> str:
    """The id that git gives an object, its header included, where ids are made with `name`: sha1 or sha256."""
    if name == "sha256":
        return sha256_of(content)
    try:
        from _sha1 import sha1  # type: ignore[import-not-found]  # no stub names it
    except ImportError:
        import hashlib

        return hashlib.new("sha1", content, usedforsecurity=False).hexdigest()
    digest: str = sha1(content, usedforsecurity=False).hexdigest()
    return digest
