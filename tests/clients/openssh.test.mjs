// openssh.test.mjs - docs/clients/openssh.md, as its readers do it, with an
// sshd on loopback.
//
// Belongs here: that sshd; who hong is, to it.
// Not here: who may log in: the page writes authorized_keys.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../lib/service.mjs';
import { freePort, testPage } from './page.mjs';

// As root it would look for a user of its own, who comes with its installation.
const uid = process.getuid() || 61004, gid = process.getgid() || 61004;

async function sshd(pc) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'ingam-sshd-'));
  const at = (name) => join(folder, name);
  copyFileSync(join(build, 'servers/usr/sbin/sshd'), at('sshd'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')]);
  writeFileSync(at('passwd'), `hong:x:${uid}:${gid}::${folder}:/bin/sh\n`);
  writeFileSync(at('group'), `hong:x:${gid}:\n`);
  writeFileSync(at('authorized_keys'), '');
  writeFileSync(at('sshd_config'), [`Port ${port}`, 'ListenAddress localhost', `HostKey ${at('host')}`, 'PidFile none',
    `AuthorizedKeysFile ${at('authorized_keys')}`, 'StrictModes no', 'AuthenticationMethods publickey', ''].join('\n'));
  if (process.getuid() === 0) execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
  symlinkSync(at('authorized_keys'), join(pc.work, 'authorized_keys'));
  writeFileSync(join(pc.work, 'known_hosts'), `[localhost]:${port} ${readFileSync(at('host.pub'))}`);
  const child = spawn(at('sshd'), ['-D', '-e', '-f', at('sshd_config')], {
    uid, gid, stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LD_PRELOAD: 'libnss_wrapper.so', NSS_WRAPPER_PASSWD: at('passwd'), NSS_WRAPPER_GROUP: at('group') },
  });
  let said = '';
  await new Promise((done, fail) => {
    child.once('exit', () => fail(new Error(`sshd ended: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('Server listening')) done();
    });
  });
  return { env: { PORT: String(port) }, stop: () => { child.kill(); rmSync(folder, { recursive: true, force: true }); } };
}

testPage('openssh', { prepare: sshd });
