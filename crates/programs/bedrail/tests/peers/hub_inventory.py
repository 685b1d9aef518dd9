"""Prints what a hub knows, as JSON: hub_inventory.py URL PASSWORD. Sensors, and every device with everything about it."""

import json
import sys
import urllib.request

url, password = sys.argv[1].rstrip("/"), sys.argv[2]
login = urllib.request.Request(
    url + "/api/v1/session",
    data=json.dumps({"name": "admin", "password": password}).encode(),
    headers={"Content-Type": "application/json", "Origin": url},
)
with urllib.request.urlopen(login) as answer:
    cookie = answer.headers["Set-Cookie"].split(";")[0]


def ask(path):
    with urllib.request.urlopen(urllib.request.Request(url + path, headers={"Cookie": cookie})) as answer:
        return json.load(answer)


devices, cursor = [], ""
while cursor is not None:
    page = ask("/api/v1/devices?limit=500" + (f"&cursor={cursor}" if cursor else ""))
    devices += [ask("/api/v1/devices/" + row["id"]) for row in page["items"]]
    cursor = page["next_cursor"]
print(json.dumps({"sensors": ask("/api/v1/sensors")["items"], "devices": devices}))
