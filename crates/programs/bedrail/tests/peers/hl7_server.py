"""An interface engine: acknowledges every HL7 message. Argument: port."""

import socketserver
import sys

import hl7


class Engine(socketserver.StreamRequestHandler):
    def handle(self):
        buffer = b""
        while received := self.request.recv(65536):
            buffer += received
            while b"\x1c\r" in buffer:
                message, buffer = buffer.split(b"\x1c\r", 1)
                answer = hl7.parse(message.lstrip(b"\x0b").decode()).create_ack("AA")
                self.wfile.write(b"\x0b" + str(answer).encode() + b"\x1c\r")


socketserver.TCPServer(("0.0.0.0", int(sys.argv[1])), Engine).serve_forever()
