"""The orientation in a picture's EXIF data."""

import struct


def orientation_in(exif: bytes | memoryview) -> int:
    """Read a picture's orientation from its EXIF data.

    Only the first directory is read: others, such as that of a thumbnail with an orientation of
    its own, do not count.

    Parameters
    ----------
    exif : bytes
        The data, starting at its TIFF header.

    Returns
    -------
    int
        1 to 8; 1, which is upright, if it is missing or invalid.

    Source: CIPA DC-008 (EXIF 2.32), 4.6.2 and 4.6.4 A.

    Examples
    --------
    >>> orientation_in(b"MM" + bytes.fromhex("002a00000008 0001 0112 0003 00000001 00060000"))
    6
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(exif[:2]))
    if order is None:
        return 1
    try:
        magic, at = struct.unpack_from(order + "HI", exif, 2)
        (num_entries,) = struct.unpack_from(order + "H", exif, at)
        for n in range(num_entries if magic == 42 else 0):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", exif, at + 2 + 12 * n)
            if tag == 0x0112:
                return value if (kind, count) == (3, 1) and 1 <= value <= 8 else 1
    except struct.error:  # it ends within an entry
        pass
    return 1
