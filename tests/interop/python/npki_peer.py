"""PyPinkSign as a peer: it answers each line of JSON with one.

Belongs here: what somebody else's Python reads of key files and writes.
Not here: our side, and what must come out (npki.test.mjs).
"""
import json
import sys
from base64 import b64decode, b64encode

from pyasn1.codec.der import decoder
from pypinksign import pypinksign


def opened(pink):
    """What it then does with the key: a signature, and R as it has it."""
    found = getattr(pink, "_rand_num", None)
    return {
        "cn": pink.cn(),
        "signature": b64encode(pink.sign(b"signed by PyPinkSign")).decode(),
        "r": found.asOctets().hex() if found is not None else "",
    }


def read(ask):
    """Opens certificate and key file."""
    pink = pypinksign.PinkSign(pubkey_data=b64decode(ask["certificate"]))
    pink.load_prikey(prikey_data=b64decode(ask["key"]), prikey_password=ask["password"].encode())
    return opened(pink)


def write(ask):
    """Encrypts a PrivateKeyInfo, with R put into it first where one is given."""
    info = ask["info"]
    if "r" in ask:
        info = pypinksign.inject_rand_in_plain_prikey(info, bytes.fromhex(ask["r"]))
    decoder.decode(b64decode(info))
    return {"key": pypinksign.encrypt_decrypted_prikey(info, ask["password"].encode()), "info": info}


def pfx(ask):
    """Opens a PKCS#12 file; its R is lost to the package that reads it."""
    return opened(pypinksign.PinkSign(p12_data=b64decode(ask["file"]), prikey_password=ask["password"].encode()))


def folder(ask):
    """Finds the certificate below an NPKI folder as it does for its users."""
    pink = pypinksign.choose_cert(base_path=ask["path"], cn=ask["cn"], pw=ask["password"].encode())
    return opened(pink)


VERBS = {"read": read, "write": write, "pfx": pfx, "folder": folder}

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = VERBS[question["verb"]](question)
    except Exception as error:  # whatever the package raises is its answer
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
