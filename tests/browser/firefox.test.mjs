/*
 * firefox.test.mjs - the phone app in Firefox ESR against the real service: a
 * device with an app PIN, and notifications by a real subscription, from the
 * switch in the app to what is shown while the app is closed.
 *
 * The push service is the test's own (push-service.mjs). Firefox opens the
 * messages by itself; tests/system/push.test.mjs opens them with http_ece.
 *
 * Belongs here: what Firefox alone does its own way.
 * Not here: the same in Chromium (pin.test.mjs, story.test.mjs).
 */
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeCertificate } from '../lib/certificate.mjs';
import { Pc } from '../lib/member.mjs';
import { sentCode, startService } from '../lib/service.mjs';
import { axeFaults, launchFirefox, open, overflows, shot } from './browser.mjs';
import { start } from './push-service.mjs';
import { approveToken, finishImport, giveCode, giveName, heading, inTurn, openRequest, passwordOnPc, person, press, sendFromPc, startImport } from './steps.mjs';

const pin = '482915';
const work = mkdtempSync(join(tmpdir(), 'ingam-firefox-'));
const certificate = makeCertificate({ into: work });
let running, push, browser, phone;

before(async () => {
  push = await start();
  running = await startService([`push-extra-origin=${push.origin}`]);
  browser = await launchFirefox({ 'dom.push.serverURL': push.ws, 'dom.push.connection.enabled': true, 'dom.push.testing.allowInsecureServerURL': true, 'permissions.default.desktop-notification': 1 });
  phone = await open(browser, [running.app], { passkey: false });
  phone.page.setDefaultTimeout(30000);
});
after(async () => {
  await browser?.close();
  push?.stop();
  await running?.stop();
  rmSync(work, { recursive: true, force: true });
});

const sees = (page, text) => page.getByText(text).first().waitFor();
const api = (page, path) => page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), path);

async function until(what, holds) {
  for (let i = 0; i < 300; i++) {
    const got = await holds();
    if (got) return got;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  throw new Error(`waited in vain: ${what}`);
}

/* The notifications of the app that stand in the system's list. */
const shown = (page) => page.evaluate(async () => (await (await navigator.serviceWorker.getRegistration()).getNotifications()).map((n) => [n.title, n.body, n.data?.path ?? '']));

/* A picture, and what is wrong with the screen. */
async function look(page, name) {
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, `firefox-${name}`);
  assert.equal(await overflows(page), false, `${name} runs out to the side`);
  assert.deepEqual(await axeFaults(page), [], name);
}

const ask = async (program, machine) => {
  const pc = new Pc(running, person.phone, { program, machine });
  await pc.ask();
  return pc;
};

const steps = [
  ['joining: Firefox has no fingerprint or face, and goes on with an app PIN', async (page) => {
    await page.goto(running.app);
    await sees(page, '지문·얼굴 확인이 없어요');
    await look(page, '01-welcome');
    await giveName(page, running.app);
    await giveCode(page, await sentCode(running, person.phone));
    await heading(page, '앱 잠금 비밀번호를 정해 주세요');
    await page.getByLabel('앱 잠금 비밀번호 6자리').fill(pin);
    await page.getByLabel('비밀번호 다시 입력').fill(pin);
    await heading(page, '요청이 오면 알려 드릴까요?');
    await look(page, '06-push');
  }],
  ['notifications: the switch makes a subscription, and the test that was sent is shown', async (page) => {
    await press(page, '알림 켜기');
    await sees(page, '알림이 잘 도착했어요.');
    assert.deepEqual(await shown(page), [['알림이 잘 도착했어요', '요청이 오면 이렇게 알려 드릴게요.', '']]);
    await press(page, '시작하기');
    await page.getByRole('button', { name: /^PC연결/ }).waitFor();
    await look(page, '10-home-empty');
  }],
  ['notifications: the subscription is under the key of this service, and stored with the device', async (page) => {
    const { push_key: key } = await api(page, '/server');
    assert.equal(push.registered.length, 1);
    assert.equal(push.registered[0].key.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''), key);
    assert.equal((await api(page, '/me')).devices[0].push, true);
    await page.goto(`${running.app}/settings`);
    await sees(page, '이 기기에서 알림을 받고 있어요.');
    await sees(page, '알림 받음');
    await look(page, '61-settings');
  }],
  ['the device key lies in Firefox\'s IndexedDB and does not come out', async (page) => {
    const out = await page.evaluate(async () => {
      const { key } = await (await import('/core/store.js')).kept.load('device');
      return [key.extractable, await crypto.subtle.exportKey('pkcs8', key).then(() => 'out', (e) => e.name)];
    });
    assert.deepEqual(out, [false, 'InvalidAccessError']);
  }],
  ['a certificate from the PC page, both in Firefox', async (page) => {
    await page.goto(running.app);
    const digits = await startImport(page);
    await look(page, '21-code');
    const pc = await open(browser, [running.pc], { kind: 'pc' });
    pc.page.setDefaultTimeout(30000);
    await sendFromPc(pc.page, running.pc, digits, [certificate.signCert, certificate.signKey]);
    await passwordOnPc(pc.page, certificate.password);
    await finishImport(page, certificate.password, pin);
    await heading(pc.page, '등록 완료');
    await shot(pc.page, 'firefox-pc-done');
    assert.deepEqual(pc.faults, []);
    await pc.context.close();
  }],
  ['a program asks while the app is closed: the notification names program and machine', async (page) => {
    await page.close();
    const before = push.posts.length;
    const asker = await ask('Adobe Acrobat', '노트북');
    await until('the message', () => push.posts.length > before);
    await until('Firefox has taken it', () => push.acks.some((a) => a.version === push.posts.at(-1).version && a.code === 100));
    phone.page = await phone.context.newPage();
    phone.page.setDefaultTimeout(30000);
    await phone.page.goto(running.app);
    const list = await until('the notification', async () => (await shown(phone.page)).find(([title]) => title.startsWith('Adobe')));
    assert.deepEqual(list, ['Adobe Acrobat 요청', '노트북에서 인증서를 쓰려고 해요. 눌러서 확인하세요.', `/r/${asker.id}`]);
    phone.asker = asker;
  }],
  ['what was posted is sealed, and says for whom: RFC 8291, RFC 8292', async () => {
    const { headers, body, key } = push.posts.at(-1);
    assert.equal(headers['content-encoding'], 'aes128gcm');
    assert.ok(!body.includes('Acrobat'));
    const [, token, k] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization);
    assert.equal(k.replace(/=+$/, ''), key.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
    const point = Buffer.from(k, 'base64url');
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } });
    const [head, claims, signature] = token.split('.');
    assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
    assert.equal(JSON.parse(Buffer.from(claims, 'base64url')).aud, push.origin);
  }],
  ['the request is approved with the app PIN, and the program signs', async (page) => {
    await openRequest(page, /^Adobe Acrobat/);
    await heading(page, 'Adobe Acrobat');
    await look(page, '11-request');
    const number = await approveToken(page, pin);
    await look(page, '15-number');
    const { state, certificates } = await phone.asker.login(number);
    assert.equal(state, 'open');
    assert.ok((await phone.asker.sign(certificates[0].id)).signature);
    await heading(page, 'PC에서 쓸 수 있어요');
    await look(page, '14-done');
    await page.goto(`${running.app}/history`);
    await sees(page, 'PC에서 1번 서명했어요');
    await look(page, '50-history');
  }],
  ['notifications off: the subscription ends on all three sides, and nothing is sent', async (page) => {
    await page.goto(`${running.app}/settings`);
    await press(page, '알림 끄기');
    await page.getByRole('button', { name: '알림 켜기' }).waitFor();
    assert.equal((await api(page, '/me')).devices[0].push, false);
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).pushManager.getSubscription()), null);
    assert.equal(await page.getByText('알림 받음').count(), 0);
    await look(page, '61-settings-off');
    await until('the push service was told', () => push.count() === 0);
    const before = push.posts.length;
    await ask('Chrome', '노트북');
    await page.goto(running.app);
    await page.getByRole('link', { name: /^Chrome/ }).waitFor();
    assert.equal(push.posts.length, before);
  }],
  ['notifications on again, from the settings', async (page) => {
    await page.goto(`${running.app}/settings`);
    await press(page, '알림 켜기');
    await sees(page, '알림이 잘 도착했어요.');
    await sees(page, '알림 받음');
    assert.equal((await api(page, '/me')).devices[0].push, true);
    assert.equal(push.registered.length, 2);
    await look(page, '61-settings-on');
  }],
  ['a subscription that the push service forgot: the test says so, and connecting again mends it', async (page) => {
    push.forget();
    await press(page, '시험 알림 보내기');
    await sees(page, '시험 알림이 아직 오지 않았어요');
    await sees(page, '방해 금지 모드가 켜져 있는지 보고 다시 시험해 보세요');
    await look(page, '61-settings-late');
    await press(page, '알림 다시 연결하기');
    await sees(page, '알림이 잘 도착했어요.');
  }],
];

test('the phone app in Firefox', { timeout: 400000 }, async (t) => {
  if (!await inTurn(t, steps, () => [phone]))
    return;
  assert.deepEqual(phone.faults, []);
});
