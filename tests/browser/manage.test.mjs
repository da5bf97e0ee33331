/*
 * manage.test.mjs - 인증서 관리 (PC-13) against the test double: what each act
 * does, and that nothing is sent. Once the page is there the network is off,
 * and the log of requests stays empty to the end.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, open } from './browser.mjs';
import { start } from './double.mjs';
import { few, look } from './dresses.mjs';
import { heading, npkiFolder, press, samplePassword, samples } from './steps.mjs';

let browser;
let double;
before(async () => {
  browser = await launch();
  double = await start();
});
after(() => {
  double.stop();
  return browser.close();
});

/* The owner's name has syllables that no sentence of ours has: a font fetched for them would tell of them. */
const npki = npkiFolder('뷁쌿훑()00910041234567890');
const folder = dirname(npki.valid[0]);
/* A pair for encryption beside it: another certificate of the same key. */
copyFileSync(npki.valid[1], join(folder, 'kmPri.key'));
execFileSync('openssl', ['req', '-x509', '-new', '-utf8', '-key', join(samples, 'privateKeyInfo-without-R.der'), '-keyform', 'DER', '-days', '300',
  '-subj', '/C=kr/O=yessign/OU=personal4IB/CN=뷁쌿훑()00910041234567890', '-addext', 'keyUsage=keyEncipherment', '-outform', 'DER', '-out', join(folder, 'kmCert.der')], { stdio: 'ignore' });

/* The page as it is before anything is chosen, and then without a network. Gives {page, requests, close}. */
async function manage(more = {}) {
  const { page, context, faults } = await open(browser, [double.pc], { kind: 'pc', ...more });
  await page.goto(`${double.pc}/manage`, { waitUntil: 'networkidle' });
  await heading(page, '인증서 관리');
  const requests = [];
  const log = () => page.on('request', (r) => r.url().startsWith('blob:') || requests.push(r.url()));
  const off = async () => {
    await context.setOffline(true);
    log();
  };
  const close = async () => {
    assert.deepEqual(requests, []);
    assert.deepEqual(faults, []);
    await context.close();
  };
  return { page, context, faults, off, close };
}

const pick = (page, what) => page.locator('input#folder').setInputFiles(what);

test('a certificate is found, shown, and its password checked, with the network off', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await pick(page, npki.folder);
  await heading(page, '인증서가 2개 있어요');
  await page.getByRole('button', { name: /뷁쌿훑/ }).first().click();
  await heading(page, '뷁쌿훑');
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await page.getByText('뷁쌿훑()00910041234567890').first().waitFor();
  await page.goBack();
  await page.getByRole('button', { name: /^비밀번호 확인/ }).click();
  await heading(page, '인증서 비밀번호를 입력해 주세요');
  await press(page, '확인');
  await page.getByText('비밀번호를 입력해 주세요.').waitFor();
  await page.getByLabel('인증서 비밀번호').fill('쀍쯻틀린것');
  await press(page, '비밀번호 보기');
  await press(page, '확인');
  await page.getByText('1번 틀렸지만').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('2번 틀렸지만').waitFor();
  await page.getByLabel('인증서 비밀번호').fill(samplePassword);
  await page.keyboard.press('Enter');
  await heading(page, '비밀번호가 맞아요');
  await page.getByText('서명용 열쇠와 암호화용 열쇠를').waitFor();
  await press(page, '인증서로 돌아가기');
  await heading(page, '뷁쌿훑');
  await close();
});

test('every screen in each dress', { timeout: 240000 }, async () => {
  const { page, faults, close } = await manage();
  await look(page, 'manage-find', faults);
  await pick(page, npki.folder);
  await heading(page, '인증서가 2개 있어요');
  await look(page, 'manage-list', faults);
  await page.getByRole('button', { name: /뷁쌿훑/ }).first().click();
  await heading(page, '뷁쌿훑');
  await look(page, 'manage-one', faults);
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await page.getByText('뷁쌿훑()00910041234567890').first().waitFor();
  await look(page, 'manage-view', faults);
  await page.goBack();
  await page.getByRole('button', { name: /^비밀번호 확인/ }).click();
  await page.getByLabel('인증서 비밀번호').fill('x');
  await press(page, '확인');
  await page.getByText('1번 틀렸지만').waitFor();
  await look(page, 'manage-check', faults, few);
  await page.getByLabel('인증서 비밀번호').fill(samplePassword);
  await press(page, '확인');
  await heading(page, '비밀번호가 맞아요');
  await look(page, 'manage-check-right', faults, few);
  await close();
});
