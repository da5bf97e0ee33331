// demo.mjs - plays the whole story by itself: a headless browser is the phone,
// another page is the PC, pkcs11-tool uses the certificate, openssl verifies.
//
// Belongs here: the story, a sentence for each step.
// Not here: starting the service (run.mjs); pressing buttons
// (tests/browser/steps.mjs); checks beyond the story (tests).
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, open } from '../tests/browser/browser.mjs';
import { approveToken, finishImport, heading, join_, openRequest, passwordOnPc, press, sendFromPc, startImport } from '../tests/browser/steps.mjs';
import { makeCertificate } from '../tests/lib/certificate.mjs';
import { pkcs11Tool, run, sentCode, tokenEnv } from '../tests/lib/service.mjs';

const number = '01012345678';

/** @param running of tools/run.mjs. Gives true when every step held. */
export async function demo(running, { quiet = false } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'ingam-demo-pc-'));
  const browser = await launch();
  let step = 0;
  const say = (text) => quiet || console.log(`\n${String(++step).padStart(2)}. ${text}`);
  const detail = (text) => quiet || console.log(text.trim().split('\n').map((l) => `      ${l}`).join('\n'));
  try {
    const certificate = makeCertificate({ into: work });
    const { page: phone } = await open(browser, [running.app], { kind: 'phone' });
    const { page: pc } = await open(browser, [running.pc], { kind: 'pc' });
    const env = tokenEnv(running, { number });

    say('On the phone a person joins: identity check (a mock provider, over the real wire), then a passkey.');
    await join_(phone, running.app, () => sentCode(running, number), { name: '홍길동', birth: '9103151', phone: number, carrier: 'SKT' });

    say('The phone shows a 13-digit approval number; the PC page, with nothing installed, sends the certificate.');
    const digits = await startImport(phone);
    detail(`approval number ${digits.slice(0, 5)}-${digits.slice(5, 9)}-${digits.slice(9)}`);
    await sendFromPc(pc, running.pc, digits, [certificate.signCert, certificate.signKey]);
    await passwordOnPc(pc, certificate.password);
    await finishImport(phone, certificate.password);
    await pc.getByRole('heading', { name: '등록 완료' }).waitFor();
    detail('등록 완료, on both sides. The private key is now in the vault, sealed.');
    await phone.goto(running.app);

    say('On the PC, pkcs11-tool logs in to the token. The phone is asked, shows which program on which machine, and then a 6-digit number.');
    const data = join(work, 'contract.txt'), signature = join(work, 'contract.sig');
    writeFileSync(data, 'I, Hong Gildong, owe you three won.\n');
    const signed = await pkcs11Tool(['--login', '--sign', '-m', 'SHA256-RSA-PKCS', '--input-file', data, '--output-file', signature], env, async () => {
      await openRequest(phone);
      const pin = await approveToken(phone);
      detail(`the phone shows ${pin.slice(0, 3)} ${pin.slice(3)}; it is typed as the token's PIN`);
      return pin;
    });
    if (signed.code !== 0) throw new Error(`pkcs11-tool: ${signed.out}`);

    say('openssl verifies the signature with the certificate, knowing nothing of us.');
    const pem = join(work, 'cert.pem'), key = join(work, 'key.pem');
    writeFileSync(pem, certificate.pem);
    writeFileSync(key, (await run('openssl', ['x509', '-in', pem, '-noout', '-pubkey'])).stdout);
    const verified = await run('openssl', ['dgst', '-sha256', '-verify', key, '-signature', signature, data]);
    detail(`openssl dgst -sha256 -verify …  →  ${verified.stdout}`);
    if (!/Verified OK/.test(verified.stdout)) throw new Error('openssl does not verify the signature');

    say('Another program asks; the person presses 거절, and the program gets nothing.');
    await phone.goto(running.app);
    const refused = pkcs11Tool(['--login', '--list-objects'], { ...env, INGAM_LOGIN: 'push' }, () => '000000');
    await openRequest(phone);
    await press(phone, '거절');
    const answer = await refused;
    detail(answer.out.split('\n').find((l) => l.includes('CKR_')) ?? answer.out);
    if (!answer.out.includes('CKR_')) throw new Error(`the program got in: ${answer.out}`);

    say('And once more; this time: 내가 한 것이 아니에요. That machine is not heard for a day.');
    await phone.goto(running.app);
    const stranger = pkcs11Tool(['--login', '--list-objects'], { ...env, INGAM_LOGIN: 'push' }, () => '000000');
    await openRequest(phone);
    await press(phone, '내가 한 것이 아니에요');
    await press(phone, '막기');
    await stranger;

    say('On the phone the certificate is deleted; its key is gone from the vault for ever.');
    await phone.goto(running.app);
    await phone.getByRole('link', { name: /인증서정보/ }).first().click();
    await press(phone, '인증서 삭제');
    await press(phone, '계속하기');
    await press(phone, '삭제 승인');
    await heading(phone, '인증서를 삭제했어요');

    say('The history on the phone tells all of it.');
    await phone.goto(`${running.app}/history`);
    await phone.getByText('인증서를 삭제했어요').first().waitFor();
    const kinds = await phone.evaluate(async () => (await (await fetch('/api/v1/history')).json()).events.map((e) => e.kind));
    detail(kinds.reverse().join(' → '));
    for (const kind of ['join', 'import', 'token-login', 'token-sign', 'refused', 'not-me', 'delete'])
      if (!kinds.includes(kind)) throw new Error(`the history lacks ${kind}`);

    quiet || console.log(`
Signed:    ${createHash('sha256').update(readFileSync(data)).digest('hex')}  contract.txt
By:        ${(await run('openssl', ['x509', '-in', pem, '-noout', '-subject', '-nameopt', 'utf8,sep_comma_plus'])).stdout.trim()}
Verified:  ${verified.stdout.trim()} (openssl)
Every step held.`);
    return true;
  } finally {
    await browser.close();
    rmSync(work, { recursive: true, force: true });
  }
}
