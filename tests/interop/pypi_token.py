"""Signs through the token with python-pkcs11 and verifies with pyca/cryptography.

Belongs here: foreign Python packages as users of the module.
Not here: starting the service and the phone (interop.test.mjs).
"""
import os
import sys

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

module, label = sys.argv[1], sys.argv[2]
token = pkcs11.lib(module).get_token(token_label=label)
data = b"INTEROP-DATA"
with token.open(user_pin="000000") as session:
    key = next(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}))
    der = next(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}))[pkcs11.Attribute.VALUE]
    certificate = x509.load_der_x509_certificate(der)
    pkcs1 = key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS)
    certificate.public_key().verify(pkcs1, data, padding.PKCS1v15(), hashes.SHA256())
    pss = key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS_PSS,
                   mechanism_param=(pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256, 32))
    certificate.public_key().verify(
        pss, data, padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32), hashes.SHA256())
print("verified", certificate.subject.rfc4514_string())
