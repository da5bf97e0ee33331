/*
 * pin.test.mjs - a phone without fingerprint or face against the real service:
 * the app PIN, from joining to the lock after five wrong ones.
 *
 * Belongs here: the pages and the vault that counts, together.
 * Not here: the vault alone (tests/vault/attack_test.c).
 */
import '../lib/webcrypto.mjs';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { stop } from '../../tools/run.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { makePinDevice } from '../../web/core/device.js';
import { fromB64u } from '../../web/core/ids.js';
import { Pc, call } from '../lib/member.mjs';
import { pkcs11Tool, run, sentCode, startService, tokenEnv } from '../lib/service.mjs';
import { keeping, launch, open } from './browser.mjs';
import { approveToken, finishImport, giveCode, giveName, heading, inTurn, openRequest, passwordOnPc, person, press, sendFromPc, startImport, typePin } from './steps.mjs';

const pin = '482915';
const wrong = '620483';
const minute = 60000;
const work = mkdtempSync(join(tmpdir(), 'ingam-pin-'));
const first = makeCertificate({ into: join(work, 'pc') });
const second = makeCertificate({ name: '김인감()0010023400506789054321', into: join(work, 'phone') });
let running, browser, phone, pc;

before(async () => {
  running = await startService();
  browser = await launch();
  pc = await open(browser, [running.pc], { kind: 'pc' });
  await openPhone();
  pc.page.setDefaultTimeout(30000);
});
after(async () => {
  await phone?.context.close();
  await browser?.close();
  await running?.stop();
  rmSync(work, { recursive: true, force: true });
});

/* The phone's browser, with all it kept from before. */
async function openPhone() {
  const faults = phone?.faults ?? [];
  phone = await open(keeping(join(work, 'browser')), [running.app], { passkey: false });
  phone.page.setDefaultTimeout(30000);
  phone.faults.unshift(...faults);
}

const sees = (page, text) => page.getByText(text).first().waitFor();

/* What this browser keeps under a name, and what becomes of taking the key out. */
const kept = (page, name) => page.evaluate(async (of) => {
  const { kept: store } = await import('/core/store.js');
  const value = await store.load(of);
  if (!(value?.key instanceof CryptoKey))
    return value;
  const { type, extractable, usages } = value.key;
  const out = await Promise.all(['pkcs8', 'jwk'].map((f) => crypto.subtle.exportKey(f, value.key).then(() => 'out', (e) => e.name)));
  return { ...value, key: { type, extractable, usages, out } };
}, name);

/** A program on a PC asks, and the phone opens what it asks. Gives the program. */
async function asked(page, program) {
  const asker = new Pc(running, person.phone, { program, machine: 'PC-1' });
  await asker.ask();
  await page.goto(running.app);
  await openRequest(page, new RegExp(`^${program}`));
  return asker;
}

const clockOf = (page, ms) => page.evaluate(async (at) => (await import('/core/i18n.js')).clock(at), ms);

const steps = [
  ['joining: an app PIN that others would guess is refused with its reason, before the vault has to', async (page) => {
    await giveName(page, running.app);
    await giveCode(page, await sentCode(running, person.phone));
    await heading(page, '앱 잠금 비밀번호를 정해 주세요');
    await sees(page, '지문·얼굴 확인이 없어요');
    const field = page.getByLabel('앱 잠금 비밀번호 6자리');
    for (const [weak, words] of [['123456', '연속된 숫자'], ['111222', '같은 숫자가 세 번'], ['910315', '생일'], ['272727', '되풀이'], ['359359', '되풀이']]) {
      await field.fill(weak);
      await sees(page, words);
    }
  }],
  ['joining: two that differ are said; then it is set, and the home screen is there', async (page) => {
    await page.getByLabel('앱 잠금 비밀번호 6자리').fill(pin);
    await page.getByLabel('비밀번호 다시 입력').fill(wrong);
    await sees(page, '두 번호가 달라요');
    await page.getByLabel('앱 잠금 비밀번호 6자리').fill(pin);
    await page.getByLabel('비밀번호 다시 입력').fill(pin);
    await heading(page, '요청이 오면 알려 드릴까요?');
    await press(page, '나중에');
    await sees(page, '아직 등록한 인증서가 없어요');
  }],
  ['the device key signs, lies in IndexedDB, and does not come out', async (page) => {
    const { kind, key } = await kept(page, 'device');
    assert.equal(kind, 'pin');
    assert.deepEqual(key, { type: 'private', extractable: false, usages: ['sign'], out: ['InvalidAccessError', 'InvalidAccessError'] });
  }],
  ['a certificate from the PC page: the app PIN ends it on both sides', async (page) => {
    const digits = await startImport(page);
    await sendFromPc(pc.page, running.pc, digits, [first.signCert, first.signKey]);
    await passwordOnPc(pc.page, first.password);
    await finishImport(page, first.password, pin);
    await heading(pc.page, '등록 완료');
    await press(page, '홈으로');
    await page.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  }],
  ['pkcs11-tool signs after the app PIN, and openssl verifies', async (page) => {
    const at = (name) => join(work, name);
    writeFileSync(at('data'), '하나 둘 셋\n');
    const signed = await pkcs11Tool(['--login', '--sign', '-m', 'SHA256-RSA-PKCS', '--input-file', at('data'), '--output-file', at('signature')], tokenEnv(running, { number: person.phone }), async () => {
      await openRequest(page);
      await heading(page, 'pkcs11-tool');
      return approveToken(page, pin);
    });
    assert.equal(signed.code, 0, signed.out);
    writeFileSync(at('pem'), first.pem);
    writeFileSync(at('key'), (await run('openssl', ['x509', '-in', at('pem'), '-noout', '-pubkey'])).stdout);
    assert.match((await run('openssl', ['dgst', '-sha256', '-verify', at('key'), '-signature', at('signature'), at('data')])).out, /Verified OK/);
  }],
  ['the app PIN given up: nothing is approved, and the request waits', async (page) => {
    const asker = await asked(page, 'Firefox');
    await heading(page, 'Firefox');
    await press(page, '승인');
    await heading(page, '앱 잠금 비밀번호');
    await page.locator('ingam-pin').getByRole('button', { name: '취소' }).click();
    await sees(page, '확인을 마치지 않았어요');
    await assert.rejects(asker.login('000000'), (e) => e.status < 500);
    await press(page, '거절');
    await heading(page, '거절했어요');
    await assert.rejects(asker.login('000000'), { problem: 'urn:ingam:problem:refused' });
  }],
  ['a wrong app PIN says how many are left, and the right one still counts', async (page) => {
    const asker = await asked(page, 'Chrome');
    await heading(page, 'Chrome');
    await press(page, '승인');
    for (const words of ['4번 더 틀리면 15분 동안 잠겨요', '3번 더 틀리면 15분 동안 잠겨요']) {
      await typePin(page, wrong);
      await sees(page, '앱 잠금 비밀번호가 맞지 않아요');
      await sees(page, words);
    }
    await typePin(page, pin);
    const number = page.getByRole('img', { name: /^1회용 PIN/ });
    await number.waitFor();
    assert.equal((await asker.login((await number.getAttribute('aria-label')).replace(/^1회용 PIN/, '').replace(/\D/g, ''))).state, 'open');
    await heading(page, 'PC에서 쓸 수 있어요');
    assert.equal(await kept(page, 'pin'), undefined, 'the count begins anew');
  }],
  ['after the browser was closed and opened the key is still there: no joining, no signing in', async (page) => {
    const before = await kept(page, 'device');
    await phone.context.close();
    await openPhone();
    await phone.page.goto(running.app);
    await phone.page.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
    assert.deepEqual(await kept(phone.page, 'device'), before);
  }],
  ['signing out, and in again by the key alone', async (page) => {
    await page.goto(`${running.app}/settings`);
    await sees(page, '앱 잠금 비밀번호로 확인해요.');
    await press(page, '로그아웃');
    await heading(page, '다시 오셨네요');
    await sees(page, '이 기기에 저장된 키로');
    await press(page, '로그인');
    await page.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  }],
  ['a session that ended leads to the door at the next look', async (page) => {
    await page.getByRole('button', { name: /^PC연결/ }).click();
    await heading(page, '아직 온 요청이 없어요');
    await phone.context.clearCookies();
    await heading(page, '다시 오셨네요');
    await press(page, '로그인');
    await page.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  }],
  ['a session that ended while the server was away leads to the door by itself', async (page) => {
    await stop(running.daemon);
    await phone.context.clearCookies();
    await sees(page, '서버와 연결이 끊겼어요');
    await running.startDaemon();
    await heading(page, '다시 오셨네요');
    await press(page, '로그인');
    await page.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  }],
  ['a certificate from the phone\'s own files, with one wrong app PIN on the way', async (page) => {
    await page.goto(running.app);
    await page.getByRole('link', { name: /^인증서 등록/ }).click();
    await page.getByRole('button', { name: /^휴대폰에서 가져오기/ }).click();
    await page.locator('input[type=file]').setInputFiles([second.signCert, second.signKey]);
    await heading(page, '인증서 비밀번호를 입력해 주세요');
    await page.getByLabel('인증서 비밀번호').fill(second.password);
    await press(page, '확인');
    await heading(page, '이 인증서를 맡길까요?');
    /* What the vault has signed is the name, as everywhere. */
    assert.equal(await page.locator('.asks').textContent(), '김인감');
    await press(page, '맡기기');
    await typePin(page, wrong);
    await sees(page, '앱 잠금 비밀번호가 맞지 않아요');
    await typePin(page, pin);
    await heading(page, '등록 완료');
  }],
  ['deleting a certificate asks for the app PIN like everything else', async (page) => {
    await page.goto(running.app);
    await page.getByRole('link', { name: '김인감 인증서정보' }).click();
    await press(page, '인증서 삭제');
    await press(page, '계속하기');
    await press(page, '삭제 승인');
    await typePin(page, pin);
    await heading(page, '인증서를 삭제했어요');
  }],
  ['the fifth wrong app PIN locks for 15 minutes, and says until when', async (page) => {
    await asked(page, 'Whale');
    await heading(page, 'Whale');
    await press(page, '승인');
    for (const left of [4, 3, 2, 1]) {
      await typePin(page, wrong);
      await sees(page, `${left}번 더 틀리면`);
    }
    const from = Date.now();
    await typePin(page, wrong);
    await heading(page, '잠시 잠겼어요');
    const shown = await page.getByText('부터 다시 할 수 있어요').textContent();
    const ends = await Promise.all([from, Date.now()].map((at) => clockOf(page, at + 15 * minute)));
    assert.ok(ends.some((end) => shown.includes(`${end}부터`)), `${shown}: ${ends}`);
  }],
  ['while it is locked the right app PIN is not taken, and the same hour is named', async (page) => {
    await asked(page, 'Opera');
    await heading(page, 'Opera');
    await press(page, '승인');
    await typePin(page, pin);
    await heading(page, '잠시 잠겼어요');
    const { until } = await kept(page, 'pin');
    await sees(page, `${await clockOf(page, until)}부터 다시 할 수 있어요`);
  }],
  ['while it is locked a request can still be refused', async (page) => {
    await page.goto(running.app);
    await openRequest(page, /^Opera/);
    await heading(page, 'Opera');
    await press(page, '거절');
    await heading(page, '거절했어요');
  }],
  ['the history tells of the lock', async (page) => {
    await page.goto(`${running.app}/history`);
    await sees(page, '여러 번 틀려서 잠겼어요');
  }],
];

test('the vault refuses an app PIN that is too simple, too, and takes a better one after it', async () => {
  const api = (method, path, body) => call(running.app, method, `/api/v1${path}`, body);
  const number = '01087654321';
  const server = await api('GET', '/server');
  const { join: joining } = await api('POST', '/join', { name: '김인감', birth: '9103152', phone: number, carrier: 'KT', terms: true });
  const { challenge } = await api('POST', `/join/${joining}/code`, { code: await sentCode(running, number) });
  const device = async (digits) => api('POST', `/join/${joining}/device`, { kind: 'pin', name: 'node', ...(await makePinDevice(fromB64u(server.hpke_key), fromB64u(challenge), digits)).body });
  for (const weak of ['272727', '359359', '123456', '000000'])
    await assert.rejects(device(weak), { problem: 'urn:ingam:problem:weak-pin', status: 409 }, weak);
  assert.equal((await device(pin)).member.name, '김인감');
});

test('a phone without fingerprint or face', { timeout: 500000 }, async (t) => {
  if (!await inTurn(t, steps, () => [phone, pc]))
    return;
  /* For one step the server was away. */
  assert.deepEqual([...phone.faults, ...pc.faults].filter((f) => !f.includes('net::ERR_CONNECTION_REFUSED')), []);
});
