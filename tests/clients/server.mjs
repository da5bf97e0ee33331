// server.mjs - a TLS server on loopback that lets nobody in without a
// certificate of the member, and tells who came.
//
// Belongs here: its own certificate; node's TLS.
// Not here: who comes (the pages).
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** A CA in pc.work/ca.pem, and key and certificate for localhost in pc.folder. */
export function serverCertificate(pc) {
  const at = (name) => join(pc.folder, name), ca = join(pc.work, 'ca.pem');
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('ca.key'), '-subj', '/CN=Test server CA', '-days', '30', '-out', ca,
    '-addext', 'keyUsage=critical,keyCertSign');
  openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('server.key'), '-subj', '/CN=localhost', '-out', at('server.csr'));
  writeFileSync(at('server.ext'), 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n');
  openssl('x509', '-req', '-in', at('server.csr'), '-CA', ca, '-CAkey', at('ca.key'), '-set_serial', '1', '-days', '20', '-extfile', at('server.ext'), '-out', at('server.pem'));
  return { key: at('server.key'), cert: at('server.pem'), ca };
}

/** Listens; says "CN over TLSv1.x" to each who asks. @returns {{port, stop}} */
export async function tlsServer(pc) {
  const own = serverCertificate(pc);
  const server = createServer({
    key: readFileSync(own.key), cert: readFileSync(own.cert), ca: Object.values(pc.certificates).map((c) => c.ca),
    requestCert: true, rejectUnauthorized: true,
  }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const text = `${socket.getPeerCertificate().subject.CN} over ${socket.getProtocol()}\n`;
      socket.end(`HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { port: String(server.address().port), stop: () => new Promise((done) => server.close(done)) };
}
