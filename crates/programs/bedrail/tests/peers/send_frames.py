"""Sends frames on an interface: send_frames.py FILE INTERFACE. The file holds each frame after its length (two bytes)."""

import socket
import struct
import sys
import time

# So many at once, then a pause: a listener that was built without optimisation keeps up.
BURST, PAUSE_S = 40, 0.02

with open(sys.argv[1], "rb") as file:
    content = file.read()
line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
line.bind((sys.argv[2], 0))
place = count = 0
while place < len(content):
    (length,) = struct.unpack_from(">H", content, place)
    line.send(content[place + 2 : place + 2 + length])
    place += 2 + length
    count += 1
    if count % BURST == 0:
        time.sleep(PAUSE_S)
print(count)
