#!/usr/bin/env python3
"""A Masala client in Python, written from docs/protocol.md alone. Needs msgpack (Debian: python3-msgpack).

masala_client.py pair ABCDE-FGHJK-MNPQR     once: finds the server and pairs this device
masala_client.py book BOLT-8 100 30         makes the item, books 100 in and 30 out
masala_client.py stock BOLT-8               reads what is there
"""
import argparse, base64, contextlib, hashlib, hmac, json, os, secrets, socket, ssl, struct, sys, time, uuid
import msgpack

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RETRYABLE = {"TOO_MANY_REQUESTS", "TOO_MANY_CONNECTIONS", "SERVER_BUSY", "DEADLINE_EXCEEDED", "SERVER_STARTING",
             "SERVER_STOPPING", "SERVER_IN_RECOVERY", "SERVER_LOCKED", "READ_ONLY", "DISK_FULL"}
GIVE_UP_S = 60

class Refused(Exception):
    """The server's refusal; its only argument is the error as it travelled (section 5)."""

def new_id():
    """A UUID of version 7, from the clock and chance (section 2)."""
    milliseconds, chance = int(time.time() * 1000), secrets.randbits(62)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | chance))

def read_code(typed):
    """Secret and tag of a join code as a person typed it (section 6)."""
    letters = "".join(typed.upper().replace("-", "").split()).replace("O", "0").replace("I", "1").replace("L", "1")
    if len(letters) != 15 or any(letter not in ALPHABET for letter in letters):
        raise SystemExit("a join code has 15 letters and digits")
    return letters[:10], letters[10:]

def tag_of(secret, server_id):
    bits = int.from_bytes(hmac.digest(secret.encode(), server_id.encode(), "sha256")[:4], "big") >> 7
    return "".join(ALPHABET[bits >> shift & 31] for shift in (20, 15, 10, 5, 0))

def whole(value):
    """The server sends large integers as floats: make them integers again (section 2)."""
    if isinstance(value, (dict, list)):
        return [whole(one) for one in value] if isinstance(value, list) else {key: whole(value[key]) for key in value}
    return int(value) if isinstance(value, float) and value.is_integer() else value

def discover(port, fits):
    """Address of the first server whose id fits. Signatures are left to others: TLS decides (section 3)."""
    nonce = secrets.token_bytes(16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.settimeout(0.5)
        for _ in range(3):
            for address in ("127.255.255.255", "255.255.255.255"):
                with contextlib.suppress(OSError):  # no network on that card; another may do
                    sock.sendto(msgpack.packb(["masala", 1, "query", nonce]), (address, port))
            with contextlib.suppress(TimeoutError, ValueError, KeyError, IndexError, TypeError):
                while True:  # until silence, or a stranger's datagram
                    datagram, sender = sock.recvfrom(2048)
                    beacon = msgpack.unpackb(msgpack.unpackb(datagram)[3])
                    if beacon["nonce"] == nonce and fits(beacon["serverId"]):
                        return sender[0], beacon["port"]
    raise SystemExit("no server that the code fits was found: compare the code letter by letter")

class Connection:
    """TLS, hello, and calls one after the other. `fits(server_id)` judges before anything is sent (section 4)."""
    def __init__(self, address, fits):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(socket.create_connection(address, timeout=10))
        self.server_id = hashlib.sha256(self.socket.getpeercert(binary_form=True)).hexdigest()
        if not fits(self.server_id):
            raise SystemExit("this is not the server of the code or the profile; nothing was sent")
        self.stream, self.last_id = self.socket.makefile("rb"), 0
        self.call("session.hello", {"protocol": {"minimum": 1, "maximum": 1},
                                    "client": {"name": "python-example", "version": "1"}})

    def receive(self, length):
        data = self.stream.read(length)
        if len(data) < length:
            raise ConnectionError("the server closed the connection")
        return data

    def call(self, method, params):
        self.last_id += 1
        body = msgpack.packb([0, self.last_id, method, params])
        self.socket.sendall(struct.pack(">I", len(body)) + body)
        while True:
            message = msgpack.unpackb(self.receive(struct.unpack(">I", self.receive(4))[0]))
            if message[0] == 1 and message[1] in (0, self.last_id):  # an event is passed over
                if message[2] is not None:
                    raise Refused(whole(message[2]))
                return whole(message[3])

class Device:
    """A paired device: connects when it has to, and sends a call again until there is an answer (section 8)."""
    def __init__(self, profile):
        self.profile, self.connection = profile, None

    def call(self, method, params):
        deadline = time.monotonic() + GIVE_UP_S
        while True:
            try:
                if self.connection is None:
                    known, address = self.profile["serverId"], self.profile["address"]
                    connection = Connection(address, lambda shown: shown == known)
                    connection.call("session.authenticate", {"token": self.profile["token"]})
                    self.connection = connection
                return self.connection.call(method, params)
            except (OSError, Refused) as error:  # every failure of TCP and TLS is an OSError
                if isinstance(error, Refused) and error.args[0]["code"] not in RETRYABLE or time.monotonic() > deadline:
                    raise
                print(f"again, since: {error}", file=sys.stderr)
                self.connection = None
                time.sleep(0.2)

    def write(self, method, **params):
        """One act: its id is made once, so that however often it is sent, it is booked once."""
        return self.call(method, {"commandId": new_id(), **params})

def pair(options):
    secret, tag = read_code(options.values[0])
    fits = lambda server_id: tag_of(secret, server_id) == tag
    connection = Connection(options.server or discover(options.discovery_port, fits), fits)
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    profile = {"address": connection.socket.getpeername()[:2], "serverId": connection.server_id, "token": token}
    with open(os.open(options.profile, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(profile, file)  # before it is sent: a lost answer burns nothing
    return connection.call("session.pair", {"secret": secret, "token": token, "deviceName": socket.gethostname()[:60]})

def book(device, sku, received, dispatched):
    item = device.write("items.create", sku=sku, name=sku, unit="pcs")
    lines = lambda quantity: [{"itemId": item["id"], "quantity": int(quantity)}]
    receipt = device.write("receipts.create", lines=lines(received), post=True)
    dispatch = device.write("dispatches.create", lines=lines(dispatched), post=True)
    return {"receipt": receipt["number"], "dispatch": dispatch["number"]}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--profile", default="masala-profile.json")
parser.add_argument("--server", metavar="HOST:PORT", type=lambda text: text.rsplit(":", 1))
parser.add_argument("--discovery-port", type=int, default=8090)
parser.add_argument("command", choices=("pair", "book", "stock"))
parser.add_argument("values", nargs="+")
options = parser.parse_args()
try:
    if options.command == "pair":
        result = pair(options)
    else:
        with open(options.profile) as file:
            stored = json.load(file)
        device, booking = Device({**stored, "address": options.server or stored["address"]}), options.command == "book"
        result = book(device, *options.values) if booking else device.call("stock.onHand", {"sku": options.values[0]})
    print(json.dumps(result))
except Refused as refused:
    sys.exit(json.dumps({"error": refused.args[0]}))
