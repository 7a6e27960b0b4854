"""Zip archives byte by byte, with the lies that `zipfile` does not write, as rows of what becomes of their members."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

SENTENCE = "Of 34 patients, 14 (41.2%) had a partial response to zelnotide.\n"
TEXT = SENTENCE.encode() * 40
STORED, DEFLATED = 0, 8


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@dataclass(frozen=True, slots=True)
class Member:
    """A member and what the archive says of it, the truth where nothing else is given."""

    name: bytes
    text: bytes = TEXT
    method: int = DEFLATED
    flags: int = 0
    mode: int = 0
    size: int | None = None
    packed: bytes | None = None
    packed_size: int | None = None
    crc: int | None = None
    own_name: bytes | None = None  # that of its own header
    at: int | None = None  # where the list has it begin; it is not written then
    version: int = 20

    def fields(self) -> tuple[bytes, bytes]:
        """Return the packed bytes, and what both headers say of them."""
        data = self.packed if self.packed is not None else deflated(self.text) if self.method else self.text
        crc = zlib.crc32(self.text) if self.crc is None else self.crc
        packed_size = len(data) if self.packed_size is None else self.packed_size
        size = len(self.text) if self.size is None else self.size
        return data, struct.pack("<HHHHHLLL", self.version, self.flags, self.method, 0, 33, crc, packed_size, size)


def zipped(members: Iterable[Member], *, list_size: int | None = None, behind: bytes = b"") -> bytes:
    """Return an archive."""
    held, listed, count = b"", b"", 0
    for member in members:
        data, fields = member.fields()
        own = member.name if member.own_name is None else member.own_name
        place = len(held) if member.at is None else member.at
        if member.at is None:
            held += b"PK\3\4" + fields + struct.pack("<HH", len(own), 0) + own + data
        rest = struct.pack("<HHHHHLL", len(member.name), 0, 0, 0, 0, member.mode << 16, place)
        listed += b"PK\1\2" + struct.pack("<H", 3 << 8 | 20) + fields + rest + member.name
        count += 1
    held += behind
    size = len(listed) if list_size is None else list_size
    end = struct.pack("<HHHHLLH", 0, 0, min(count, 65_535), min(count, 65_535), size, len(held), 0)
    return held + listed + b"PK\5\6" + end


def _tarred() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    return held.getvalue()


def _shared_kernel() -> list[Member]:
    """Return ten members of one run of bytes, each of which holds the headers of those behind it."""
    kernel, names = TEXT, [b"b%d.txt" % k for k in range(10)]
    heads, rows = b"", []
    for name in reversed(names):
        whole = heads + kernel
        member = Member(name, whole, STORED)
        heads = b"PK\3\4" + member.fields()[1] + struct.pack("<HH", len(name), 0) + name + heads
        rows.append(member)
    first = rows[-1]
    head = 30 + len(first.name)
    return [first, *(Member(row.name, row.text, STORED, at=k * head) for k, row in enumerate(rows[-2::-1], start=1))]


BOMB = b"12% of 54 patients\n" * 1_000_000  # 19 MB, 300 times its size and more
BLANK = b" " * 7_000_000  # a thousand times its size, but small enough to be read at any ratio

# Each has a good member before and one behind it. (hostile members, the reason of their status, words of its sentence)
HOSTILE: dict[str, tuple[list[Member], str, str]] = {
    "climbs": ([Member(b"../outside.txt")], "unsafe_name", "a way out"),
    "climbs far": ([Member(b"../../../../../../etc/passwd")], "unsafe_name", "a way out"),
    "climbs inside": ([Member(b"folder/../../outside.txt")], "unsafe_name", "a way out"),
    "ends above": ([Member(b"folder/..")], "unsafe_name", "a way out"),
    "the folder itself": ([Member(b"./b.txt")], "unsafe_name", "a way out"),
    "the root": ([Member(b"/etc/passwd")], "unsafe_name", "a way out"),
    "an empty part": ([Member(b"folder//etc/passwd")], "unsafe_name", "a way out"),
    "no name": ([Member(b"")], "unsafe_name", "a way out"),
    "a picture's name that climbs": ([Member(b"../b.jpg")], "unsafe_name", "a way out"),
    "a drive": ([Member(b"C:/autoexec.txt")], "unsafe_name", "a drive"),
    "a drive's folder": ([Member(b"c:outside.txt")], "unsafe_name", "a drive"),
    "backslashes": ([Member(b"..\\..\\outside.txt")], "unsafe_name", "a backslash"),
    "a share": ([Member(b"\\\\host\\share\\b.txt")], "unsafe_name", "a backslash"),
    "a NUL": ([Member(b"b.txt\0.htm")], "unsafe_name", "a NUL"),
    "a NUL behind a slash": ([Member(b"folder/\0.htm")], "unsafe_name", "a NUL"),
    "a device's name": ([Member(b"folder/NUL.txt")], "unsafe_name", "a device"),
    "a device of the system": ([Member(b"/dev/zero")], "unsafe_name", "a way out"),
    "a link": ([Member(b"b.txt", b"../outside.txt", mode=stat.S_IFLNK | 0o777)], "no_file", "is a link"),
    "a device": ([Member(b"b.txt", b"", mode=stat.S_IFCHR | 0o666)], "no_file", "a device"),
    "a pipe": ([Member(b"b.txt", b"", mode=stat.S_IFIFO | 0o666)], "no_file", "a device"),
    "one name twice": ([Member(b"b.txt"), Member(b"b.txt", b"other")], "duplicate", "several members"),
    "a password": ([Member(b"b.txt", flags=1)], "encrypted", "is encrypted"),
    "strongly encrypted": ([Member(b"b.txt", flags=0x41)], "encrypted", "is encrypted"),
    "bzip2": ([Member(b"b.txt", packed=b"BZh9", method=12)], "method", "another method than deflate"),
    "LZMA": ([Member(b"b.txt", packed=b"\x09\x04\5\0]", method=14)], "method", "another method than deflate"),
    "Deflate64": ([Member(b"b.txt", method=9)], "method", "another method than deflate"),
    "a patch": ([Member(b"b.txt", flags=0x20)], "method", "another method than deflate"),
    "a zip archive": ([Member(b"b.zip", zipped([Member(b"c.txt")]))], "binary", "a zip archive"),
    "a zip archive as a page": ([Member(b"b.htm", zipped([Member(b"c.txt")]))], "binary", "a zip archive"),
    "a tar archive": ([Member(b"b.tar", _tarred())], "binary", "a tar archive"),
    "a 7z archive": ([Member(b"b.7z", b"7z\xbc\xaf" + TEXT)], "binary", "a 7z archive"),
    "gzip twice": ([Member(b"b.txt.gz", gzip.compress(gzip.compress(TEXT)))], "binary", "packed twice"),
    "a bomb": ([Member(b"b.txt", BOMB)], "ratio", "more than 200 times"),
    "zeros": ([Member(b"b.txt", bytes(20_000_000))], "ratio", "more than 200 times"),
    "a bomb of gzip": ([Member(b"b.txt.gz", gzip.compress(BOMB))], "ratio", "more than 200 times"),
    "a bomb said to be small": ([Member(b"b.txt", BOMB, size=2_560)], "damaged", "is broken inside"),
    "the same with its checksum": ([Member(b"b.txt", BOMB, size=19, crc=zlib.crc32(BOMB[:20]))], "damaged", "length"),
    "a bomb said to be of many bytes": ([Member(b"b.txt", BOMB, packed_size=1 << 24)], "overlap", "shares bytes"),
    "said to be longer": ([Member(b"b.txt", size=len(TEXT) + 1)], "damaged", "another length"),
    "stored and said to be longer": ([Member(b"b.txt", TEXT, STORED, size=9_999)], "damaged", "another length"),
    "one run of bytes for all": (_shared_kernel(), "overlap", "shares bytes"),
    "the header of another": ([Member(b"b.txt", at=0), Member(b"c.txt", at=0)], "overlap", "shares bytes"),
    "a part of the list": ([Member(b"b.txt", packed_size=9_000)], "overlap", "shares bytes"),
    "a header that is none": ([Member(b"b.txt", at=1 << 30)], "overlap", "shares bytes"),
    "another name in its own header": ([Member(b"b.txt", own_name=b"c.txt")], "damaged", "broken inside"),
    "a wrong checksum": ([Member(b"b.txt", crc=1)], "damaged", "broken inside"),
    "no deflate": ([Member(b"b.txt", packed=b"\xff" * 90)], "damaged", "broken inside"),
    "a cut stream": ([Member(b"b.txt", packed=deflated(TEXT)[:-9])], "damaged", "broken inside"),
    "nothing": ([Member(b"b.txt", b"")], "empty", "is empty"),
    "a PDF": ([Member(b"b.txt", b"%PDF-1.7\n12 of 54")], "pdf", "is a PDF"),
}  # fmt: skip
BEFORE, BEHIND = Member(b"a.txt"), Member(b"y/z.txt")


def hostile(case: str) -> bytes:
    """Return an archive of hostile members between two good ones."""
    members = HOSTILE[case][0]
    if case == "one run of bytes for all":  # places are counted from the archive's start
        return zipped([*members, BEFORE, BEHIND])
    return zipped([BEFORE, *members, BEHIND])


# Like them, but read.
HARMLESS: dict[str, Member] = {
    "dots in a name": Member(b"b..c/d...txt"),
    "dots behind a name": Member(b"b../c.../d.txt"),
    "a colon": Member(b"folder/10:30 results.txt"),
    "like a device": Member(b"console/null.txt"),
    "a tilde": Member(b"~root/b.txt"),
    "blanks and accents": Member("é à/ü b.txt".encode(), flags=0x800),
    "an old code page": Member(b"caf\x82.txt"),
    "another case": Member(b"A.txt"),
    "a plain file's mode": Member(b"b.txt", mode=stat.S_IFREG | 0o644),
    "stored": Member(b"b.txt", method=STORED),
    "streamed": Member(b"b.txt", flags=8),
    "gzip": Member(b"b.txt.gz", gzip.compress(TEXT)),
}


def _members(count: int) -> list[Member]:
    return [Member(b"%d.txt" % k, b"x") for k in range(count)]


_GOOD = zipped([BEFORE, BEHIND])
# (bytes, reason, words of the sentence) of archives that have one status in all
WHOLE: dict[str, tuple[bytes, str, str]] = {
    "two bytes": (b"PK", "damaged", "at its end (byte 2), cannot be read"),
    "cut in the middle": (_GOOD[: len(_GOOD) // 2], "damaged", "cannot be read (File is not a zip file)"),
    "no last byte": (_GOOD[:-1], "damaged", "fetch it again"),
    "a list that is none": (_GOOD.replace(b"PK\1\2", b"PK\0\0"), "damaged", "Bad magic number"),
    "a list said to be shorter": (zipped([BEFORE, BEHIND], list_size=60), "damaged", "fetch it again"),
    "a list said to be longer": (zipped([BEFORE], list_size=9_999), "damaged", "fetch it again"),
    "a list said to be huge": (zipped([BEFORE], behind=bytes(5_000_000), list_size=4_500_000), "too_large", "a list"),
    "a name that is no UTF-8": (zipped([BEFORE, Member(b"\xff\xff.txt", flags=0x800)]), "damaged", "decode"),
    "a version to come": (zipped([BEFORE, Member(b"b.txt", version=99)]), "damaged", "version 9.9"),
    "too many members": (zipped(_members(10_001)), "too_large", "more than 10,000 members"),
    "too long a list": (zipped([Member(b"%065000d.txt" % k, b"x") for k in range(62)]), "too_large", "a list"),
    "many small bombs": (zipped([Member(b"%d.txt" % k, BLANK) for k in range(9)]), "ratio", "more than 200 times"),
    "no members": (zipped([]), "empty", "holds no filings"),
    "pictures": (zipped([Member(b"b.jpg"), Member(b".c.txt"), Member(b"d/", b"", STORED)]), "empty", "no filings"),
}  # fmt: skip
