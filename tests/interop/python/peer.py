"""A foreign peer: it answers each line of JSON with one.

Belongs here: Python packages of other people as users of the token.
Not here: starting the service and the phone (pypi.test.mjs).
"""
import io
import json
import sys

import pkcs11
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, sign_pdf
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

HASHES = {Mechanism.SHA256: (hashes.SHA256(), MGF.SHA256), Mechanism.SHA512: (hashes.SHA512(), MGF.SHA512)}


def token(ask):
    """The token, logged in; the phone approves, so that the PIN is not looked at."""
    return pkcs11.lib(ask["module"]).get_token(token_label=ask["label"]).open(user_pin="000000")


def first(session, kind):
    return next(session.get_objects({Attribute.CLASS: kind}))


def sign(ask):
    """python-pkcs11 signs in each way of the key's kind, pyca/cryptography verifies."""
    data = b"signed in Python"
    verified = []
    with token(ask) as session:
        key = first(session, ObjectClass.PRIVATE_KEY)
        certificate = x509.load_der_x509_certificate(first(session, ObjectClass.CERTIFICATE)[Attribute.VALUE])
        public = certificate.public_key()
        if key.key_type == KeyType.RSA:
            public.verify(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS), data, padding.PKCS1v15(), hashes.SHA256())
            verified.append("PKCS#1")
            for mechanism, name in [(Mechanism.SHA256_RSA_PKCS_PSS, Mechanism.SHA256), (Mechanism.SHA512_RSA_PKCS_PSS, Mechanism.SHA512)]:
                digest, mgf = HASHES[name]
                signature = key.sign(data, mechanism=mechanism, mechanism_param=(name, mgf, digest.digest_size))
                public.verify(signature, data, padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size), digest)
                verified.append("PSS " + digest.name)
        else:
            signature = pkcs11.util.ec.encode_ecdsa_signature(key.sign(data, mechanism=Mechanism.ECDSA_SHA256))
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
            verified.append("ECDSA")
    return {"verified": verified}


def pdf(ask):
    """pyHanko makes a page, signs it with the token, and validates it against the CA."""
    page = io.BytesIO()
    blank = PdfFileWriter()
    contents = blank.add_object(StreamObject(stream_data=b""))
    blank.insert_page(PageObject(contents=contents, media_box=(0, 0, 300, 300)))
    blank.write(page)
    with token(ask) as session:
        signer = PKCS11Signer(session, cert_label=ask["owner"], key_label=ask["owner"])
        signed = sign_pdf(IncrementalPdfFileWriter(page), PdfSignatureMetadata(field_name="Signature1"), signer=signer)
    root = asn1.Certificate.load(pem.unarmor(ask["ca"].encode())[2])

    def summary(file):
        field = PdfFileReader(file).embedded_signatures[0]
        return validate_pdf_signature(field, ValidationContext(trust_roots=[root], allow_fetching=False)).summary()

    changed = io.BytesIO(signed.getvalue().replace(b"300", b"301", 1))
    return {"signed": summary(signed), "changed": summary(changed)}


VERBS = {"sign": sign, "pdf": pdf}

for line in sys.stdin:
    try:
        question = json.loads(line)
        answer = VERBS[question["verb"]](question)
    except Exception as e:  # told to whoever asked
        answer = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
