// nginx.mjs - nginx on loopback that lets nobody in without a certificate of
// the member, and tells who came.
//
// Belongs here: its settings, its life.
// Not here: its certificate (server.mjs); who comes (the pages).
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { build } from '../lib/service.mjs';
import { freePort } from './page.mjs';
import { serverCertificate } from './server.mjs';

const answers = (port) => new Promise((done) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); done(true); });
  socket.once('error', () => done(false));
});

/** TLS 1.2 and 1.3, and at the port `old` TLS 1.2 only, from where /on leads to the former. Says "CN=… over TLSv1.x" to each who asks, and notes it in pc.work/came. @returns {{port, old, stop}} */
export async function nginx(pc) {
  const port = await freePort(), old = await freePort();
  const folder = join(pc.folder, 'nginx'), own = serverCertificate(pc);
  mkdirSync(folder);
  const at = (name) => join(folder, name);
  writeFileSync(at('clients.pem'), Object.values(pc.certificates).map((c) => c.ca).join(''));
  writeFileSync(at('nginx.conf'), `
daemon off; master_process off; pid ${at('pid')}; error_log stderr;
events {}
http {
  log_format came "$ssl_client_s_dn over $ssl_protocol";
  access_log ${join(pc.work, 'came')} came;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${at(name)};`).join(' ')}
  ssl_certificate ${own.cert}; ssl_certificate_key ${own.key};
  ssl_verify_client on; ssl_client_certificate ${at('clients.pem')};
  default_type "text/plain; charset=utf-8";
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { return 200 "$ssl_client_s_dn over $ssl_protocol\\n"; }
  }
  server {
    listen 127.0.0.1:${old} ssl;
    ssl_protocols TLSv1.2;
    location /on { return 302 https://localhost:${port}/; }
    location / { return 200 "$ssl_client_s_dn over $ssl_protocol\\n"; }
  }
}
`);
  const child = spawn(join(build, 'servers/usr/sbin/nginx'), ['-p', folder, '-c', at('nginx.conf'), '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  while (!await answers(port)) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  return { port: String(port), old: String(old), stop: () => child.kill() };
}
