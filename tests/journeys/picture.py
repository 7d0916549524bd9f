"""A picture of the whole display as PNG, read from Xvfb's frame buffer file (the XWD format)."""

import os
import struct
import zlib


def save_display(frame_buffer, path):
    """Writes the display in `frame_buffer` (…/Xvfb_screen0) as PNG to `path`."""
    with open(frame_buffer, "rb") as file:
        data = file.read()
    # X11/XWDFile.h: 25 words, big-endian, then the window's name, then a colour map of 12 bytes an entry.
    header = struct.unpack(">25I", data[:100])
    header_size, width, height, bits, line = header[0], header[4], header[5], header[11], header[12]
    colours = header[19]
    if bits != 32:
        raise ValueError(f"{bits} bits a pixel; Xvfb was to be started with 24 bits of depth")
    start = header_size + colours * 12
    rows = []
    for y in range(height):
        row = data[start + y * line : start + y * line + width * 4]
        rgb = bytearray(width * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]  # stored blue, green, red, unused
        rows.append(b"\0" + bytes(rgb))
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"".join(rows), 6)),
            (b"IEND", b""),
        ):
            file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
