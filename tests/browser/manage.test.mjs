/*
 * manage.test.mjs - 인증서 관리 (PC-13) against the test double: what each act
 * does, and that nothing is sent. Once the page is there the network is off,
 * and the log of requests stays empty to the end.
 *
 * Belongs here: files and folders in and out, with openssl as a judge.
 * Not here: the formats' bytes (tests/unit/npki).
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { caPubsOf, keyFileOf, makeCertificate } from '../lib/certificate.mjs';
import { withoutMac, withoutPassword } from '../lib/pfx.mjs';
import { program } from '../lib/service.mjs';
import { launch, launchFirefox, open } from './browser.mjs';
import { start } from './double.mjs';
import { few, look } from './dresses.mjs';
import { heading, join_, press, samplePassword, samples, startImport } from './steps.mjs';

let browser;
let double;
before(async () => {
  browser = await launch();
  double = await start();
});
after(() => {
  double.stop();
  rmSync(work, { recursive: true });
  return browser.close();
});

const work = mkdtempSync(join(tmpdir(), 'ingam-manage-'));
/* The owner's name has syllables that no sentence of ours has: a font fetched for them would tell of them. Its password breaks today's rules. */
const made = makeCertificate({ into: work, name: '뷁쌿훑()0091004123456789', issuer: 'yessign', km: true, password: 'abc111' });
/* For pictures: an ordinary name. */
const plain = makeCertificate({ into: join(work, 'plain'), name: '홍길동()0091004123456789', issuer: 'yessign', km: true, password: 'abc111' });
/* And a real one, which is over. */
const old = join(work, 'NPKI', 'yessign', 'USER', 'cn=old');
mkdirSync(old);
for (const file of ['signCert.der', 'signPri.key'])
  copyFileSync(join(samples, file), join(old, file));
utimesSync(join(old, 'signPri.key'), new Date('2020-03-01T00:00:00Z'), new Date('2020-03-01T00:00:00Z'));
const npki = join(work, 'NPKI');
const lone = makeCertificate({ into: join(work, 'lone'), name: '뷁쌿훑()0091004123456789', issuer: 'yessign', password: 'abc111' });
const place = relative(npki, made.folder);
const sign = `${place}/signPri.key`;
const km = `${place}/kmPri.key`;

/* The page as it is before anything is chosen, and then without a network. Gives {page, requests, close}. */
async function manage(more = {}) {
  const { page, context, faults } = await open(browser, [double.pc], { kind: 'pc', ...more });
  await page.goto(`${double.pc}/manage`);
  await page.locator('www-manage[loaded]').waitFor();
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

/*
 * A folder that can be written to: the browser's own, which is reached by the
 * same handles as one of the disk. Nobody can press on the system's dialog, so
 * that showDirectoryPicker() gives it. Files are base64 here.
 */
async function lay(page, name, files) {
  await page.evaluate(async ([top, all]) => {
    let root = await (await navigator.storage.getDirectory()).getDirectoryHandle(top, { create: true });
    window.showDirectoryPicker = async () => root;
    for (const [path, text] of Object.entries(all)) {
      const parts = path.split('/');
      let at = root;
      for (const part of parts.slice(0, -1))
        at = await at.getDirectoryHandle(part, { create: true });
      const writer = await (await at.getFileHandle(parts.at(-1), { create: true })).createWritable();
      await writer.write(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
      await writer.close();
    }
  }, [name, files]);
}

/* What lies there now: {path: Buffer}. */
async function lies(page, name) {
  const all = await page.evaluate(async (top) => {
    const out = {};
    const walk = async (folder, path) => {
      for await (const entry of folder.values())
        if (entry.kind === 'directory')
          await walk(entry, `${path}${entry.name}/`);
        else
          out[path + entry.name] = btoa(String.fromCharCode(...new Uint8Array(await (await entry.getFile()).arrayBuffer())));
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(top), '');
    return out;
  }, name);
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [path, Buffer.from(text, 'base64')]));
}

const laid = (folder, path) => Object.fromEntries(readdirSync(folder).map((f) => [`${path}/${f}`, readFileSync(join(folder, f)).toString('base64')]));
const onDisk = () => laid(made.folder, place);

/* The key of a file as OpenSSL opens it; null when the password is not its. */
function openssl(bytes, password, form = 'DER') {
  try {
    return execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-outform', form, '-provider', 'legacy', '-provider', 'default', '-passin', `pass:${password}`], { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

/* A key file of ours under another password. */
const sealed = (key, password) => execFileSync('openssl', ['pkcs8', '-topk8', '-inform', 'DER', '-outform', 'DER', '-v2', 'aes-256-cbc', '-passout', `pass:${password}`], { input: openssl(key, made.password) });

/* Whether `ingam cert check-password` opens a folder of these files. */
function ingamOpens(files, password) {
  const at = mkdtempSync(join(work, 'opens-'));
  for (const [path, bytes] of Object.entries(files))
    writeFileSync(join(at, basename(path)), bytes);
  writeFileSync(join(at, 'password'), password);
  const { status } = spawnSync(program('ingam'), ['cert', 'check-password', at, '--password-file', join(at, 'password')]);
  return status === 0;
}

const pick = (page, what) => page.locator('input#folder').setInputFiles(what);

test('a certificate is found, shown, and its password checked, with the network off', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await pick(page, npki);
  await heading(page, '인증서가 2개 있어요');
  await page.getByRole('button', { name: /뷁쌿훑/ }).first().click();
  await heading(page, '뷁쌿훑');
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  const field = (name) => page.locator(`dt:has-text("${name}") + dd`).first();
  await page.getByText('더 자세히').click();
  const hex = (hash) => createHash(hash).update(readFileSync(made.signCert)).digest('hex');
  for (const [name, value] of [['인증서에 적힌 이름', '뷁쌿훑()0091004123456789'], ['발급자', '금융결제원 (yessign)'], ['용도', '전자서명, 부인방지'], ['SHA-256 지문', hex('sha256')], ['SHA-1 지문', hex('sha1')],
    ['전체 이름', 'cn=뷁쌿훑()0091004123456789,ou=personal4IB,o=Ingam test CA,c=kr'], ['키 종류', 'RSA 2048'], ['서명 알고리즘', 'sha256WithRSAEncryption']])
    assert.equal(await field(name).textContent(), value, name);
  await page.getByRole('tab', { name: '전자서명용' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText('키 암호화').waitFor();
  await press(page, 'English');
  await page.getByText('encrypting keys').waitFor();
  await press(page, '한국어');
  assert.equal(await page.getByRole('tab', { name: '암호용' }).getAttribute('aria-selected'), 'true');
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
  await page.getByLabel('인증서 비밀번호').fill(made.password);
  await page.keyboard.press('Enter');
  await heading(page, '비밀번호가 맞아요');
  await page.getByText('전자서명용 개인키와 암호용 개인키를').waitFor();
  await press(page, '인증서로 돌아가기');
  await heading(page, '뷁쌿훑');
  assert.equal(await page.getByText('여섯 달이 넘었어요').count(), 0);
  await press(page, '다른 인증서');
  await page.getByRole('button', { name: /HKD/ }).click();
  await page.getByRole('button', { name: /^비밀번호 바꾸기.*여섯 달이 넘었어요/ }).waitFor();
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  assert.match(await field('비밀번호를 정한 날').textContent(), /^2020\.\s3\.\s1\.여섯 달이 넘었어요/);
  await close();
});

/*
 * In the page, until mend(): a disk that is full at the second file, a second
 * file that does not close, a stick that is pulled out at that moment, a folder
 * that may not be written to, a file that cannot be taken away.
 */
function breakWriting(how) {
  const [owner, name] = { full: [FileSystemWritableFileStream, 'write'], denied: [FileSystemHandle, 'requestPermission'], staying: [FileSystemDirectoryHandle, 'removeEntry'] }[how] ?? [FileSystemWritableFileStream, 'close'];
  const { createWritable } = FileSystemFileHandle.prototype;
  const whole = owner.prototype[name];
  let times = 0;
  owner.prototype[name] = async function broken(...values) {
    times += 1;
    if (how === 'denied')
      return 'denied';
    if (how === 'staying' && values[0] === 'CaPubs')
      throw new DOMException('in use', 'NoModificationAllowedError');
    if (times === 2 && how === 'pulled')
      FileSystemFileHandle.prototype.createWritable = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    if (times === 2 && how !== 'staying')
      throw new DOMException('broken', how === 'full' ? 'QuotaExceededError' : 'InvalidStateError');
    return whole.apply(this, values);
  };
  window.mend = () => {
    owner.prototype[name] = whole;
    FileSystemFileHandle.prototype.createWritable = createWritable;
  };
}

async function check(page, password) {
  await page.getByRole('button', { name: /^비밀번호 확인/ }).click();
  await page.getByLabel('인증서 비밀번호').fill(password);
  await press(page, '확인');
}

const next = 'Han-gang2026!';

async function toChange(page) {
  await page.getByRole('button', { name: /^비밀번호 바꾸기/ }).click();
  await heading(page, '비밀번호를 무엇으로 바꿀까요?');
}

async function change(page, old, to, again = to) {
  await page.getByLabel('지금 비밀번호').fill(old);
  await page.getByLabel('새 비밀번호', { exact: true }).fill(to);
  await page.getByLabel('새 비밀번호 다시 입력').fill(again);
  await page.keyboard.press('Enter');
}

test('a password is changed where the files lie: both keys, or none', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await lay(page, 'NPKI', onDisk());
  const before = await lies(page, 'NPKI');
  await press(page, '폴더 열기');
  await heading(page, '뷁쌿훑');
  await toChange(page);
  const kept = () => page.locator('.ticks .kept').count();
  assert.match((await page.locator('.ticks li').allTextContents()).join(), /\u00a0'\u00a0"\u00a0\\\u00a0\|/);
  for (const [typed, n] of [['', 0], ['abc', 2], ['Abd1!', 4], ['한글비밀번호123!!!', 1], [next, 5]]) {
    await page.getByLabel('새 비밀번호', { exact: true }).fill(typed);
    await page.waitForFunction((want) => {
      const act = document.querySelector('ingam-www').renderRoot.querySelector('www-manage').renderRoot.querySelector('www-change');
      return act.renderRoot.querySelectorAll('ig-field')[1].renderRoot.querySelectorAll('.kept').length === want;
    }, n).catch(async () => assert.fail(`${typed}: ${await kept()} rules are kept, not ${n}`));
  }
  for (const [old, to, again, said] of [
    ['', next, next, '비밀번호를 입력해 주세요.'], [made.password, 'short1!', 'short1!', '아직 지키지 않은 규칙'], [made.password, next, '', '한 번 더 입력해'],
    [made.password, next, `${next}x`, '서로 달라요. 다시 입력해 주세요'], [next, next, next, '지금 비밀번호와 같아요'], ['wrong', next, next, '1번 틀렸지만'],
  ]) {
    await change(page, old, to, again);
    await page.getByText(said).waitFor();
    assert.deepEqual(await lies(page, 'NPKI'), before, said);
  }
  for (const [how, said] of [['full', '저장할 자리가 없어요'], ['closing', '파일을 쓰지 못했어요'], ['denied', '폴더에 쓸 수 없어요']]) {
    await page.evaluate(breakWriting, how);
    await change(page, made.password, next);
    await page.getByText(said).waitFor();
    await page.evaluate(() => window.mend());
    assert.deepEqual(await lies(page, 'NPKI'), before, said);
  }
  /* Then one file is new and one is old, which is said; and pressing once more mends it. */
  await page.evaluate(breakWriting, 'pulled');
  await change(page, made.password, next);
  await page.getByText('쓰다가 끊겼어요').waitFor();
  await page.evaluate(() => window.mend());
  const torn = await lies(page, 'NPKI');
  assert.deepEqual([torn[km].equals(before[km]), torn[sign].equals(before[sign])], [false, true]);
  await change(page, made.password, next);
  await heading(page, '비밀번호를 바꿨어요');
  const after = await lies(page, 'NPKI');
  assert.deepEqual(Object.keys(after).filter((f) => !after[f].equals(before[f])).sort(), [km, sign]);
  for (const key of [sign, km])
    assert.deepEqual(openssl(after[key], next), openssl(before[key], made.password));
  assert.deepEqual([ingamOpens(before, made.password), ingamOpens(before, next), ingamOpens(after, next), ingamOpens(after, made.password)], [true, false, true, false]);
  await press(page, '인증서로 돌아가기');
  await page.getByRole('button', { name: /^비밀번호 확인/ }).click();
  await page.getByLabel('인증서 비밀번호').fill(next);
  await page.keyboard.press('Enter');
  await heading(page, '비밀번호가 맞아요');
  await close();
});

/* Below which path of NPKI a copy goes: by what the certificate says, not by where it was. */
const home = '/USER/cn=뷁쌿훑()0091004123456789,ou=personal4IB,o=Ingam test CA,c=kr/';

test('a certificate is copied to another folder; what lies there is replaced only when asked', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await pick(page, made.folder);
  await heading(page, '뷁쌿훑');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await lay(page, 'USB', { 'note.txt': 'aGk=' });
  for (const [how, said] of [['full', '저장할 자리가 없어요'], ['closing', '파일을 쓰지 못했어요'], ['denied', '폴더에 쓸 수 없어요']]) {
    await page.evaluate(breakWriting, how);
    await press(page, '폴더 고르기');
    await page.getByText(said).waitFor();
    await page.evaluate(() => window.mend());
    assert.deepEqual(Object.keys(await lies(page, 'USB')), ['note.txt'], said);
  }
  await press(page, '폴더 고르기');
  await heading(page, '복사했어요');
  const [ca] = (await page.locator('.where').last().textContent()).split(home.slice(0, 5)).map((p) => p.replace('USB/NPKI/', ''));
  const there = await lies(page, 'USB');
  const at = `NPKI/${ca}${home}`;
  assert.deepEqual(Object.keys(there).sort(), [`${at}kmCert.der`, `${at}kmPri.key`, `${at}signCert.der`, `${at}signPri.key`, 'note.txt'].sort());
  for (const [path, bytes] of Object.entries(onDisk()))
    assert.equal(there[at + basename(path)].toString('base64'), bytes);
  /* Another certificate of the same name, with CaPubs and names in capitals. */
  await lay(page, 'Stick', { [`npki/${ca}/user/${home.split('/')[2]}/SIGNCERT.DER`]: onDisk()[`${place}/kmCert.der`], [`npki/${ca}/user/${home.split('/')[2]}/capubs`]: 'MAA=' });
  const before = await lies(page, 'Stick');
  await press(page, '인증서로 돌아가기');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await press(page, '폴더 고르기');
  await heading(page, '그 자리에 이미 인증서가 있어요');
  assert.equal(await page.getByText('그대로 둬요').count(), 0);
  assert.deepEqual(await lies(page, 'Stick'), before);
  await page.evaluate(breakWriting, 'closing');
  await press(page, '덮어쓰기');
  await page.getByText('파일을 쓰지 못했어요').waitFor();
  await page.evaluate(() => window.mend());
  assert.deepEqual(await lies(page, 'Stick'), before);
  await press(page, '덮어쓰기');
  await heading(page, '복사했어요');
  const after = await lies(page, 'Stick');
  /* Those of the same issuer stay. */
  assert.deepEqual(Object.keys(after).map((path) => basename(path)).sort(), ['SIGNCERT.DER', 'capubs', 'kmCert.der', 'kmPri.key', 'signPri.key']);
  assert.deepEqual(Object.entries(after).filter(([path]) => basename(path) !== 'capubs').map(([, b]) => b.length).sort(), Object.values(onDisk()).map((b) => Buffer.from(b, 'base64').length).sort());
  assert.ok(ingamOpens(Object.fromEntries(Object.entries(after).map(([path, b]) => [basename(path) === 'SIGNCERT.DER' ? 'signCert.der' : path, b])), made.password));
  /* Those of another issuer are of the certificate that goes, and go with it. */
  const elsewhere = makeCertificate({ into: join(work, 'elsewhere'), name: '뷁쌿훑()0091004123456789', issuer: 'KICA', key: 'ec', password: 'abc111' });
  await lay(page, 'Card', { [`${at}signCert.der`]: readFileSync(elsewhere.signCert).toString('base64'), [`${at}CaPubs`]: 'MAA=' });
  await press(page, '인증서로 돌아가기');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await press(page, '폴더 고르기');
  /* One that stays takes none of the new ones away; and pressing once more mends it. */
  await page.evaluate(breakWriting, 'staying');
  await press(page, '덮어쓰기');
  await page.getByText('쓰다가 끊겼어요').waitFor();
  await page.evaluate(() => window.mend());
  const placed = Object.keys(there).filter((path) => path !== 'note.txt').sort();
  assert.deepEqual(Object.keys(await lies(page, 'Card')).sort(), [...placed, `${at}CaPubs`].sort());
  await press(page, '덮어쓰기');
  await heading(page, '복사했어요');
  assert.deepEqual(Object.keys(await lies(page, 'Card')).sort(), placed);
  await close();
});

test('who leaves while files are written is asked, and nobody else', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  await pick(page, made.folder);
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await lay(page, 'Slow', {});
  await page.evaluate(() => {
    const { close: whole } = FileSystemWritableFileStream.prototype;
    const written = new Promise((go) => { window.go = go; });
    FileSystemWritableFileStream.prototype.close = async function slow() {
      window.writes = true;
      await written;
      return whole.call(this);
    };
  });
  await press(page, '폴더 고르기');
  /* The sign stands while the folder is looked through, too, when leaving costs nothing. */
  await page.getByText('파일을 쓰고 있어요').waitFor();
  await page.waitForFunction(() => window.writes);
  const [dialog] = await Promise.all([page.waitForEvent('dialog'), page.close({ runBeforeUnload: true })]);
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.dismiss();
  await page.evaluate(() => window.go());
  await heading(page, '복사했어요');
  const asked = [];
  page.on('dialog', (again) => asked.push(again.type()) && again.accept());
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
  assert.deepEqual(asked, []);
  await close();
});

test('a file that is gone when it is read is told of as that', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  for (const name of ['signCert.der', 'signPri.key']) {
    await page.evaluate((gone) => {
      const { slice } = File.prototype;
      File.prototype.slice = function pulled(...values) {
        return this.name === gone ? { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) } : slice.apply(this, values);
      };
    }, name);
    await pick(page, made.folder);
    await inBoth(page, '폴더가 없어졌어요', 'Folder not found');
    await page.reload();
    await page.locator('www-manage[loaded]').waitFor();
  }
  await close();
});

test('a pair for encryption that is there is not lost to a copy without one', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const b64 = (folder, name) => readFileSync(join(folder, name)).toString('base64');
  const stranger = makeCertificate({ into: join(work, 'stranger'), name: '나래()0091004123456789', issuer: 'yessign', km: true, password: 'abc111' });
  const there = (folder, ...names) => Object.fromEntries(names.map((name) => [name, b64(folder, name)]));
  for (const [name, files, kept] of [
    ['key', there(made.folder, 'kmPri.key'), false],
    ['stranger', there(stranger.folder, 'signCert.der', 'kmCert.der'), false], ['pair of a stranger', there(stranger.folder, 'signCert.der', 'kmCert.der', 'kmPri.key'), false],
    ['certificate', there(made.folder, 'signCert.der', 'kmCert.der'), true],
  ]) {
    await pick(page, lone.folder);
    await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
    const at = await page.locator('.where').first().textContent();
    await lay(page, `km ${name}`, Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`${at}/${file}`, bytes])));
    const before = await lies(page, `km ${name}`);
    await press(page, '폴더 고르기');
    await inBoth(page, ...kept ? ['거기에 있는 암호용 인증서(kmCert.der)는 그대로 둬요', 'The encryption certificate that is there (kmCert.der) stays']
      : ['거기에 있는 암호용 인증서와 개인키(kmCert.der, kmPri.key)가 사라지게 되어 그만두었어요', 'The encryption pair that is there (kmCert.der, kmPri.key) would be lost']);
    assert.deepEqual(await lies(page, `km ${name}`), before, name);
    assert.equal(await page.getByRole('button', { name: '덮어쓰기' }).count(), kept ? 1 : 0, name);
    if (!kept)
      await inBoth(page, '다른 폴더를 고르거나', 'Choose another folder, or move');
    if (kept) {
      await press(page, '덮어쓰기');
      await heading(page, '복사했어요');
      const after = await lies(page, `km ${name}`);
      assert.deepEqual(after[`${at}/kmCert.der`], before[`${at}/kmCert.der`]);
      assert.deepEqual(after[`${at}/signPri.key`], readFileSync(lone.signKey));
    }
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('a pair for encryption that is there stays where one password opens it and the key that comes', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const pair = { 'kmCert.der': readFileSync(made.kmCert), 'kmPri.key': readFileSync(join(made.folder, 'kmPri.key')) };
  const other = { ...pair, 'kmPri.key': sealed(pair['kmPri.key'], 'other') };
  const copy = async (name, files) => {
    const at = await copyOver(page, lone.folder, name, Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, bytes.toString('base64')])));
    const before = await lies(page, name);
    return async (changed) => {
      const after = await lies(page, name);
      assert.deepEqual(after, changed ? { ...before, [`${at}/signCert.der`]: readFileSync(lone.signCert), [`${at}/signPri.key`]: readFileSync(lone.signKey) } : before, name);
      assert.equal(ingamOpens(after, lone.password), changed, name);
      await page.goBack();
      await press(page, '다른 폴더 열기');
    };
  };
  for (const [name, files] of [['alone', pair], ['beside its certificate', { 'signCert.der': readFileSync(made.signCert), ...pair }]]) {
    const ends = await copy(name, files);
    await inBoth(page, '비밀번호가 같으면 그대로 남겨 둘 수 있어요', 'It can stay if the new certificate has the same password');
    await press(page, '남기고 계속하기');
    await page.getByText('비밀번호를 입력해 주세요.').waitFor();
    for (const typed of ['wrong', lone.password]) {
      await page.getByLabel('인증서 비밀번호').fill(typed);
      await press(page, '남기고 계속하기');
      if (typed === 'wrong')
        await page.getByText('1번 틀렸지만').waitFor();
    }
    if (name !== 'alone') {
      await inBoth(page, '거기에 있는 암호용 인증서와 개인키(kmCert.der, kmPri.key)는 그대로 둬요', 'The encryption pair that is there (kmCert.der, kmPri.key) stays');
      await press(page, '덮어쓰기');
    }
    await heading(page, '복사했어요');
    await ends(true);
  }
  const ends = await copy('under another password', other);
  for (const typed of [lone.password, 'other']) {
    await page.getByLabel('인증서 비밀번호').fill(typed);
    await page.keyboard.press('Enter');
    await inBoth(page, '‘비밀번호 바꾸기’로 같게 한 뒤에', 'Make them the same with “Change password”');
    await page.getByLabel('인증서 비밀번호').fill('');
  }
  await ends(false);
  await close();
});

test('that a copy replaces the encryption key of another certificate is said before, and what it closes', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const stranger = makeCertificate({ into: join(work, 'renewed'), name: '뷁쌿훑()0091004123456789', issuer: 'yessign', km: true, password: 'abc111' });
  const of = (folder, ...names) => Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
  for (const [name, there, said] of [
    ['other', of(stranger.folder, 'signCert.der', 'kmCert.der', 'kmPri.key'), true], ['no key', of(stranger.folder, 'signCert.der', 'kmCert.der'), false],
    ['its own', { ...of(stranger.folder, 'signCert.der'), ...of(made.folder, 'kmCert.der', 'kmPri.key') }, false],
  ]) {
    await copyOver(page, made.folder, `closes ${name}`, there);
    await page.getByRole('button', { name: '덮어쓰기' }).waitFor();
    if (said)
      await inBoth(page, '예전 암호용 인증서로 암호화된 문서는 더 이상 열 수 없어요', 'What was encrypted to the old encryption certificate can no longer be opened');
    assert.equal(await page.getByText('예전 암호용 인증서로').count(), said ? 1 : 0, name);
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  await close();
});

/* In Korean and in English, what is seen. */
async function inBoth(page, ...sentences) {
  await page.getByText(sentences[0]).waitFor();
  await press(page, 'English');
  await page.getByText(sentences[1]).waitFor();
  await press(page, '한국어');
  await page.getByText(sentences[0]).waitFor();
}

test('half of a pair for encryption stays behind, and is named', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const sentences = {
    kmCert: ['개인키가 없는 암호용 인증서는', 'The encryption certificate is left out'],
    kmPri: ['인증서가 없는 암호용 개인키는', 'The encryption key is left out'],
  };
  for (const [half, gone, leave] of [['kmCert', 'kmPri.key', rmSync], ['kmPri', 'kmCert.der', rmSync], ['kmCert', 'kmPri.key', truncateSync]]) {
    const at = mkdtempSync(join(work, 'half-'));
    cpSync(made.folder, at, { recursive: true });
    leave(join(at, gone));
    await pick(page, at);
    for (const act of ['다른 곳에 복사', 'PFX 파일로 저장', '비밀번호 바꾸기']) {
      await page.getByRole('button', { name: new RegExp(`^${act}`) }).click();
      await inBoth(page, ...sentences[half]);
      await page.goBack();
    }
    await check(page, made.password);
    await heading(page, '비밀번호가 맞아요');
    await inBoth(page, '암호화된 문서는 이 사본으로 열 수 없어요', 'Encrypted documents cannot be opened with this copy');
    await inBoth(page, `${gone}가 없거나 비어 있어요`, `${gone} is missing or empty`);
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  /* Files that were picked by hand are in no folder that could be opened again. */
  for (const [half, gone] of [['kmCert.der', 'kmPri.key'], ['kmPri.key', 'kmCert.der']]) {
    await page.locator('input#files').setInputFiles(['signCert.der', 'signPri.key', half].map((file) => join(made.folder, file)));
    await heading(page, '뷁쌿훑');
    await inBoth(page, `고른 파일 가운데 ${gone}가`, `${gone} is missing or empty among the files you chose`);
    assert.equal(await page.getByText('같은 폴더에').count(), 0);
    await press(page, '다른 폴더 열기');
  }
  /* Of a whole pair nothing is said. */
  await pick(page, made.folder);
  await check(page, made.password);
  await heading(page, '비밀번호가 맞아요');
  assert.equal(await page.getByText('암호화된 문서는').count(), 0);
  await page.goBack();
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await heading(page, '어디에 복사할까요?');
  assert.equal(await page.getByText(sentences.kmCert[0]).or(page.getByText(sentences.kmPri[0])).count(), 0);
  await close();
});

test('a list begins with what can be used, by name, and of one name with what ends last', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const many = join(work, 'many');
  for (const [i, [name, days]] of [['나래', 400], ['가온', 10], ['가온', 300]].entries())
    makeCertificate({ into: join(many, String(i)), name: `${name}()0091004123456789`, days, key: 'ec' });
  cpSync(old, join(many, '0', 'over'), { recursive: true });
  await pick(page, many);
  await heading(page, '인증서가 4개 있어요');
  const cards = await page.locator('.list www-certificate').evaluateAll((all) => all.map((one) => ['.name', '.tag'].map((c) => one.renderRoot.querySelector(c).textContent).join(' ')));
  assert.deepEqual(cards.map((card) => card.replace(/\d+일 뒤/, 'n일 뒤')), ['가온 사용 가능', '가온 n일 뒤 만료', '나래 사용 가능', 'HKD 만료됨']);
  await close();
});

test('the day beside a state is the one that it is about: from which, until which, on which', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const ending = makeCertificate({ into: join(work, 'ending'), name: '나래()0091004123456789', key: 'ec', days: 12 });
  const lines = () => page.locator('www-certificate .line').innerText().then((text) => text.replace(/\s+/g, ' ').replace(/\d+ [A-Z][a-z]+ /, 'D M '));
  for (const [folder, ko, en] of [[old, /^만료됨 2020\. 3\. 2\d\.까지$/, /^Expired on D M 2020$/], [ending.folder, /일 뒤 만료 .*까지$/, /^Expires in 1\d days on D M \d{4}$/], [lone.folder, /^사용 가능 .*까지$/, /^Valid until D M \d{4}$/]]) {
    await pick(page, folder);
    await page.locator('www-certificate .line').waitFor();
    assert.match(await lines(), ko);
    await press(page, 'English');
    await page.getByRole('button', { name: '한국어' }).waitFor();
    assert.match(await lines(), en);
    await press(page, '한국어');
    await press(page, '다른 폴더 열기');
  }
  const later = makeCertificate({ into: join(work, 'later'), name: '나래()0091004123456789', key: 'ec', valid: ['20380101000000Z', '20390101000000Z'] });
  await pick(page, later.folder);
  await inBoth(page, '2038. 1. 1.부터', 'valid from 1 Jan 2038');
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await inBoth(page, '2038. 1. 1.부터', 'valid from 1 Jan 2038');
  assert.equal(await page.getByText('2039. 1. 1.까지').count(), 0);
  await close();
});

test('each act tells which of two alike it is about', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const twins = join(work, 'twins');
  for (const name of ['one', 'two'])
    cpSync(lone.folder, join(twins, name), { recursive: true });
  await pick(page, twins);
  for (const name of ['one', 'two']) {
    await page.locator('.list button').filter({ hasText: `twins/${name}` }).click();
    for (const act of ['비밀번호 확인', '비밀번호 바꾸기', '다른 곳에 복사', 'PFX 파일로 저장']) {
      await page.getByRole('button', { name: new RegExp(`^${act}`) }).click();
      assert.match((await page.locator('.top').innerText()).replace(/\s+/g, ' '), new RegExp(`^뷁쌿훑 금융결제원 만료일 \\d{4}\\. \\d+\\. \\d+\\. twins/${name}$`), act);
      await page.goBack();
    }
    await press(page, '다른 인증서');
  }
  await close();
});

/* Chooses the certificate that a folder holds, and a place for its copy where these files lie. Files are base64. */
async function copyOver(page, folder, name, files) {
  await pick(page, folder);
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  const at = await page.locator('.where').first().textContent();
  await lay(page, name, Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`${at}/${file}`, bytes])));
  await press(page, '폴더 고르기');
  await heading(page, /^그 자리에/);
  return at;
}

test('a copy that would take the place of a better certificate is warned of, and of the very same one there is none', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const b64 = (path) => readFileSync(path).toString('base64');
  const ends = (der) => new Date(execFileSync('openssl', ['x509', '-inform', 'DER', '-in', der, '-noout', '-enddate'], { encoding: 'utf8' }).slice(9)).toLocaleDateString('ko-KR', { timeZone: 'Asia/Seoul' });
  const serial = (der) => execFileSync('openssl', ['x509', '-inform', 'DER', '-in', der, '-noout', '-serial'], { encoding: 'utf8' }).trim().slice(7).toLowerCase();
  const before = makeCertificate({ into: join(work, 'before'), key: 'ec', valid: ['20180101000000Z', '20190101000000Z'] });
  const longer = makeCertificate({ into: join(work, 'longer'), name: '뷁쌿훑()0091004123456789', issuer: 'yessign', days: 800, password: 'abc111' });
  const later = makeCertificate({ into: join(work, 'not yet'), key: 'ec', valid: ['20380101000000Z', '20390101000000Z'] });
  const sooner = makeCertificate({ into: join(work, 'sooner'), key: 'ec', valid: ['20370101000000Z', '20380101000000Z'] });
  const warnings = ['이미 만료됐고', '더 나중에 끝나요', '바로 이 인증서예요', '이미 만료됐어요', '아직 쓸 수 없고'];
  /* What comes, what is there, which of the warnings is said. */
  for (const [name, comes, there, said] of [
    ['ended', old, { 'signCert.der': b64(made.signCert), 'signPri.key': b64(made.signKey) }, 0],
    ['keyless', old, { 'signCert.der': b64(made.signCert) }, 1],
    ['both', old, { 'signCert.der': b64(before.signCert) }, 3],
    ['early', later.folder, { 'signCert.der': b64(made.signCert), 'signPri.key': b64(made.signKey) }, 4],
    ['early over old', later.folder, { 'signCert.der': b64(before.signCert), 'signPri.key': b64(before.signKey) }, undefined],
    ['early over keyless', later.folder, { 'signCert.der': b64(made.signCert) }, undefined],
    ['early over early', later.folder, { 'signCert.der': b64(sooner.signCert), 'signPri.key': b64(sooner.signKey) }, undefined],
    ['newer', lone.folder, { 'signCert.der': b64(longer.signCert), 'signPri.key': b64(longer.signKey) }, 1],
    ['newer keyless', lone.folder, { 'signCert.der': b64(longer.signCert) }, 1],
    ['older', longer.folder, { 'signCert.der': b64(lone.signCert) }, undefined],
    ['same day', made.folder, { 'signCert.der': b64(lone.signCert) }, undefined],
    ['key', lone.folder, { 'signCert.der': b64(lone.signCert), 'signPri.key': b64(made.signKey) }, 2],
  ]) {
    await copyOver(page, comes, name, there);
    await page.getByRole('button', { name: '덮어쓰기' }).waitFor();
    for (const [i, warning] of warnings.entries())
      assert.equal(await page.getByText(warning).count(), i === said ? 1 : 0, `${name}: ${warning}`);
    /* Two whose sheets are alike are told apart by more; of others no more is shown. */
    const differ = await page.locator('.differs').allTextContents();
    assert.deepEqual(differ, name === 'same day' ? [lone, made].map(({ signCert }) => `일련번호 ${serial(signCert)}`) : [], name);
    if (said !== 2 && comes !== later.folder)
      await page.locator(`.there .stack:has-text("넣을 인증서"):has-text("${ends(join(comes, 'signCert.der'))}")`).waitFor();
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  const at = await copyOver(page, lone.folder, 'same', { 'signCert.der': b64(lone.signCert), 'signPri.key': b64(lone.signKey) });
  await heading(page, '그 자리에 이미 똑같은 인증서가 있어요');
  assert.equal(await page.getByRole('button', { name: '덮어쓰기' }).count(), 0);
  await lay(page, 'free', {});
  await press(page, '다른 폴더 고르기');
  await heading(page, '복사했어요');
  assert.deepEqual(Object.keys(await lies(page, 'free')).sort(), [`${at}/signCert.der`, `${at}/signPri.key`]);
  await close();
});

test('that a copy sees no damaged key is said where the very same certificate is there, until a password has opened it', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const said = ['개인키가 손상됐는지는 비밀번호 없이 알 수 없어요', 'nobody can tell whether a private key is damaged'];
  const damaged = join(work, 'byte');
  cpSync(lone.folder, damaged, { recursive: true });
  const key = readFileSync(lone.signKey);
  key[key.length - 4] ^= 1;
  writeFileSync(join(damaged, 'signPri.key'), key);
  const b64 = (path) => readFileSync(path).toString('base64');
  const same = { 'signCert.der': b64(lone.signCert), 'signPri.key': b64(lone.signKey) };
  await copyOver(page, damaged, 'damaged over good', same);
  await inBoth(page, ...said);
  await page.goBack();
  await check(page, lone.password);
  await page.getByText('1번 틀렸지만').waitFor();
  await page.goBack();
  await press(page, '다른 폴더 열기');
  /* Another one that takes its place is told of by that alone. */
  await copyOver(page, made.folder, 'another', same);
  await heading(page, '그 자리에 이미 인증서가 있어요');
  assert.equal(await page.getByText(said[0]).count(), 0);
  await page.goBack();
  await press(page, '다른 폴더 열기');
  await copyOver(page, lone.folder, 'good', { ...same, 'signPri.key': b64(made.signKey) });
  await inBoth(page, ...said);
  await page.goBack();
  await check(page, lone.password);
  await heading(page, '비밀번호가 맞아요');
  await page.goBack();
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await press(page, '폴더 고르기');
  await page.getByText('바로 이 인증서예요').waitFor();
  assert.equal(await page.getByText(said[0]).count(), 0);
  await close();
});

test('a damaged file takes the place of no good one, and is named', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  for (const file of ['signPri.key', 'kmPri.key', 'kmCert.der']) {
    const at = mkdtempSync(join(work, 'cut-'));
    cpSync(made.folder, at, { recursive: true });
    writeFileSync(join(at, file), readFileSync(join(made.folder, file)).subarray(0, 500));
    await pick(page, at);
    await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
    const to = await page.locator('.where').first().textContent();
    await lay(page, 'Good', laid(made.folder, to));
    const before = await lies(page, 'Good');
    for (const button of ['폴더 고르기', '내려받기']) {
      await press(page, button);
      await inBoth(page, `${file} 파일을 읽을 수 없어요`, `The ${file} file cannot be read`);
      assert.deepEqual(await lies(page, 'Good'), before);
    }
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  await close();
});

/* Presses a button that downloads; gives the file's name and path. */
async function downloaded(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), press(page, name)]);
  const path = join(work, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

const unpack = (zip, into) => execFileSync('python3', ['-c', `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
assert {(i.create_system, i.external_attr >> 16) for i in z.infolist()} == {(3, 0o100600)}
z.extractall(sys.argv[2])`, zip, into]);

/* The names in a ZIP file as unzip shows them. */
const unzipped = (zip) => execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } }).trim().split('\n');

test('where the browser writes to no folder, files are downloaded: copies, and keys with a new password', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await page.evaluate(() => { delete window.showDirectoryPicker; });
  await off();
  writeFileSync(join(made.folder, 'CaPubs'), Buffer.from('3000', 'hex'));
  await pick(page, made.folder);
  await heading(page, '뷁쌿훑');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  const copy = await downloaded(page, '내려받기');
  await heading(page, '복사했어요');
  assert.equal(basename(copy), 'NPKI-뷁쌿훑.zip');
  await inBoth(page, '옮긴 뒤에는 다운로드 폴더에서 지우는 편이 안전해요', 'it is safer to delete it from your downloads');
  const names = unzipped(copy);
  assert.ok(names.every((name) => name.includes(home)), names[0]);
  const stick = join(work, 'stick');
  unpack(copy, stick);
  const [ca] = readdirSync(join(stick, 'NPKI'));
  const at = join(stick, 'NPKI', ca, home);
  for (const file of readdirSync(made.folder))
    assert.deepEqual(readFileSync(join(at, file)), readFileSync(join(made.folder, file)));
  const listed = JSON.parse(execFileSync(program('ingam'), ['cert', 'list', '--root', join(stick, 'NPKI'), '--json']));
  assert.equal(listed.certificates.length, 1);
  await press(page, '인증서로 돌아가기');
  await toChange(page);
  await change(page, made.password, next);
  await heading(page, '새 파일을 어디에 둘까요?');
  assert.equal(await page.locator('.where').textContent(), basename(made.folder));
  const changed = await downloaded(page, '내려받기');
  await heading(page, '이제 새 파일을 원래 자리에 덮어써 주세요');
  await page.getByText('원래 폴더의 인증서가 예전 비밀번호로 열려요').waitFor();
  await page.getByText('옮긴 뒤에는 다운로드 폴더에서 지우는').waitFor();
  await page.getByText('열었던 폴더의 바로 위 폴더에 풀고').waitFor();
  /* Done as it says: the very files of the opened folder are replaced, and there is no other one. */
  const again = join(work, 'again');
  cpSync(made.folder, join(again, basename(made.folder)), { recursive: true });
  unpack(changed, again);
  assert.deepEqual(readdirSync(again), [basename(made.folder)]);
  const files = Object.fromEntries(readdirSync(made.folder).map((f) => [f, readFileSync(join(again, basename(made.folder), f))]));
  assert.deepEqual([ingamOpens(files, next), ingamOpens(files, made.password)], [true, false]);
  rmSync(join(made.folder, 'CaPubs'));
  await close();
});

test('keys with a new password go back to the folder that was opened, where it is picked again', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await pick(page, made.folder);
  await toChange(page);
  await change(page, made.password, next);
  await heading(page, '새 파일을 어디에 둘까요?');
  const top = basename(made.folder);
  await lay(page, top, Object.fromEntries(Object.entries(onDisk()).map(([path, bytes]) => [basename(path), bytes])));
  await press(page, '폴더 고르기');
  await page.getByText('바로 이 인증서예요').waitFor();
  await press(page, '덮어쓰기');
  await heading(page, '새 비밀번호로 저장했어요');
  await page.getByText('원래 자리가 다른 곳이면').waitFor();
  const files = await lies(page, top);
  assert.deepEqual(Object.keys(files).sort(), readdirSync(made.folder).sort());
  assert.ok(ingamOpens(files, next));
  await close();
});

test('what is dropped can be written to where the browser gives its handle, and is read where it gives none', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  await lay(page, 'NPKI', onDisk());
  const got = await page.evaluate(async () => {
    const { filesOfDrop, pairsOf } = await import('/core/keyfiles.js');
    const folder = await showDirectoryPicker();
    /* The older way to read a folder, over the same files. */
    const entryOf = (handle, path) => ({
      name: handle.name, fullPath: path, isDirectory: handle.kind === 'directory',
      file: (done) => handle.getFile().then(done),
      createReader: () => {
        let read = false;
        return { readEntries: async (done) => {
          const some = [];
          if (!read)
            for await (const entry of handle.values())
              some.push(entryOf(entry, `${path}/${entry.name}`));
          read = true;
          done(some);
        } };
      },
    });
    const item = (handle) => ({ webkitGetAsEntry: () => entryOf(folder, '/NPKI'), getAsFileSystemHandle: handle });
    const out = [];
    for (const handle of [async () => folder, () => Promise.reject(new DOMException('system folder', 'NotAllowedError')), undefined]) {
      const [found] = await pairsOf(await filesOfDrop({ items: [item(handle)] }));
      out.push([found.facts.owner, found.path, found.files.kmPri.length > 0, found.handles?.signPri.name, found.root?.name]);
    }
    return out;
  });
  const same = ['뷁쌿훑()0091004123456789', `NPKI/${place}`, true];
  assert.deepEqual(got, [[...same, 'signPri.key', 'NPKI'], [...same, undefined, undefined], [...same, undefined, undefined]]);
  await close();
});

test('a certificate without its key is told of, alone and among others', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const half = join(work, 'half');
  mkdirSync(join(half, 'alone'), { recursive: true });
  copyFileSync(join(samples, 'signCert.der'), join(half, 'alone', 'signCert.der'));
  await pick(page, join(half, 'alone'));
  await heading(page, '개인키 파일(signPri.key)이 없어요');
  await page.getByText('HKD').first().waitFor();
  assert.equal(await page.getByText('인증서를 찾지 못했어요').count(), 0);
  cpSync(made.folder, join(half, 'whole'), { recursive: true });
  await pick(page, half);
  await heading(page, '인증서가 1개 있어요');
  await heading(page, '개인키 파일(signPri.key)이 없어요');
  assert.equal(await page.getByRole('button', { name: /HKD/ }).count(), 0);
  await page.getByText('half/alone').waitFor();
  /* It is not called usable, for it is not; one that is over is called that. */
  mkdirSync(join(half, 'today'));
  copyFileSync(lone.signCert, join(half, 'today', 'signCert.der'));
  await page.goBack();
  await pick(page, half);
  await page.getByText('half/today').waitFor();
  assert.deepEqual(await page.locator('.warn www-certificate .tag').allTextContents(), ['개인키 없음', '만료됨']);
  /* Nor does the day beside that say until when there is no key. */
  assert.match(await page.locator('.warn www-certificate .line').first().innerText(), /^개인키 없음\s+만료일\s\d{4}\.\s\d+\.\s\d+\.$/);
  await press(page, 'English');
  await page.locator('.warn www-certificate', { hasText: 'No key' }).waitFor();
  await press(page, '한국어');
  await page.getByRole('button', { name: /뷁쌿훑/ }).click();
  await page.getByRole('button', { name: '다른 인증서' }).waitFor();
  await close();
});

test('a certificate that cannot be read is told of with its file, alone and among others', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const noise = join(work, 'noise');
  for (const [name, bytes] of [['cut', readFileSync(made.signCert).subarray(0, 500)], ['empty', Buffer.alloc(0)]]) {
    cpSync(made.folder, join(noise, name), { recursive: true });
    writeFileSync(join(noise, name, 'signCert.der'), bytes);
    await pick(page, join(noise, name));
    await inBoth(page, '읽을 수 없는 인증서 파일이 1개 있어요', '1 certificate file cannot be read');
    await page.getByText(`${name}/signCert.der`).waitFor();
    assert.equal(await page.getByText('인증서를 찾지 못했어요').count(), 0);
  }
  cpSync(made.folder, join(noise, 'whole'), { recursive: true });
  await pick(page, noise);
  await heading(page, '인증서가 1개 있어요');
  await inBoth(page, '읽을 수 없는 인증서 파일이 2개 있어요', '2 certificate files cannot be read');
  for (const name of ['cut', 'empty'])
    await page.getByText(`noise/${name}/signCert.der`).waitFor();
  await page.getByRole('button', { name: /뷁쌿훑/ }).click();
  await page.getByRole('button', { name: '다른 인증서' }).waitFor();
  /* What holds none at all is no damage. */
  await page.goBack();
  await press(page, '다른 폴더 열기');
  mkdirSync(join(work, 'nothing'));
  writeFileSync(join(work, 'nothing', 'note.txt'), 'none');
  await pick(page, join(work, 'nothing'));
  await heading(page, '인증서를 찾지 못했어요');
  await close();
});

test('a key file that nobody can open is told of as that, and a damaged one too', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const key = readFileSync(made.signKey);
  const pbes2 = Buffer.from('2a864886f70d01050d', 'hex');
  const unknown = Buffer.from(key);
  Buffer.from('2a864886f70d010501', 'hex').copy(unknown, key.indexOf(pbes2));
  const damaged = ['signPri.key 파일을 읽을 수 없어요', 'The signPri.key file cannot be read'];
  for (const [name, bytes, said] of [['unknown', unknown, ['이 브라우저에서 열 수 없는 인증서예요', 'This browser cannot open the certificate']],
    ['damaged', key.subarray(0, 500), damaged], ['none', Buffer.alloc(900), damaged], ['large', Buffer.concat([key, Buffer.alloc(20000)]), damaged],
    ['empty', Buffer.alloc(0), ['signPri.key 파일이 비어 있어요', 'The signPri.key file is empty']]]) {
    const at = join(work, name);
    mkdirSync(at);
    copyFileSync(made.signCert, join(at, 'signCert.der'));
    writeFileSync(join(at, 'signPri.key'), bytes);
    await pick(page, at);
    await heading(page, '뷁쌿훑');
    /* What no password opens is told of before one is asked for. */
    if (name === 'unknown')
      assert.equal(await page.getByText(said[0]).count(), 0);
    else {
      await inBoth(page, ...said);
      await inBoth(page, '손상된 파일 있음', 'Damaged file');
    }
    await check(page, made.password);
    await inBoth(page, ...said);
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('a key file that opens, and of whose numbers one is not as it was, is told of as damaged', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  for (const { folder, signKey, password } of [made, makeCertificate({ into: join(work, 'curve'), name: '곡선()0091004123456789', issuer: 'yessign', key: 'ec', password: 'abc111' })]) {
    const info = Buffer.from(execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER'], { input: openssl(readFileSync(signKey), password) }));
    const at = join(work, 'number', basename(folder));
    cpSync(folder, at, { recursive: true });
    /* The last octet of an RSA key is of qi; that of the number on a curve stands behind its length. */
    const scalar = info.indexOf(Buffer.from('0201010420', 'hex'));
    info[scalar < 0 ? info.length - 1 : scalar + 5 + 31] ^= 2;
    writeFileSync(join(at, 'signPri.key'), keyFileOf(info, password));
    await pick(page, at);
    await check(page, password);
    await inBoth(page, 'signPri.key 파일을 읽을 수 없어요', 'The signPri.key file cannot be read');
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('a key file that asks for a long derivation does not hold the page up', { timeout: 120000 }, async () => {
  const slow = join(work, 'slow');
  mkdirSync(slow);
  copyFileSync(made.signCert, join(slow, 'signCert.der'));
  execFileSync('openssl', ['pkcs8', '-topk8', '-inform', 'DER', '-outform', 'DER', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256', '-iter', '500000', '-passout', 'pass:slow', '-out', join(slow, 'signPri.key')],
    { input: openssl(readFileSync(made.signKey), made.password) });
  const { page, off, close } = await manage();
  await off();
  await pick(page, slow);
  await page.getByRole('button', { name: /^비밀번호 확인/ }).click();
  await page.getByLabel('인증서 비밀번호').fill('slow');
  await press(page, '확인');
  /* On the page's own thread this question would be answered when all is done. */
  const meanwhile = await page.evaluate(async () => {
    await new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); });
    const act = document.querySelector('ingam-www').renderRoot.querySelector('www-manage').renderRoot.querySelector('www-check');
    return act.renderRoot.querySelector('ig-busy') !== null;
  });
  assert.ok(meanwhile);
  await heading(page, '비밀번호가 맞아요');
  await close();
});

test('a password of one key alone is told of as that', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const mixed = join(work, 'mixed');
  cpSync(made.folder, mixed, { recursive: true });
  writeFileSync(join(mixed, 'kmPri.key'), sealed(readFileSync(join(made.folder, 'kmPri.key')), 'other'));
  await pick(page, mixed);
  for (const button of ['비밀번호 확인', 'PFX 파일로 저장']) {
    await page.getByRole('button', { name: new RegExp(`^${button}`) }).click();
    for (const [typed, said] of [[made.password, '암호용 개인키는 다른 비밀번호로 잠겨 있어요. ‘비밀번호 바꾸기’에서 같게'], ['other', '전자서명용 개인키는 다른 비밀번호로 잠겨 있어요. ‘비밀번호 바꾸기’에서 같게'], ['neither', '3번 틀렸지만']]) {
      await page.getByLabel('인증서 비밀번호').fill(typed);
      await page.keyboard.press('Enter');
      await page.getByText(said).waitFor();
    }
    await page.goBack();
  }
  /* What is sent to the phone is opened by another way. */
  const title = await page.evaluate(async ([files, password]) => {
    const { opens, problemOfFiles } = await import('/core/keyfiles.js');
    const bytes = Object.fromEntries(Object.entries(files).map(([part, text]) => [part, Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]));
    return opens(bytes, password).catch((e) => problemOfFiles(e).title);
  }, [Object.fromEntries([['signCert', 'signCert.der'], ['signPri', 'signPri.key'], ['kmCert', 'kmCert.der'], ['kmPri', 'kmPri.key']].map(([part, name]) => [part, readFileSync(join(mixed, name)).toString('base64')])), made.password]);
  assert.equal(title, '두 개인키의 비밀번호가 서로 달라요');
  /* As it says. */
  await press(page, '다른 폴더 열기');
  await page.locator('input#files').setInputFiles(['signCert.der', 'signPri.key'].map((file) => join(mixed, file)));
  await check(page, made.password);
  await heading(page, '비밀번호가 맞아요');
  await close();
});

test('two keys with two passwords get one, whichever of the two is typed first', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const other = 'Dae-dong2026!';
  const files = { ...onDisk(), [km]: sealed(readFileSync(join(made.folder, 'kmPri.key')), other).toString('base64') };
  const asks = { km: ['암호용 개인키의 지금 비밀번호', 'Current password of the encryption key'], sign: ['전자서명용 개인키의 지금 비밀번호', 'Current password of the signing key'] };
  /* The new one may be that of either key. */
  for (const [first, second, [label, english], to] of [[made.password, other, asks.km, next], [other, made.password, asks.sign, next], [made.password, other, asks.km, other]]) {
    await lay(page, 'NPKI', files);
    const before = await lies(page, 'NPKI');
    await press(page, '폴더 열기');
    await heading(page, '뷁쌿훑');
    await toChange(page);
    await change(page, first, to);
    await inBoth(page, '두 개인키의 비밀번호가 서로 달라요. 바꾸고 나면 둘 다 새 비밀번호로', 'After the change both open with the new one');
    await inBoth(page, label, english);
    for (const typed of ['neither', second]) {
      assert.deepEqual(await lies(page, 'NPKI'), before);
      await page.getByLabel(label).fill(typed);
      await page.keyboard.press('Enter');
      if (typed === 'neither')
        await page.getByText('1번 틀렸지만').waitFor();
    }
    await heading(page, '비밀번호를 바꿨어요');
    assert.ok(ingamOpens(await lies(page, 'NPKI'), to));
    await press(page, '인증서로 돌아가기');
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('who picks the files for signing alone is told, before a new password, that a pair beside them would keep its own', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const files = (...names) => page.locator('input#files').setInputFiles(names.map((name) => join(made.folder, name)));
  await files('signCert.der', 'signPri.key');
  await toChange(page);
  await inBoth(page, 'kmCert.der와 kmPri.key도 있으면 함께 골라 주세요', 'If kmCert.der and kmPri.key are there too');
  /* Who goes on nevertheless, into a folder with that pair, is told of a way that leads on. */
  await change(page, made.password, next);
  await heading(page, '새 파일을 어디에 둘까요?');
  const at = await page.locator('.where').first().textContent();
  await lay(page, 'beside', Object.fromEntries(['kmCert.der', 'kmPri.key'].map((name) => [`${at}/${name}`, readFileSync(join(made.folder, name)).toString('base64')])));
  await press(page, '폴더 고르기');
  await page.getByLabel('인증서 비밀번호').fill(next);
  await press(page, '남기고 계속하기');
  await inBoth(page, '그 폴더를 열어 ‘비밀번호 바꾸기’를 하면 두 개인키가 함께', 'it changes both private keys');
  await page.goBack();
  await toChange(page);
  await press(page, '다시 고르기');
  await heading(page, '인증서 관리');
  await files('signCert.der', 'signPri.key', 'kmCert.der', 'kmPri.key');
  await toChange(page);
  assert.equal(await page.getByRole('button', { name: '다시 고르기' }).count(), 0);
  await page.goBack();
  await press(page, '다른 폴더 열기');
  await pick(page, lone.folder);
  await toChange(page);
  assert.equal(await page.getByRole('button', { name: '다시 고르기' }).count(), 0);
  await close();
});

test('the key of another certificate is told of as that, and is no wrong password', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const other = makeCertificate({ into: join(work, 'other'), name: '나래()0091004123456789', km: true, password: made.password });
  const curves = ['가온', '나래'].map((name, i) => makeCertificate({ into: join(work, `curve${i}`), name: `${name}()0091004123456789`, key: 'ec', password: made.password }));
  const title = ['비밀번호는 맞지만, 개인키가 옆에 있는 인증서의 것이 아니에요', 'The password is correct, but the key belongs to another certificate'];
  for (const [mine, theirs, file] of [[made, other, 'signPri.key'], [made, other, 'kmPri.key'], [...curves, 'signPri.key']]) {
    const at = mkdtempSync(join(work, 'foreign-'));
    cpSync(mine.folder, at, { recursive: true });
    copyFileSync(join(theirs.folder, file), join(at, file));
    await pick(page, at);
    for (const [button, label, go] of [['비밀번호 확인', '인증서 비밀번호', '확인'], ['비밀번호 바꾸기', '지금 비밀번호', '비밀번호 바꾸기'], ['PFX 파일로 저장', '인증서 비밀번호', '저장하기']]) {
      await page.getByRole('button', { name: new RegExp(`^${button}`) }).click();
      for (const [typed, said] of [[made.password, title], ['wrong', ['1번 틀렸지만', '1 wrong attempt so far']]]) {
        if (label === '지금 비밀번호') {
          await change(page, typed, next);
        } else {
          await page.getByLabel(label).fill(typed);
          await press(page, go);
        }
        await inBoth(page, ...said);
        assert.equal(await page.getByText(`(${file})`).count(), said === title ? 1 : 0, `${button}: ${typed}`);
      }
      await page.goBack();
    }
    await press(page, '다른 폴더 열기');
  }
  await close();
});

/* What has the focus, in words, and how far down and to the side it stands. */
const focused = (page) => page.evaluate(() => {
  let e = document.activeElement;
  while (e.shadowRoot?.activeElement)
    e = e.shadowRoot.activeElement;
  const { top, left } = e.getBoundingClientRect();
  return { name: e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent.trim().replace(/\s+/g, ' '), top: Math.round(top + scrollY), left: Math.round(left) };
});

/* Goes on with Tab until the focus is on this; what it passes stands in reading order. */
async function tabTo(page, name) {
  let before = null;
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    if (before !== null)
      assert.ok(here.top > before.top || here.top >= before.top - 30 && here.left > before.left, `${here.name} comes after ${before.name}`);
    if (here.name.startsWith(name))
      return;
    before = here;
  }
  assert.fail(`no way to ${name} with Tab`);
}

test('all of it works with the keyboard alone, in reading order', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await lay(page, 'NPKI', onDisk());
  await tabTo(page, '폴더 열기');
  await page.keyboard.press('Enter');
  await heading(page, '뷁쌿훑');
  await page.waitForFunction(() => document.activeElement.localName === 'ingam-www');
  assert.match((await focused(page)).name, /^뷁쌿훑/);
  await tabTo(page, '비밀번호 바꾸기');
  await page.keyboard.press('Enter');
  await heading(page, '비밀번호를 무엇으로 바꿀까요?');
  assert.equal((await focused(page)).name, '지금 비밀번호');
  await page.keyboard.type(made.password);
  await tabTo(page, '새 비밀번호');
  await page.keyboard.type(next);
  await tabTo(page, '새 비밀번호 다시 입력');
  await page.keyboard.type(next);
  await tabTo(page, '비밀번호 바꾸기');
  await page.keyboard.press('Space');
  await heading(page, '비밀번호를 바꿨어요');
  assert.equal((await focused(page)).name, '비밀번호를 바꿨어요');
  await tabTo(page, '인증서로 돌아가기');
  await page.keyboard.press('Enter');
  await heading(page, '뷁쌿훑');
  await close();
});

test('in Firefox, which writes to no folder', { timeout: 120000 }, async () => {
  const firefox = await launchFirefox({});
  try {
    const { page, context, faults } = await open(firefox, [double.pc], { kind: 'pc' });
    await page.goto(`${double.pc}/manage`);
    await page.locator('www-manage[loaded]').waitFor();
    const requests = [];
    page.on('request', (r) => r.url().startsWith('blob:') || requests.push(r.url()));
    await page.locator('input#files').setInputFiles(readdirSync(made.folder).map((f) => join(made.folder, f)));
    await heading(page, '뷁쌿훑');
    await toChange(page);
    await change(page, made.password, next);
    await heading(page, '새 파일을 어디에 둘까요?');
    assert.equal(await page.getByRole('button', { name: '폴더 고르기' }).count(), 0);
    assert.match(await page.locator('.where').textContent(), /^NPKI\//);
    await press(page, '내려받기');
    await heading(page, '이제 새 파일을 원래 자리에 덮어써 주세요');
    await page.getByText('나온 파일을 원래 파일이 있는 폴더에').waitFor();
    assert.deepEqual([requests, faults], [[], []]);
    await context.close();
  } finally {
    await firefox.close();
  }
});

/* The keys and certificates of a PFX file as OpenSSL opens it; null when the password is not its. */
function opensslPfx(path, password, more) {
  const { status, stdout } = spawnSync('openssl', ['pkcs12', '-in', path, '-passin', `pass:${password}`, '-nodes', ...more], { encoding: 'utf8' });
  const count = (what) => stdout.split(`-----BEGIN ${what}-----`).length - 1;
  return status === 0 ? { keys: count('PRIVATE KEY'), certificates: count('CERTIFICATE') } : null;
}

test('a PFX file is opened, kept as files, and made again', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await page.locator('input#files').setInputFiles(join(samples, 'sign.pfx'));
  await page.getByText('sign.pfx').waitFor();
  assert.equal((await focused(page)).name, 'PFX 파일의 비밀번호');
  await press(page, '열기');
  await page.getByText('비밀번호를 입력해 주세요.').waitFor();
  await page.getByLabel('PFX 파일의 비밀번호').fill('wrong');
  await press(page, '열기');
  await page.getByText('1번 틀렸지만').waitFor();
  await press(page, '다른 파일');
  /* What no password opens is not asked for one: a file that was cut, and what is none. */
  const whole = readFileSync(join(samples, 'sign.pfx'));
  const unread = ['PFX 파일이 아니거나 손상됐어요', 'This is not a PFX file, or it is damaged'];
  for (const [buffer, said] of [[whole.subarray(0, 500), unread], [readFileSync(made.signCert), unread], [readFileSync(made.signKey), unread],
    [Buffer.concat([whole, Buffer.alloc(70000)]), ['너무 큰 PFX 파일이에요', 'This PFX file is too large']], [Buffer.alloc(0), ['PFX 파일이 비어 있어요', 'The PFX file is empty']]]) {
    await page.locator('input#files').setInputFiles({ name: 'broken.p12', mimeType: 'application/x-pkcs12', buffer });
    await heading(page, said[0]);
    assert.equal((await focused(page)).name, '다른 파일');
    assert.equal(await page.locator('ig-field').count(), 0);
    await inBoth(page, ...said);
    await press(page, '다른 파일');
  }
  const half = join(work, 'half.pfx');
  writeFileSync(half, pfxOf(pem(kmOf(made)), 'x'));
  await page.locator('input#files').setInputFiles(half);
  await page.getByLabel('PFX 파일의 비밀번호').fill('x');
  await page.keyboard.press('Enter');
  await inBoth(page, '암호용 인증서만 든 PFX 파일이에요', 'This PFX file has an encryption certificate only');
  await press(page, '다른 파일');
  const keyless = join(work, 'keyless.pfx');
  writeFileSync(join(work, 'keyless.pem'), made.pem);
  execFileSync('openssl', ['pkcs12', '-export', '-nokeys', '-in', join(work, 'keyless.pem'), '-out', keyless, '-passout', 'pass:x']);
  await page.locator('input#files').setInputFiles([keyless, join(samples, 'sign.pfx')]);
  await page.getByText('keyless.pfx').waitFor();
  await page.getByLabel('PFX 파일의 비밀번호').fill('x');
  await page.keyboard.press('Enter');
  await page.getByText('개인키가 없는 파일이에요').waitFor();
  await page.getByLabel('PFX 파일의 비밀번호').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('1번 틀렸지만').waitFor();
  await press(page, '다음 파일');
  await page.getByText('sign.pfx').waitFor();
  assert.equal(await page.getByLabel('PFX 파일의 비밀번호').inputValue(), '');
  assert.equal(await page.getByText('1번 틀렸지만').count(), 0);
  await page.getByLabel('PFX 파일의 비밀번호').fill(samplePassword);
  await page.keyboard.press('Enter');
  await heading(page, 'HKD');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await lay(page, 'USB', {});
  await press(page, '폴더 고르기');
  await heading(page, '복사했어요');
  const files = await lies(page, 'USB');
  assert.deepEqual(Object.keys(files).map((path) => basename(path)).sort(), ['signCert.der', 'signPri.key']);
  assert.deepEqual([ingamOpens(files, samplePassword), ingamOpens(files, 'wrong')], [true, false]);
  await close();
});

test('a PFX file that is whole and not opened is told of as that, and not as damaged', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const whole = readFileSync(join(samples, 'sign.pfx'));
  const certless = execFileSync('openssl', ['pkcs12', '-export', '-nocerts', '-passout', 'pass:x'], { input: openssl(readFileSync(made.signKey), made.password, 'PEM'), stdio: ['pipe', 'pipe', 'ignore'] });
  for (const [buffer, next_, ...said] of [
    [withoutMac(whole), '누가 고쳤는지 알 수 없어서 열지 않아요', '확인값(MAC)이 없는 PFX 파일이에요', 'This PFX file has no integrity check (MAC)'],
    [Buffer.concat([Buffer.from('3080', 'hex'), whole.subarray(4), Buffer.alloc(2)]), '다른 프로그램에서 다시 내보내 주세요', '이 형식의 PFX 파일은 열지 못해요', 'This form of PFX file cannot be opened'],
    [certless, '인증서와 개인키를 함께 다시 내보내 주세요', 'PFX 파일에 개인키의 인증서가 없어요', 'The certificate of a private key is missing from this PFX file'],
  ]) {
    await page.locator('input#files').setInputFiles({ name: 'whole.p12', mimeType: 'application/x-pkcs12', buffer });
    await page.getByText('whole.p12').waitFor();
    assert.equal(await page.locator('ig-field').count(), buffer === certless ? 1 : 0);
    if (buffer === certless) {
      await page.getByLabel('PFX 파일의 비밀번호').fill('x');
      await press(page, '열기');
    }
    await inBoth(page, ...said);
    await page.getByText(next_).waitFor();
    await press(page, '다른 파일');
  }
  await close();
});

/* The key and certificate that OpenSSL opens, as one file for its pkcs12. */
const pem = ({ signKey, password, pem: certificate }) => `${openssl(readFileSync(signKey), password, 'PEM')}${certificate}`;

/* The certificate for encryption of a folder, as makeCertificate gives that for signing. */
const kmOf = ({ folder, password }) => ({ signKey: join(folder, 'kmPri.key'), password, pem: execFileSync('openssl', ['x509', '-inform', 'DER', '-in', join(folder, 'kmCert.der')], { encoding: 'utf8' }) });

/* A PFX file of OpenSSL's from what stands in such a file. */
const pfxOf = (input, password, ...more) => execFileSync('openssl', ['pkcs12', '-export', '-passout', `pass:${password}`, ...more], { input, stdio: ['pipe', 'pipe', 'ignore'] });

/* A PFX file of ours from the files of pairs of one password, and of certificates beside them. */
const pfxOfPairs = (page, pairs, chain, password) => page.evaluate(async ([all, beside, secret]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const { makePfx } = await import('/core/apart.js');
  const file = await makePfx(all.map(([certificate, key]) => ({ certificate: bytes(certificate), key: bytes(key) })), secret, secret, 'modern', bytes(beside));
  return btoa(String.fromCharCode(...file));
}, [pairs.map((pair) => pair.map((name) => readFileSync(name).toString('base64'))), chain.length > 0 ? caPubsOf(...chain.map((name) => readFileSync(name))).toString('base64') : '', password]).then((text) => Buffer.from(text, 'base64'));

const pickPfx = (page, buffer, name = '뷁.pfx') => page.locator('input#files').setInputFiles({ name, mimeType: 'application/x-pkcs12', buffer });

test('a PFX file whose password is empty opens without one, and its certificate gets a new one', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const empty = pfxOf(pem(made), '', '-macalg', 'sha1');
  /* One that has a password is not opened by none, which counts as no try. */
  await pickPfx(page, pfxOf(pem(made), made.password));
  await press(page, '열기');
  await inBoth(page, '비밀번호를 입력해 주세요.', 'Enter the password.');
  await page.getByLabel('PFX 파일의 비밀번호').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('1번 틀렸지만').waitFor();
  await press(page, '다른 파일');
  for (const [name, file] of [['empty', empty], ['none', withoutPassword(empty)]]) {
    await pickPfx(page, file, '홍길동.pfx');
    await page.getByLabel('PFX 파일의 비밀번호').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#next input:focus').waitFor();
    await inBoth(page, 'PFX 파일의 비밀번호가 비어 있어요', 'The password of this PFX file is empty');
    for (const [typed, again, said] of [['short1!', 'short1!', '아직 지키지 않은 규칙'], [next, `${next}x`, '서로 달라요'], [next, next, null]]) {
      await page.getByLabel('새 비밀번호', { exact: true }).fill(typed);
      await page.getByLabel('새 비밀번호 다시 입력').fill(again);
      await press(page, '다음');
      if (said !== null)
        await page.getByText(said).waitFor();
    }
    await heading(page, '뷁쌿훑');
    await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
    await inBoth(page, '조금 전에 정한 비밀번호로 열려요', 'It opens with the password you have just chosen');
    await lay(page, name, {});
    await press(page, '폴더 고르기');
    await heading(page, '복사했어요');
    await inBoth(page, '조금 전에 정한 비밀번호로 열려요', 'The copy opens with the password you have just chosen');
    const files = await lies(page, name);
    assert.deepEqual([ingamOpens(files, next), ingamOpens(files, made.password)], [true, false], name);
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('of two pairs for encryption in a PFX file the one that ends last goes with the certificate', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  const renewed = makeCertificate({ into: join(work, 'two pairs'), name: '뷁쌿훑()0091004123456789', km: true, days: 800, password: made.password });
  const km = ({ folder }) => ['kmCert.der', 'kmPri.key'].map((name) => join(folder, name));
  const file = await pfxOfPairs(page, [[made.signCert, made.signKey], km(made), km(renewed)], [], made.password);
  const taken = await page.evaluate(async ([text, password]) => {
    const { openPfxFile } = await import('/core/keyfiles.js');
    const { found: [{ files }] } = await openPfxFile(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], 'two.pfx'), password);
    return btoa(String.fromCharCode(...files.kmCert));
  }, [file.toString('base64'), made.password]);
  assert.equal(taken, readFileSync(renewed.kmCert).toString('base64'));
  await close();
});

test('that a PFX file has a password that breaks the rules is said where it can be changed', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const said = ['PFX 파일의 비밀번호가 새 비밀번호 규칙에 맞지 않아요', 'The password of the PFX file breaks the rules for new ones'];
  for (const [password, fresh] of [['1234'], [next], ['', next]]) {
    await pickPfx(page, pfxOf(pem(made), password));
    await page.getByLabel('PFX 파일의 비밀번호').fill(password);
    await press(page, '열기');
    if (fresh !== undefined) {
      await page.getByLabel('새 비밀번호', { exact: true }).fill(fresh);
      await page.getByLabel('새 비밀번호 다시 입력').fill(fresh);
      await page.keyboard.press('Enter');
    }
    await heading(page, '뷁쌿훑');
    if (password === '1234')
      await inBoth(page, ...said);
    assert.equal(await page.getByText(said[0]).count(), password === '1234' ? 1 : 0, password);
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('a certificate from a PFX file can be a PFX file again under its new password', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  for (const kept of [false, true]) {
    await pickPfx(page, pfxOf(pem(made), '1234'));
    await page.getByLabel('PFX 파일의 비밀번호').fill('1234');
    await press(page, '열기');
    await toChange(page);
    await change(page, '1234', next);
    await heading(page, '새 파일을 어디에 둘까요?');
    if (kept) {
      await lay(page, 'stick', {});
      await press(page, '폴더 고르기');
      await heading(page, '새 비밀번호로 저장했어요');
    }
    await inBoth(page, 'PFX 파일로도 저장할 수 있어요', 'You can save it as a PFX file too');
    await press(page, 'PFX 파일로 저장');
    await page.getByLabel('인증서 비밀번호').fill(next);
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, '저장하기')]);
    await heading(page, 'PFX 파일을 저장했어요');
    execFileSync('openssl', ['pkcs12', '-in', await download.path(), '-noout', '-passin', `pass:${next}`], { stdio: 'ignore' });
    await press(page, '인증서로 돌아가기');
    await press(page, '다른 폴더 열기');
  }
  await close();
});

test('half of a pair for encryption in a PFX file is told of at once, and what goes with nothing', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const older = makeCertificate({ into: join(work, 'older km'), name: '뷁쌿훑()0091004123456789', km: true, days: 30, password: made.password });
  const other = makeCertificate({ into: join(work, 'other km'), name: '나래()0091004123456789', km: true, password: made.password });
  const read = async (buffer) => {
    await pickPfx(page, buffer);
    await page.getByLabel('PFX 파일의 비밀번호').fill(made.password);
    await press(page, '열기');
  };
  /* Its key is missing: said at the result, and in the acts. */
  await read(pfxOf(`${pem(made)}${kmOf(made).pem}`, made.password));
  await inBoth(page, '암호화된 문서는 이 사본으로 열 수 없어요', 'Encrypted documents cannot be opened with this copy');
  await inBoth(page, '암호용 인증서의 개인키가 없어요', 'has the encryption certificate, but not its private key');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await inBoth(page, '개인키가 없는 암호용 인증서는 빼고 진행해요', 'The encryption certificate is left out');
  assert.equal(await page.getByText('kmPri.key').count(), 0);
  await page.goBack();
  await press(page, '다른 폴더 열기');
  /* Each with why; a CA is none. */
  const kmFiles = ({ folder }) => ['kmCert.der', 'kmPri.key'].map((name) => join(folder, name));
  const keyless = makeCertificate({ into: join(work, 'keyless km'), name: '뷁쌿훑()0091004123456789', km: true, days: 700, password: made.password });
  await read(await pfxOfPairs(page, [[made.signCert, made.signKey], kmFiles(made), kmFiles(older), kmFiles(other)], [kmFiles(keyless)[0]], made.password));
  await heading(page, '인증서가 1개 있어요');
  await inBoth(page, 'PFX 파일에만 남는 암호용 인증서가 있어요', 'Some encryption certificates stay in the PFX file');
  for (const said of [['더 나중에 끝나는 것을 대신 가져왔어요', 'One that expires later is used instead'], ['개인키가 PFX 파일에 없어요', 'Its private key is not in the PFX file'], ['같은 사람의 전자서명용 인증서가 PFX 파일에 없어요', 'The PFX file has no signing certificate of its owner']])
    await inBoth(page, ...said);
  assert.deepEqual(await page.locator('.warn www-certificate').evaluateAll((all) => all.map((one) => ['.name', '.tag'].map((c) => one.renderRoot.querySelector(c).textContent).join(' '))),
    ['뷁쌿훑 30일 뒤 만료', '나래 사용 가능', '뷁쌿훑 개인키 없음']);
  await page.getByRole('button', { name: /뷁쌿훑/ }).click();
  assert.equal(await page.getByText('암호화된 문서는 이 사본으로').count(), 0);
  await page.goBack();
  await press(page, '다른 폴더 열기');
  /* Of a whole pair, and of a CA beside it, nothing is said. */
  await read(pfxOf(`${pem(made)}${made.ca}`, made.password));
  await heading(page, '뷁쌿훑');
  assert.equal(await page.locator('.warn').count(), 0);
  await close();
});

test('a PFX file whose key has lost R is told of at once, before it replaces anything and after', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const known = makeCertificate({ into: join(work, 'known'), name: '나래()0091004123456789', number: '9001011234567', password: 'abc111' });
  const [key, crt, bare] = ['bare.pem', 'bare.crt', 'bare.pfx'].map((name) => join(work, name));
  /* OpenSSL knows no R. */
  execFileSync('openssl', ['rsa', '-inform', 'DER', '-in', known.signKey, '-passin', 'pass:abc111', '-out', key], { stdio: 'pipe' });
  writeFileSync(crt, known.pem);
  execFileSync('openssl', ['pkcs12', '-export', '-in', crt, '-inkey', key, '-passout', 'pass:abc111', '-out', bare]);
  const copied = [];
  for (const file of [bare, lone.folder]) {
    if (file === bare) {
      await page.locator('input#files').setInputFiles(file);
      await page.getByLabel('PFX 파일의 비밀번호').fill('abc111');
      await press(page, '열기');
      await inBoth(page, '개인키에 난수(R)가 없어요', 'The private key has no random number (R)');
    } else {
      await pick(page, file);
      await heading(page, '뷁쌿훑');
    }
    copied.push(await page.getByText('난수(R)').count());
    await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
    const at = await page.locator('.where').first().textContent();
    await lay(page, basename(file), { [`${at}/signCert.der`]: readFileSync(known.signCert).toString('base64'), [`${at}/signPri.key`]: readFileSync(known.signKey).toString('base64') });
    await press(page, '폴더 고르기');
    await heading(page, '그 자리에 이미 인증서가 있어요');
    if (file === bare)
      await inBoth(page, '덮어쓰면 주민등록번호나 사업자등록번호를 확인하는 사이트에서', 'has no random number (R). If you replace the existing one');
    copied.push(await page.getByText('난수(R)').count());
    await press(page, '덮어쓰기');
    await heading(page, '복사했어요');
    if (file === bare)
      await inBoth(page, '개인키에 난수(R)가 없어요', 'The private key has no random number (R)');
    copied.push(await page.getByText('난수(R)').count());
    await page.goBack();
    await press(page, '다른 폴더 열기');
  }
  assert.deepEqual(copied, [1, 1, 1, 0, 0, 0]);
  await close();
});

test('certificates are saved as PFX files that OpenSSL opens, with both keys', { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  await pick(page, made.folder);
  await heading(page, '뷁쌿훑');
  await page.getByRole('button', { name: /^PFX 파일로 저장/ }).click();
  await page.getByLabel('인증서 비밀번호').fill('wrong');
  await press(page, '저장하기');
  await page.getByText('1번 틀렸지만').waitFor();
  for (const [form, more] of [['요즘 프로그램', []], ['오래된 프로그램', ['-legacy']]]) {
    await page.getByRole('radio', { name: form }).check();
    await page.getByLabel('인증서 비밀번호').fill(made.password);
    const path = await downloaded(page, '저장하기');
    await heading(page, 'PFX 파일을 저장했어요');
    assert.equal(basename(path), '뷁쌿훑.pfx');
    assert.deepEqual(opensslPfx(path, made.password, more), { keys: 2, certificates: 2 }, form);
    assert.equal(opensslPfx(path, 'wrong', more), null);
    await page.goBack();
    await press(page, '다른 폴더 열기');
    await page.locator('input#files').setInputFiles(path);
    await page.getByLabel('PFX 파일의 비밀번호').fill(made.password);
    await press(page, '열기');
    await heading(page, '뷁쌿훑');
    await page.getByRole('button', { name: /^PFX 파일로 저장/ }).click();
  }
  await close();
});

test('a PFX file beside certificates is told of, and opened from there', { timeout: 60000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const both = join(work, 'both');
  cpSync(lone.folder, join(both, 'files'), { recursive: true });
  copyFileSync(join(samples, 'sign.pfx'), join(both, 'sign.pfx'));
  await pick(page, both);
  await heading(page, '인증서가 1개 있어요');
  await inBoth(page, 'PFX 파일도 있어요', 'There is a PFX file, too');
  await page.getByText('both/sign.pfx').waitFor();
  await press(page, '이 파일 열기');
  assert.equal((await focused(page)).name, 'PFX 파일의 비밀번호');
  await page.getByLabel('PFX 파일의 비밀번호').fill(samplePassword);
  await page.keyboard.press('Enter');
  await heading(page, 'HKD');
  /* The next search begins at the beginning. */
  await press(page, '다른 폴더 열기');
  await page.getByRole('button', { name: '폴더 열기' }).waitFor();
  await close();
});

test("the CAs' certificates of a PFX file are kept as CaPubs, and go into one that is made", { timeout: 120000 }, async () => {
  const { page, off, close } = await manage();
  await off();
  const der = execFileSync('openssl', ['x509', '-outform', 'DER'], { input: made.ca });
  await pickPfx(page, pfxOf(`${pem(made)}${made.ca}`, made.password));
  await page.getByLabel('PFX 파일의 비밀번호').fill(made.password);
  await press(page, '열기');
  await heading(page, '뷁쌿훑');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await lay(page, 'USB', {});
  await press(page, '폴더 고르기');
  await heading(page, '복사했어요');
  const files = await lies(page, 'USB');
  const [at] = Object.keys(files).filter((path) => basename(path) === 'CaPubs');
  assert.deepEqual(files[at], caPubsOf(der));
  await press(page, '인증서로 돌아가기');
  await page.getByRole('button', { name: /^PFX 파일로 저장/ }).click();
  await page.getByLabel('인증서 비밀번호').fill(made.password);
  assert.deepEqual(opensslPfx(await downloaded(page, '저장하기'), made.password, []), { keys: 1, certificates: 2 });
  /* What cannot be read is told of, not left out. */
  const torn = join(work, 'torn');
  cpSync(lone.folder, torn, { recursive: true });
  writeFileSync(join(torn, 'CaPubs'), caPubsOf(der).subarray(0, 300));
  await page.goBack();
  await press(page, '다른 폴더 열기');
  await pick(page, torn);
  await page.getByRole('button', { name: /^PFX 파일로 저장/ }).click();
  await page.getByLabel('인증서 비밀번호').fill(lone.password);
  await press(page, '저장하기');
  await inBoth(page, 'CaPubs 파일을 읽을 수 없어요', 'The CaPubs file cannot be read');
  await close();
});

test('a PFX file is sent to the phone, and its password asked once', { timeout: 120000 }, async () => {
  const phone = await open(browser, [double.app, double.pc]);
  const pc = await open(browser, [double.app, double.pc], { kind: 'pc' });
  await join_(phone.page, double.app, '123456');
  const digits = await startImport(phone.page);
  await pc.page.goto(`${double.pc}/import#${digits}`);
  await press(pc.page, '확인');
  /* OpenSSL knows no R, which is said before anything is sent. */
  const known = makeCertificate({ into: join(work, 'phone'), name: '나래()0091004123456789', number: '9001011234567', password: 'abc111' });
  const pfx = join(work, 'phone.pfx');
  const pem = join(work, 'phone.pem');
  writeFileSync(pem, `${openssl(readFileSync(known.signKey), known.password, 'PEM')}${known.pem}`);
  execFileSync('openssl', ['pkcs12', '-export', '-in', pem, '-out', pfx, '-passout', 'pass:pfx']);
  await pc.page.getByRole('button', { name: '폴더 열기' }).waitFor();
  await pc.page.locator('input#files').setInputFiles(pfx);
  await pc.page.getByLabel('PFX 파일의 비밀번호').fill('pfx');
  await press(pc.page, '열기');
  await inBoth(pc.page, '개인키에 난수(R)가 없어요', 'The private key has no random number (R)');
  await press(pc.page, '다음');
  await heading(phone.page, '인증서 비밀번호를');
  await phone.page.getByLabel('인증서 비밀번호').fill('pfx');
  await press(phone.page, '확인');
  await heading(phone.page, '이 인증서를 맡길까요?');
  /* Whose it is stands above, as the vault will approve it. */
  assert.deepEqual(await phone.page.locator('.facts dt').allTextContents(), ['구분', '발급자', '만료일']);
  assert.deepEqual([...phone.faults, ...pc.faults], []);
  await phone.context.close();
  await pc.context.close();
});

test('the top of the page is one line on a phone', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const other of ['English', '한국어']) {
    const tops = await page.locator('header ig-mark, header nav a, header nav button').evaluateAll((all) => all.map((e) => {
      const { top, bottom } = e.getBoundingClientRect();
      return (top + bottom) / 2;
    }));
    assert.equal(tops.length, 4);
    assert.ok(Math.max(...tops) - Math.min(...tops) < 8, `${tops}`);
    assert.ok(await page.locator('header').evaluate((e) => e.offsetHeight) < 72);
    await press(page, other);
    await page.getByRole('button', { name: other === 'English' ? '한국어' : 'English' }).waitFor();
  }
  await close();
});

test('the buttons of the first page fill their lines on a phone, and stand side by side on a PC', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  await page.goto(double.pc);
  await heading(page, '이렇게 써요');
  const edges = () => page.locator('.hero .acts').evaluate((acts) => [acts, ...acts.children].map((e) => {
    const { left, right, top } = e.getBoundingClientRect();
    return { left: Math.round(left), right: Math.round(right), top };
  }));
  for (const other of ['English', '한국어']) {
    await page.setViewportSize({ width: 390, height: 844 });
    const [line, first, last] = await edges();
    assert.deepEqual([first.left, last.right], [line.left, line.right]);
    assert.equal(first.right, other === 'English' ? last.left - 12 : line.right);
    await page.setViewportSize({ width: 1280, height: 844 });
    const [wide, one, two] = await edges();
    assert.ok(one.top === two.top && two.right < wide.right);
    await press(page, other);
    await page.getByRole('button', { name: other === 'English' ? '한국어' : 'English' }).waitFor();
  }
  await close();
});

test('what is said of a certificate stands behind labels of one line, and no long name is in the middle', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  await pick(page, old);
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await page.getByText('더 자세히').click();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    for (const other of ['English', '한국어']) {
      const tall = await page.locator('.facts dt').evaluateAll((all) => all.filter((e) => {
        const text = document.createRange();
        text.selectNodeContents(e);
        return text.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(e).lineHeight);
      }).map((e) => e.textContent));
      assert.deepEqual(tall, [], `${width}`);
      await press(page, other);
    }
  }
  assert.equal(await page.locator('.back').evaluate((e) => getComputedStyle(e).textAlign), 'start');
  await close();
});

test('a path breaks between its parts alone', { timeout: 60000 }, async () => {
  const { page, close } = await manage();
  await page.setViewportSize({ width: 390, height: 844 });
  await pick(page, plain.folder);
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  const parts = await page.locator('.where .part').evaluateAll((all) => all.map((e) => [e.textContent, e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)]));
  assert.equal(parts.map(([text]) => text).join(''), await page.locator('.where').textContent());
  assert.equal(parts.length, 7);
  assert.deepEqual(parts.filter(([, lines]) => lines > 1.5), []);
  await close();
});

test('every screen in each dress', { timeout: 240000 }, async () => {
  const { page, faults, close } = await manage();
  await look(page, 'manage-find', faults);
  await page.locator('input#files').setInputFiles(plain.signCert);
  await heading(page, '개인키 파일');
  await look(page, 'manage-find-keyless', faults, few);
  await page.locator('input#files').setInputFiles({ name: '홍길동.pfx', mimeType: 'application/x-pkcs12', buffer: readFileSync(made.signCert) });
  await heading(page, 'PFX 파일이 아니거나 손상됐어요');
  await look(page, 'manage-find-pfx-none', faults, few);
  await press(page, '다른 파일');
  await page.locator('input#files').setInputFiles(join(samples, 'sign.pfx'));
  await page.getByLabel('PFX 파일의 비밀번호').fill('x');
  await look(page, 'manage-find-pfx', faults, few);
  await press(page, '다른 파일');
  await lay(page, 'NPKI', { ...laid(plain.folder, relative(join(work, 'plain', 'NPKI'), plain.folder)), ...laid(old, 'yessign/USER/old'), 'yessign/USER/half/signCert.der': readFileSync(made.signCert).toString('base64') });
  await press(page, '폴더 열기');
  await heading(page, '인증서가 2개 있어요');
  await look(page, 'manage-list', faults);
  await page.getByRole('button', { name: /홍길동/ }).first().click();
  await heading(page, '홍길동');
  await look(page, 'manage-one', faults);
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await page.getByText('홍길동()0091004123456789').first().waitFor();
  await look(page, 'manage-view', faults);
  await page.goBack();
  await page.goBack();
  await page.getByRole('button', { name: /HKD/ }).click();
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await page.getByText('더 자세히').click();
  await look(page, 'manage-view-more', faults);
  await page.goBack();
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await heading(page, '어디에 복사할까요?');
  await look(page, 'manage-copy', faults);
  await press(page, '폴더 고르기');
  await heading(page, '복사했어요');
  await look(page, 'manage-copied', faults, few);
  await press(page, '인증서로 돌아가기');
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  await press(page, '폴더 고르기');
  await heading(page, '그 자리에 이미 똑같은 인증서가 있어요');
  await look(page, 'manage-copy-same', faults, few);
  const at = (await page.locator('.where').first().textContent()).replace('NPKI/', '');
  await lay(page, 'NPKI', { [`${at}/signCert.der`]: readFileSync(plain.signCert).toString('base64') });
  await press(page, '다른 폴더 고르기');
  await heading(page, '그 자리에 이미 인증서가 있어요');
  await look(page, 'manage-copy-there', faults, few);
  await page.goBack();
  await page.goBack();
  await page.getByRole('button', { name: /홍길동/ }).first().click();
  await page.getByRole('button', { name: /^비밀번호 확인/ }).click();
  await page.getByLabel('인증서 비밀번호').fill('x');
  await press(page, '확인');
  await page.getByText('1번 틀렸지만').waitFor();
  await look(page, 'manage-check', faults, few);
  await page.getByLabel('인증서 비밀번호').fill(plain.password);
  await press(page, '확인');
  await heading(page, '비밀번호가 맞아요');
  await look(page, 'manage-check-right', faults, few);
  await page.goBack();
  await page.getByRole('button', { name: /^PFX 파일로 저장/ }).click();
  await look(page, 'manage-pfx', faults);
  await page.getByLabel('인증서 비밀번호').fill(plain.password);
  await press(page, '저장하기');
  await heading(page, 'PFX 파일을 저장했어요');
  await look(page, 'manage-pfx-done', faults, few);
  await page.goBack();
  await toChange(page);
  await page.getByLabel('새 비밀번호', { exact: true }).fill('Han-gang2!');
  await look(page, 'manage-change', faults);
  await change(page, 'wrong', 'abc', 'abd');
  await look(page, 'manage-change-faults', faults, few);
  await change(page, plain.password, next);
  await heading(page, '비밀번호를 바꿨어요');
  await look(page, 'manage-changed', faults, few);
  /* A folder that loses one file after the other. */
  const less = join(work, 'less');
  cpSync(plain.folder, less, { recursive: true });
  const open_ = async () => {
    await page.goto(`${double.pc}/manage`);
    await pick(page, less);
    await heading(page, '홍길동');
  };
  rmSync(join(less, 'kmPri.key'));
  await open_();
  await check(page, plain.password);
  await heading(page, '비밀번호가 맞아요');
  await look(page, 'manage-check-half', faults, few);
  rmSync(join(less, 'kmCert.der'));
  await open_();
  await page.getByRole('button', { name: /^다른 곳에 복사/ }).click();
  const to = await page.locator('.where').first().textContent();
  await lay(page, 'USB', Object.fromEntries(Object.entries(laid(plain.folder, to)).filter(([path]) => basename(path).startsWith('km'))));
  await press(page, '폴더 고르기');
  await press(page, '남기고 계속하기');
  await look(page, 'manage-copy-pair', faults, few);
  truncateSync(join(less, 'signPri.key'));
  await open_();
  await look(page, 'manage-one-empty', faults, few);
  await page.goto(`${double.pc}/manage`);
  await page.evaluate(() => { delete window.showDirectoryPicker; });
  await pick(page, plain.folder);
  await toChange(page);
  await change(page, plain.password, next);
  await heading(page, '새 파일을 어디에 둘까요?');
  await look(page, 'manage-change-keep', faults, few);
  await press(page, '내려받기');
  await heading(page, '이제 새 파일을');
  await look(page, 'manage-change-left', faults, few);
  await close();
});

test('what is seldom seen, in each dress', { timeout: 240000 }, async () => {
  const { page, faults, close } = await manage();
  const b64 = (path) => readFileSync(path).toString('base64');
  const named = { name: '홍길동()0091004123456789', issuer: 'yessign', password: 'abc111' };
  const renewed = makeCertificate({ into: join(work, 'seldom renewed'), ...named, days: 800 });
  const over = makeCertificate({ into: join(work, 'seldom over'), ...named, valid: ['20240101000000Z', '20250101000000Z'] });
  const later = makeCertificate({ into: join(work, 'seldom later'), ...named, valid: ['20380101000000Z', '20390101000000Z'] });
  const known = makeCertificate({ into: join(work, 'seldom known'), ...named, number: '9001011234567', km: true });
  const ending = makeCertificate({ into: join(work, 'seldom ending'), ...named, km: true, days: 12 });
  const again = async () => {
    await page.goto(`${double.pc}/manage`);
    await page.locator('www-manage[loaded]').waitFor();
  };
  const there = (one) => ({ 'signCert.der': b64(one.signCert), 'signPri.key': b64(one.signKey) });
  /* A copy over a better one, and over the very same one. */
  for (const [screen, comes, lying] of [['ended', over, there(renewed)], ['newer', plain, there(renewed)], ['early', later, there(renewed)], ['key', renewed, { ...there(renewed), 'signPri.key': b64(over.signKey) }]]) {
    await again();
    await copyOver(page, comes.folder, `seldom ${screen}`, lying);
    await page.getByRole('button', { name: '덮어쓰기' }).waitFor();
    await look(page, `manage-copy-${screen}`, faults);
  }
  await again();
  await pick(page, later.folder);
  await heading(page, '홍길동');
  await look(page, 'manage-one-early', faults, few);
  await page.getByRole('button', { name: /^인증서 보기/ }).click();
  await page.getByText('홍길동()0091004123456789').first().waitFor();
  await look(page, 'manage-view-early', faults);
  /* Damaged files, in the list and alone. */
  const damaged = join(work, 'seldom damaged');
  cpSync(plain.folder, join(damaged, 'one'), { recursive: true });
  cpSync(renewed.folder, join(damaged, 'two'), { recursive: true });
  writeFileSync(join(damaged, 'one', 'signPri.key'), readFileSync(plain.signKey).subarray(0, 500));
  await again();
  await pick(page, damaged);
  await heading(page, '인증서가 2개 있어요');
  await look(page, 'manage-list-damaged', faults);
  await page.getByRole('button', { name: /손상된 파일 있음/ }).click();
  await heading(page, '홍길동');
  await look(page, 'manage-one-damaged', faults);
  /* PFX files: what is none, what is not opened, what gets a password, what lacks something, what stays. */
  const bare = pem(known);
  for (const [screen, buffer, said] of [['none', readFileSync(made.signCert), 'PFX 파일이 아니거나'], ['mac', withoutMac(pfxOf(bare, next)), '확인값(MAC)이 없는']]) {
    await again();
    await pickPfx(page, buffer, '홍길동.pfx');
    await page.getByText(said).waitFor();
    await look(page, `manage-find-pfx-${screen}`, faults);
  }
  await again();
  await pickPfx(page, pfxOf(bare, ''), '홍길동.pfx');
  await page.getByLabel('PFX 파일의 비밀번호').waitFor();
  await page.keyboard.press('Enter');
  await page.getByLabel('새 비밀번호', { exact: true }).fill('Han-gang2!');
  await look(page, 'manage-find-pfx-bare', faults);
  const km = execFileSync('openssl', ['x509', '-inform', 'DER', '-in', known.kmCert], { encoding: 'utf8' });
  const kmFiles = ({ folder }) => ['kmCert.der', 'kmPri.key'].map((name) => join(folder, name));
  for (const [screen, file, password, title] of [['lacks', pfxOf(`${bare}${km}`, '1234'), '1234', '홍길동'],
    ['left', await pfxOfPairs(page, [[plain.signCert, plain.signKey], kmFiles(plain), kmFiles(ending)], [], 'abc111'), 'abc111', '인증서가 1개 있어요']]) {
    await again();
    await pickPfx(page, file);
    await page.getByLabel('PFX 파일의 비밀번호').fill(password);
    await press(page, '열기');
    await heading(page, title);
    await look(page, `manage-pfx-${screen}`, faults);
  }
  await close();
});
