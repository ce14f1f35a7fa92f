"""Packages: a workbook's file as a list of parts, of which some get another content and all others stay as they came.

Parts that stay are carried over packed as they are, in their order, with their names, dates and attributes: nothing is
unpacked, and so nothing can be lost. The formats are those of PKWARE's APPNOTE 6.3, sections 4.3 and 4.4.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
SIZES_FOLLOW, NAMES_ARE_UTF8 = 0x8, 0x800  # flags of a part: its sizes stand behind it; its name is UTF-8
DEFLATED, LEVEL = 8, 6


def changed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return the package with other contents of some parts; without any, the very same bytes. Raise KeyError for no such part."""
    if not parts:
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members, comment = archive.infolist(), archive.comment
    if unknown := {*parts} - {each.filename for each in members}:
        raise KeyError(*unknown)
    written, listed = bytearray(), bytearray()
    for each in members:
        new = parts.get(each.filename)
        head, packed = _packed(each, content) if new is None else _pack(each, new)
        place = len(written)
        name = each.orig_filename.encode("utf-8" if each.flag_bits & NAMES_ARE_UTF8 else "cp437")
        written += LOCAL + head + struct.pack("<HH", len(name), 0) + name + packed
        listed += CENTRAL + struct.pack("<BB", each.create_version, each.create_system) + head + struct.pack(
            "<HHHHHLL", len(name), len(each.extra), len(each.comment), 0, each.internal_attr, each.external_attr, place)
        listed += name + each.extra + each.comment
    count = len(members)
    end = END + struct.pack("<HHHHLLH", 0, 0, count, count, len(listed), len(written), len(comment)) + comment
    return bytes(written + listed + end)


def _head(part: zipfile.ZipInfo, method: int, crc: int, packed: int, size: int) -> bytes:
    """Return what stands the same before a part and in the list: version, flags, method, time, date, CRC and sizes."""
    year, month, day, hour, minute, second = part.date_time
    time, date = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    flags = part.flag_bits & ~SIZES_FOLLOW
    return struct.pack("<HHHHHLLL", part.extract_version, flags, method, time, date, crc, packed, size)


def _packed(part: zipfile.ZipInfo, content: bytes) -> tuple[bytes, bytes]:
    """Return the head of a part that stays, and its bytes as they lie in the package."""
    name, extra = struct.unpack_from("<HH", content, part.header_offset + 26)
    start = part.header_offset + 30 + name + extra
    return (_head(part, part.compress_type, part.CRC, part.compress_size, part.file_size), content[start:start + part.compress_size])


def _pack(part: zipfile.ZipInfo, new: bytes) -> tuple[bytes, bytes]:
    """Return the head of a part with a new content, and that content packed."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(new) + packer.flush()
    return _head(part, DEFLATED, zlib.crc32(new), len(packed), len(new)), packed
