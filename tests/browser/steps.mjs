/*
 * steps.mjs - what a person does on the pages, one function a step; works
 * with the test double and with the real ingamd alike.
 *
 * Belongs here: pressing and typing. Not here: what must be true (the tests).
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const samples = join(dirname(fileURLToPath(import.meta.url)), '..', 'npki-samples', 'pypinksign');
export const person = { name: '홍길동', birth: '9103151', phone: '01012345678', carrier: 'SKT' };

export const samplePassword = 'WTuA8Ev0lWXVFSiI!';

/**
 * A folder as the programs of CAs leave it: the sample's key under its
 * password, with a certificate that is valid today, and the expired one.
 * Gives {folder, valid: [cert, key], expired: [cert, key]}.
 */
export function npkiFolder(owner = '홍길동()00910041234567890') {
  const folder = join(mkdtempSync(join(tmpdir(), 'npki-')), 'NPKI');
  const make = (name) => {
    const path = join(folder, 'yessign', 'USER', name);
    mkdirSync(path, { recursive: true });
    copyFileSync(join(samples, 'signPri.key'), join(path, 'signPri.key'));
    return [join(path, 'signCert.der'), join(path, 'signPri.key')];
  };
  const expired = make('cn=expired');
  copyFileSync(join(samples, 'signCert.der'), expired[0]);
  const valid = make('cn=valid');
  execFileSync('openssl', ['req', '-x509', '-new', '-utf8', '-key', join(samples, 'privateKeyInfo-without-R.der'), '-keyform', 'DER', '-days', '300',
    '-subj', `/C=kr/O=yessign/OU=personal4IB/CN=${owner}`, '-addext', 'certificatePolicies=1.2.410.200005.1.1.1',
    '-addext', 'keyUsage=digitalSignature,nonRepudiation', '-outform', 'DER', '-out', valid[0]], { stdio: 'ignore' });
  return { folder, valid, expired };
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const heading = (page, name) => page.getByRole('heading', { name }).first().waitFor();

/** From the first page to the code. */
export async function giveName(page, app, who = person) {
  await page.goto(app);
  await press(page, '시작하기');
  /* A browser that can install the app offers that first. */
  const install = page.getByRole('heading', { name: '홈 화면에 추가해 두세요' });
  await install.or(page.getByRole('heading', { name: '본인인증을 할게요' })).first().waitFor();
  if (await install.isVisible())
    await press(page, '나중에');
  await heading(page, '본인인증을 할게요');
  await page.getByRole('radio', { name: who.carrier, exact: true }).check();
  await page.getByLabel('이름').fill(who.name);
  await page.getByLabel('주민등록번호 앞 7자리').fill(who.birth);
  await page.getByLabel('휴대폰 번호').fill(who.phone);
  await page.getByRole('checkbox').check();
  await press(page, '인증번호 받기');
  await heading(page, '인증번호를 입력해 주세요');
}

/** Types the code of the identity check. */
export async function giveCode(page, code) {
  await page.getByLabel('인증번호 6자리').fill(code);
}

/** Joins with a passkey, or with an app PIN where one is given; stands on the home screen then. code: digits, or a function that finds them. */
export async function join_(page, app, code, who = person, pin) {
  await giveName(page, app, who);
  await giveCode(page, typeof code === 'function' ? await code() : code);
  if (pin === undefined) {
    await press(page, '지문·얼굴 등록하기');
  } else {
    await page.getByLabel('앱 잠금 비밀번호 6자리').fill(pin);
    await page.getByLabel('비밀번호 다시 입력').fill(pin);
  }
  await heading(page, '요청이 오면 알려 드릴까요?');
  await press(page, '나중에');
  await page.getByRole('button', { name: /^PC연결/ }).waitFor();
}

/** Starts a registration on the phone. Gives the 13 digits. */
export async function startImport(page) {
  await page.getByRole('link', { name: /^인증서 등록/ }).click();
  await page.getByRole('button', { name: /^PC에서 가져오기/ }).click();
  const code = page.getByRole('img', { name: /^승인번호 \d/ });
  await code.waitFor();
  return (await code.getAttribute('aria-label')).replace(/\D/g, '');
}

/** The PC's page up to its password. files: paths of signCert.der and signPri.key. */
export async function sendFromPc(page, pc, digits, files) {
  await page.goto(`${pc}/import`);
  await page.getByLabel('승인번호 13자리').fill(digits);
  await press(page, '확인');
  await page.getByRole('button', { name: '폴더 열기' }).waitFor();
  await page.locator('input#files').setInputFiles(files);
  await press(page, '다음');
}

export async function passwordOnPc(page, password) {
  await page.getByLabel('인증서 비밀번호').fill(password);
  await press(page, '확인');
}

/** Types the app PIN into the dialog that asks for it. */
export async function typePin(page, pin) {
  await page.getByLabel('6자리를 입력해 주세요').fill(pin);
}

/** The phone's part after the PC's: password, consent, passkey or app PIN. */
export async function finishImport(page, password, pin) {
  await heading(page, '인증서 비밀번호를 입력해 주세요');
  await page.getByLabel('인증서 비밀번호').fill(password);
  await press(page, '확인');
  await heading(page, '이 인증서를 맡길까요?');
  await press(page, '맡기기');
  if (pin !== undefined)
    await typePin(page, pin);
  await heading(page, '등록 완료');
}

/** Goes to the waiting request on the phone's home screen. */
export async function openRequest(page, name = /pkcs11-tool/) {
  await page.getByRole('link', { name }).first().click({ timeout: 20000 });
}

/** Approves a token request that is open. Gives the one-time PIN. */
export async function approveToken(page, pin) {
  await press(page, '승인');
  if (pin !== undefined)
    await typePin(page, pin);
  const number = page.getByRole('img', { name: /^1회용 PIN/ });
  await number.waitFor();
  return (await number.getAttribute('aria-label')).replace(/^1회용 PIN/, '').replace(/\D/g, '');
}

/**
 * A test for each step, [name, (page) => …], on the page of the first that
 * opened() gives, which a step may have opened anew; those after one that
 * fails have nothing to stand on. Gives whether all held; else what the pages
 * complained of is said.
 */
export async function inTurn(t, steps, opened) {
  for (const [name, act] of steps) {
    let held = false;
    await t.test(name, async () => {
      await act(opened()[0].page);
      held = true;
    });
    if (!held) {
      opened().flatMap((o) => o.faults).forEach((f) => t.diagnostic(f));
      return false;
    }
  }
  return true;
}

export { press, heading };
