"""Prints every frame that arrives on an interface, not those that leave it, as hexadecimal digits.

Argument: interface.
"""

import socket
import sys

ALL = 0x0003
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL)) as wire:
    wire.bind((sys.argv[1], ALL))
    print("watching", file=sys.stderr, flush=True)
    while True:
        frame, (_, _, kind, _, _) = wire.recvfrom(65536)
        if kind != socket.PACKET_OUTGOING:
            print(frame.hex(), flush=True)
