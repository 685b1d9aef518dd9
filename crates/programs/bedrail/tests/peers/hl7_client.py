"""An analyzer: sends one result and checks its acknowledgement. Arguments: address, port."""

import sys

import hl7
from hl7.client import MLLPClient

RESULT = "\r".join(
    [
        r"MSH|^~\&|ANALYZER1|CENTRAL_LAB|ENGINE1|WARD_B|20260102030405||ORU^R01^ORU_R01|M1|P|2.5.1",
        "PID|1||4711||Secretname^Invented",
        "OBX|1|NM|2345-7^Glucose^LN||5.1|mmol/L",
        "",
    ]
)
with MLLPClient(sys.argv[1], int(sys.argv[2])) as client:
    answer = hl7.parse(client.send_message(RESULT).strip(b"\x0b\x1c\r").decode())
if str(answer.segment("MSA")[1]) != "AA":
    sys.exit(f"not acknowledged: {answer}")
