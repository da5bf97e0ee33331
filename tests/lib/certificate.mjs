// certificate.mjs - fresh NPKI-like certificates, made with openssl.
//
// Belongs here: what a CA would give: signCert.der, signPri.key in a folder.
// Not here: our own encoders; the samples (tests/npki-samples), which expired.
import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const openssl = (args, input) => execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });

/**
 * Lines of openssl's configuration that give a certificate a virtual identifier
 * (KCAC.TS.SIVID): hex, and the OID of the hash it was made with. They end the
 * section of the extensions.
 */
export const identity = (name, vid, hash = '2.16.840.1.101.3.4.2.1') => `subjectAltName=otherName:1.2.410.200004.10.1.1;SEQ:identify
[identify]
name=FORMAT:UTF8,UTF8:${name}
info=SEQ:infos
[infos]
one=SEQ:one
[one]
id=OID:1.2.410.200004.10.1.1.1
value=SEQ:vid
[vid]
algorithm=SEQ:algorithm
value=EXP:0,FORMAT:HEX,OCT:${vid}
[algorithm]
hash=OID:${hash}
`;

/** The virtual identifier of KCAC.TS.SIVID, as hex: the hash of the hash of a registration number and R. */
export function vidOf(number, r) {
  const hash = (bytes) => createHash('sha256').update(bytes).digest();
  return hash(hash(element(0x30, element(0x13, Buffer.from(number)), element(3, Buffer.from([0]), r)))).toString('hex');
}

/**
 * vid: hex of a virtual identifier that its subjectAltName shall have. number:
 * the registration number that it is issued for; then it has a VID, and R is in
 * its key file. valid: its first and last second, 20270101000000Z, instead of
 * days from now on. root: a file for the certificate of the CA, as PEM.
 * @param {{name?: string, vid?: string, number?: string, password?: string, days?: number, valid?: [string, string], key?: 'rsa:2048'|'ec', form?: 'aes'|'seed', km?: boolean, issuer?: string, root?: string, into: string}} o
 * @returns {{folder: string, signCert: string, signKey: string, kmCert?: string, password: string, pem: string}}
 */
export function makeCertificate({ name = '홍길동()0010023400506789012345', password = 'Trial7!Ingam', days = 365, valid, key = 'rsa:2048', form = 'seed', km = false, issuer = 'Ingam test CA', number, vid, root, into }) {
  const work = mkdtempSync(join(tmpdir(), 'ingam-ca-'));
  const r = randomBytes(20);
  const identifier = number === undefined ? vid : vidOf(number, r);
  const folder = join(into, 'NPKI', 'yessign', 'USER', `cn=${name.replaceAll('/', '_')},ou=personal4IB,o=Ingam test CA,c=kr`);
  mkdirSync(folder, { recursive: true });
  const make = (stem, usage) => {
    const pem = join(work, `${stem}.key`);
    if (key === 'ec') openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', pem]);
    else openssl(['genrsa', '-out', pem, key.split(':')[1] ?? '2048']);
    writeFileSync(join(work, 'x.cnf'), `
[req]
distinguished_name=dn
prompt=no
utf8=yes
string_mask=utf8only
[dn]
C=kr
O=Ingam test CA
OU=personal4IB
CN=${name}
[ca]
default_ca=ca
database=${join(work, 'index')}
new_certs_dir=${work}
rand_serial=yes
unique_subject=no
default_md=sha256
policy=policy
[policy]
C=supplied
O=supplied
OU=supplied
CN=supplied
[ext]
keyUsage=critical,${usage}
certificatePolicies=critical,1.2.410.200005.1.1.4
subjectKeyIdentifier=hash
${identifier === undefined ? '' : identity(name.replace(/\(.*/, ''), identifier)}`);
    const csr = join(work, 'x.csr');
    openssl(['req', '-new', '-utf8', '-key', pem, '-config', join(work, 'x.cnf'), '-out', csr]);
    const cert = join(work, `${stem}.pem`);
    const [from, to] = valid ?? [0, days].map((day) => new Date(Date.now() + day * 864e5).toISOString().replace(/[-:T]|\.\d+/g, ''));
    writeFileSync(join(work, 'index'), '');
    openssl(['ca', '-batch', '-notext', '-utf8', '-in', csr, '-cert', join(work, 'ca.pem'), '-keyfile', join(work, 'ca.key'), '-config', join(work, 'x.cnf'), '-extensions', 'ext', '-startdate', from, '-enddate', to, '-out', cert]);
    openssl(['x509', '-in', cert, '-outform', 'DER', '-out', join(folder, `${stem}Cert.der`)]);
    const cipher = form === 'seed' ? ['-v2', 'seed-cbc', '-provider', 'legacy', '-provider', 'default'] : ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256'];
    openssl(['pkcs8', '-topk8', '-in', pem, '-outform', 'DER', ...cipher, '-iter', '2048', '-passout', `pass:${password}`, '-out', join(folder, `${stem}Pri.key`)]);
    return cert;
  };
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(work, 'ca.key'), '-utf8', '-subj', `/C=kr/O=${issuer}/CN=${issuer}`, '-days', '3650', '-out', join(work, 'ca.pem')]);
  const cert = make('sign', 'digitalSignature,nonRepudiation');
  if (km) make('km', 'keyEncipherment');
  const result = {
    folder,
    root: into,
    signCert: join(folder, 'signCert.der'),
    signKey: join(folder, 'signPri.key'),
    kmCert: km ? join(folder, 'kmCert.der') : undefined,
    password,
    pem: readFileSync(cert, 'utf8'),
    ca: readFileSync(join(work, 'ca.pem'), 'utf8'),
  };
  if (root !== undefined) copyFileSync(join(work, 'ca.pem'), root);
  rmSync(work, { recursive: true, force: true });
  if (number !== undefined) putR(result, r);
  return result;
}

const element = (tag, ...parts) => {
  const body = Buffer.concat(parts), n = body.length;
  return Buffer.concat([Buffer.from([tag, ...n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255]]), body]);
};
const oid = (hex) => element(6, Buffer.from(hex, 'hex'));

/** A CaPubs file of these certificates (RFC 4210 5.3.4: a SEQUENCE OF them). */
export const caPubsOf = (...certificates) => element(0x30, ...certificates);

/** A PrivateKeyInfo as it is, which openssl would not take damaged, as a key file in PBES2 with AES-256. */
export function keyFileOf(plain, password) {
  const salt = randomBytes(8), iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, 2048, 32, 'sha256'), iv);
  const kdf = element(0x30, oid('2a864886f70d01050c'), element(0x30, element(4, salt), element(2, Buffer.from([8, 0])), element(0x30, oid('2a864886f70d0209'), Buffer.from([5, 0]))));
  const pbes2 = element(0x30, oid('2a864886f70d01050d'), element(0x30, kdf, element(0x30, oid('60864801650304012a'), element(4, iv))));
  return element(0x30, pbes2, element(4, cipher.update(plain), cipher.final()));
}

/** The key file once more with R in its attributes (KCAC.TS.SIVID). */
export function putR({ signKey, password }, r) {
  const info = openssl(['pkcs8', '-inform', 'DER', '-provider', 'legacy', '-provider', 'default', '-in', signKey, '-passin', `pass:${password}`]);
  const clear = openssl(['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER'], info);
  const attribute = element(0x30, oid('2a831a8c9a440a010103'), element(0x31, element(3, Buffer.from([0]), r)));
  const plain = element(0x30, clear.subarray(clear[1] < 128 ? 2 : 2 + (clear[1] & 127)), element(0xa0, attribute));
  writeFileSync(signKey, keyFileOf(plain, password));
}
