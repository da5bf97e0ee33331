// online.test.mjs - ingam verify --online against a responder of openssl(1),
// a web server and a directory that answer here.
//
// Belongs here: what is asked of whom, and what the answer does to a signature.
// Not here: states of answers and lists (tests/unit/x509); the other options of
// ingam verify (sign.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, run } from '../lib/service.mjs';

const base = mkdtempSync(join(tmpdir(), 'ingam-online-'));
const at = (name) => join(base, name);
const openssl = (...args) => execFileSync('openssl', args, { cwd: base, stdio: ['ignore', 'pipe', 'pipe'] });
const asked = []; // what came, in order
let web, directory, shownList = 'ca.crl', respond = true;

/** The responder: openssl answers the question from the CA's index. */
function answer(question) {
  writeFileSync(at('question'), question);
  openssl('ocsp', '-index', 'index', '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key',
    '-ndays', '1', '-reqin', 'question', '-respout', 'answer');
  return readFileSync(at('answer'));
}

function serve(request, response) {
  const body = [];
  request.on('data', (piece) => body.push(piece));
  request.on('end', () => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/ocsp' && respond) response.end(answer(Buffer.concat(body)));
    else if (request.url === '/ca.crl') response.end(readFileSync(at(shownList)));
    else response.writeHead(404).end();
  });
}

/** LDAP (RFC 4511) just enough: a bind, and one entry with the root's list. */
function tlv(tag, ...parts) {
  const inner = Buffer.concat(parts);
  const length = inner.length < 0x80 ? [inner.length] : [0x82, inner.length >> 8, inner.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), inner]);
}
const done = (id, op) => tlv(0x30, id, tlv(op, Buffer.from([0x0a, 1, 0, 4, 0, 4, 0])));
function talk(socket) {
  socket.on('error', () => {});
  socket.on('data', (message) => {
    const id = message.subarray(2, 5); // 02 01 nn
    if (message[5] === 0x60) socket.write(done(id, 0x61));
    if (message[5] !== 0x63) return;
    asked.push('LDAP ' + /cn=root,o=test|authorityRevocationList/g[Symbol.match](message.toString('latin1')).join(' '));
    const list = tlv(0x30, tlv(4, Buffer.from('authorityRevocationList;binary')), tlv(0x31, tlv(4, readFileSync(at('root.crl')))));
    socket.write(tlv(0x30, id, tlv(0x64, tlv(4, Buffer.from('cn=root,o=test')), tlv(0x30, list))));
    socket.write(done(id, 0x65));
  });
}

function list(issuer, to, index) {
  writeFileSync(at('list-index'), index);
  openssl('ca', '-config', 'conf', '-gencrl', '-keyfile', `${issuer}.key`, '-cert', `${issuer}.pem`, '-out', 'crl.pem');
  openssl('crl', '-in', 'crl.pem', '-outform', 'DER', '-out', to);
}

function issue(name, issuer, serial, extensions) {
  writeFileSync(at('ext'), extensions);
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/C=KR/O=Test/CN=${name}`);
  openssl('x509', '-req', '-in', `${name}.csr`, ...issuer === name ? ['-signkey', `${name}.key`] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`],
    '-days', '30', '-set_serial', serial, '-extfile', 'ext', '-out', `${name}.pem`);
}

const revoked = 'R\t491231000000Z\t200101000000Z\t03\tunknown\t/CN=leaf\n';
const valid = 'V\t491231000000Z\t\t03\tunknown\t/CN=leaf\n';

before(async () => {
  web = http.createServer(serve).listen(0, '127.0.0.1');
  directory = net.createServer(talk).listen(0, '127.0.0.1');
  await Promise.all([web, directory].map((s) => new Promise((up) => s.listening ? up() : s.once('listening', up))));
  const from = `http://127.0.0.1:${web.address().port}`;
  const ldap = `ldap://127.0.0.1:${directory.address().port}/cn=root,o=test?authorityRevocationList`;
  writeFileSync(at('conf'), '[ca]\ndefault_ca=d\n[d]\ndatabase=list-index\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=10\n');
  writeFileSync(at('number'), '01\n');
  const issuer = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n';
  issue('root', 'root', '1', issuer);
  issue('ca', 'root', '2', `${issuer}crlDistributionPoints=dp\n[dp]\nfullname=@uri\n[uri]\nURI=${ldap}\n`);
  issue('leaf', 'ca', '3', `keyUsage=critical,digitalSignature\nauthorityInfoAccess=OCSP;URI:${from}/ocsp\ncrlDistributionPoints=URI:${from}/ca.crl\n`);
  list('root', 'root.crl', '');
  list('ca', 'ca.crl', '');
  list('ca', 'revoked.crl', revoked);
  writeFileSync(at('content'), 'content');
  openssl('cms', '-sign', '-binary', '-nodetach', '-in', 'content', '-signer', 'leaf.pem', '-inkey', 'leaf.key', '-certfile', 'ca.pem', '-outform', 'DER', '-out', 'message');
});
after(() => {
  web.close();
  web.closeAllConnections();
  directory.close();
  rmSync(base, { recursive: true, force: true });
});

async function verify(...options) {
  asked.length = 0;
  const { code, stdout } = await run(program('ingam'), ['verify', '--json', '--trust', at('root.pem'), ...options, at('message')],
    { env: { HOME: base, XDG_CONFIG_HOME: '', http_proxy: '', no_proxy: '*' } });
  const { good, problem, signers } = JSON.parse(stdout);
  return [code, good, problem, signers[0].status];
}

test('without --online nobody is asked, and the status is not known', async () => {
  assert.deepEqual(await verify(), [1, false, 'status-unknown', 'unknown']);
  assert.deepEqual(asked, []);
});

test('the responder for the certificate, the directory for the CA', async () => {
  respond = true;
  writeFileSync(at('index'), valid);
  assert.deepEqual(await verify('--online'), [0, true, '', 'good']);
  assert.deepEqual(asked, ['POST /ocsp', 'LDAP cn=root,o=test authorityRevocationList']);
});

test('the responder says revoked', async () => {
  writeFileSync(at('index'), revoked);
  assert.deepEqual((await verify('--online')).slice(0, 3), [1, false, 'revoked']);
});

test('a responder that does not answer: the list is fetched', async () => {
  respond = false;
  assert.deepEqual(await verify('--online'), [0, true, '', 'good']);
  assert.deepEqual(asked.slice(0, 2), ['POST /ocsp', 'GET /ca.crl']);
});

test('the list says revoked', async () => {
  shownList = 'revoked.crl';
  assert.deepEqual((await verify('--online')).slice(0, 3), [1, false, 'revoked']);
});

test('no list either: not known is not good', async () => {
  shownList = 'content';
  assert.deepEqual(await verify('--online'), [1, false, 'status-unknown', 'unknown']);
});

test('a person is told whether nobody answered or there is nobody to ask, not of --online again', async () => {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', 'apart.key', '-out', 'apart.pem', '-subj', '/C=KR/O=Test/CN=apart', '-days', '30', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  issue('bare', 'apart', '4', 'keyUsage=critical,digitalSignature\n');
  openssl('cms', '-sign', '-binary', '-nodetach', '-in', 'content', '-signer', 'bare.pem', '-inkey', 'bare.key', '-outform', 'DER', '-out', 'unplaced');
  for (const [trust, message, en, ko] of [['root.pem', 'message', /: no usable answer came from where it was asked\. Try/, /물어본 곳에서 쓸 수 있는 답이 오지 않았어요\./],
    ['apart.pem', 'unplaced', /: it names no place to ask\. Give/, /인증서에 물어볼 곳이 적혀 있지 않아요\./]])
    for (const [locale, says] of [['C.UTF-8', en], ['ko_KR.UTF-8', ko]]) {
      const { code, stderr } = await run(program('ingam'), ['verify', '--online', '--trust', at(trust), at(message)], { env: { HOME: base, XDG_CONFIG_HOME: '', http_proxy: '', no_proxy: '*', LC_ALL: locale } });
      assert.equal(code, 1, stderr);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /--online/);
    }
});

test('--no-revocation asks nobody', async () => {
  assert.deepEqual((await verify('--online', '--no-revocation')).slice(0, 2), [0, true]);
  assert.deepEqual(asked, []);
});
