/*
 * app.test.mjs - the pages against the test double: what a person does, and
 * what must hold on the way.
 *
 * Belongs here: joining, importing, requests, the list: press, type, read.
 * Not here: the real service (story.test.mjs); how it looks (look.test.mjs,
 * turns.test.mjs).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { axeFaults, open, shot } from './browser.mjs';
import { browser, double } from './rig.mjs';
import { approveToken, finishImport, giveCode, giveName, heading, join_, npkiFolder, passwordOnPc, press, samplePassword, samples, sendFromPc, startImport } from './steps.mjs';

const npki = npkiFolder();

/* One phone, one PC, one double; faults of either page fail the test. */
async function world(how = {}) {
  const d = await double();
  const phone = await open(browser, [d.app, d.pc], how);
  const pc = await open(browser, [d.app, d.pc], { kind: 'pc', ...how });
  for (const p of [phone.page, pc.page])
    p.setDefaultTimeout(10000);
  return { d, phone: phone.page, pc: pc.page, async end() {
    for (const p of [phone, pc]) {
      assert.deepEqual(p.faults, []);
      await p.context.close();
    }
    d.stop();
  } };
}
const sentTo = (d, path) => d.world.log.filter((l) => path.test(l.path));
const joinedWith = async (how, ...certificates) => {
  const w = await world(how);
  await join_(w.phone, w.d.app, '123456');
  certificates.forEach((c) => w.d.world.certificate(c));
  w.d.world.events('certificates', {});
  return w;
};

test('joining: what is missing is said beside its field, and nothing is sent', async () => {
  const w = await world();
  await w.phone.goto(w.d.app);
  await press(w.phone, '시작하기');
  await press(w.phone, '인증번호 받기');
  await w.phone.getByText('통신사를 골라 주세요.').waitFor();
  await w.phone.getByText('앞 6자리와 뒤 1자리를 확인해 주세요').waitFor();
  await w.phone.getByLabel('이름').fill('홍길동');
  await w.phone.getByText('이름을 입력해 주세요').waitFor({ state: 'detached' });
  await w.phone.getByLabel('이름').fill('');
  await press(w.phone, '인증번호 받기');
  await w.phone.getByText('이름을 입력해 주세요').waitFor();
  assert.equal(sentTo(w.d, /join/).length, 0);
  await w.end();
});

test('joining: the number that a code was sent to stands in one line', async () => {
  const w = await world();
  await giveName(w.phone, w.d.app);
  const sent = w.phone.locator('.lead', { hasText: '5678' });
  await w.phone.evaluate(() => { document.documentElement.style.fontSize = '150%'; });
  for (let width = 260; width <= 400; width += 10) {
    await w.phone.setViewportSize({ width, height: 780 });
    const lines = await sent.evaluate((e) => {
      const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
      while (!walk.nextNode().data.includes('5678'));
      const { data } = walk.currentNode;
      const number = document.createRange();
      number.setStart(walk.currentNode, data.indexOf('010'));
      number.setEnd(walk.currentNode, data.indexOf('5678') + 4);
      return new Set([...number.getClientRects()].map(({ top }) => top)).size;
    });
    assert.equal(lines, 1, `${width}`);
  }
  await w.end();
});

test('joining: the same fault is said again when it is made again', async () => {
  const w = await world();
  const fault = w.phone.getByText('앞 6자리와 뒤 1자리를 확인해 주세요');
  await w.phone.goto(w.d.app);
  await press(w.phone, '시작하기');
  for (const birth of ['910230-1', '911301-1']) {
    await w.phone.getByLabel('주민등록번호 앞 7자리').fill(birth);
    await fault.waitFor({ state: 'hidden' });
    await press(w.phone, '인증번호 받기');
    await fault.waitFor();
  }
  await w.end();
});

test('joining: a wrong code is said and can be typed again', async () => {
  const w = await world();
  await giveName(w.phone, w.d.app);
  for (let i = 0; i < 2; i++) { /* said again when it is wrong again */
    await giveCode(w.phone, '654321');
    await w.phone.getByText('번호가 맞지 않아요. 4번 더 할 수 있어요.').waitFor();
    await giveCode(w.phone, '65432');
    await w.phone.getByText('번호가 맞지 않아요').waitFor({ state: 'detached' });
  }
  await giveCode(w.phone, '654321');
  await w.phone.getByText('번호가 맞지 않아요').waitFor();
  await press(w.phone, '다시 받기');
  await w.phone.getByText('번호가 맞지 않아요').waitFor({ state: 'detached' });
  await giveCode(w.phone, '123456');
  await heading(w.phone, '지문·얼굴로 잠글게요');
  await w.end();
});

test('joining: a passkey that is not confirmed stops there, in words', async () => {
  const w = await world();
  await giveName(w.phone, w.d.app);
  await giveCode(w.phone, '123456');
  await w.phone.cdp.send('WebAuthn.setUserVerified', { authenticatorId: w.phone.authenticator, isUserVerified: false });
  await press(w.phone, '지문·얼굴 등록하기');
  await w.phone.getByText('확인을 마치지 않았어요').waitFor();
  assert.equal(sentTo(w.d, /device$/).length, 0);
  await w.end();
});

test('importing: code, folder, password, consent; both sides end with 등록 완료 and the relay saw nothing', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  await sendFromPc(w.pc, w.d.pc, digits, npki.valid);
  await passwordOnPc(w.pc, 'wrong');
  await w.pc.getByText('아무것도 보내지 않았어요').waitFor();
  assert.equal(sentTo(w.d, /payload/).length, 0);
  await passwordOnPc(w.pc, samplePassword);
  await heading(w.phone, '인증서 비밀번호를 입력해 주세요');
  await w.phone.getByLabel('인증서 비밀번호').fill('wrong');
  await press(w.phone, '확인');
  await w.phone.getByText('저장된 것은 없어요').waitFor();
  assert.equal(sentTo(w.d, /imports/).length, 0);
  await finishImport(w.phone, samplePassword);
  await heading(w.pc, '등록 완료');
  for (const page of [w.phone, w.pc])
    await page.getByText('암호화된 문서를 열지 않고 개인키도 돌려주지 않으니').waitFor();
  const key = readFileSync(npki.valid[1]);
  for (const { body } of w.d.world.log)
    for (const secret of [samplePassword, digits.slice(5), key.toString('base64url').slice(8, 60), key.toString('hex').slice(8, 60)])
      assert.ok(!body.includes(secret), 'a secret went out');
  await press(w.phone, '홈으로');
  await w.phone.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  await w.end();
});

test('importing: a slip in the number is caught before anything is sent', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  await w.pc.goto(`${w.d.pc}/import`);
  await w.pc.getByLabel('승인번호 13자리').fill(digits.slice(0, 12) + (Number(digits[12]) + 1) % 10);
  await press(w.pc, '확인');
  await w.pc.getByText('잘못 누른 숫자').waitFor();
  assert.equal(sentTo(w.d, /rp\/v1/).length, 0);
  await w.end();
});

test('importing: a wrong number with a right check digit ends the code on both sides', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  const { checkDigit } = await import('../../web/core/code.js');
  const other = digits.slice(0, 5) + String((Number(digits.slice(5, 12)) + 1) % 10 ** 7).padStart(7, '0');
  await w.pc.goto(`${w.d.pc}/import`);
  await w.pc.getByLabel('승인번호 13자리').fill(other + checkDigit(other));
  await press(w.pc, '확인');
  await heading(w.pc, '번호가 맞지 않았어요');
  await heading(w.phone, '번호가 맞지 않았어요');
  await press(w.phone, '새 승인번호 받기');
  await heading(w.phone, 'PC에 승인번호를 입력하세요');
  await w.end();
});

test('importing: from the QR the number is filled in, and leaves the address', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  await w.pc.goto(`${w.d.pc}/import#${digits}`);
  await heading(w.pc, '인증서 저장하기');
  assert.equal(await w.pc.getByLabel('승인번호 13자리').inputValue(), digits);
  assert.equal(new URL(w.pc.url()).hash, '');
  await w.end();
});

test('importing: a folder is walked, the expired certificate cannot be chosen, four columns', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  await w.pc.goto(`${w.d.pc}/import`);
  await w.pc.getByLabel('승인번호 13자리').fill(digits);
  await press(w.pc, '확인');
  await w.pc.getByRole('button', { name: '폴더 열기' }).waitFor();
  await w.pc.locator('input#folder').setInputFiles(npki.folder);
  await w.pc.getByText('인증서 2개를 찾음').waitFor();
  assert.deepEqual(await w.pc.getByRole('columnheader').allTextContents(), ['구분', '사용자', '만료일', '발급자']);
  assert.equal(await w.pc.getByRole('radio', { name: /^홍길동/ }).isChecked(), true);
  assert.equal(await w.pc.getByRole('radio', { name: /^HKD/ }).isDisabled(), true);
  await shot(w.pc, 'pc-list');
  assert.deepEqual(await axeFaults(w.pc), []);
  await w.end();
});

test('importing: from the phone\'s own files', async () => {
  const w = await joinedWith({});
  await w.phone.getByRole('link', { name: /^인증서 등록/ }).click();
  await w.phone.getByRole('button', { name: /^휴대폰에서 가져오기/ }).click();
  await w.phone.locator('input[type=file]').setInputFiles([npki.valid[0]]);
  await w.phone.getByText('파일 하나만 골랐어요').waitFor();
  await w.phone.locator('input[type=file]').setInputFiles(`${samples}/sign.pfx`);
  await w.phone.getByText('PFX 파일은 휴대폰에서 열 수 없어요').waitFor();
  await shot(w.phone, 'import-pfx');
  await w.phone.locator('input[type=file]').setInputFiles(npki.expired);
  await heading(w.phone, '만료된 인증서예요');
  await press(w.phone, '취소');
  await w.phone.getByRole('button', { name: /^휴대폰에서 가져오기/ }).click();
  await w.phone.locator('input[type=file]').setInputFiles(npki.valid);
  await finishImport(w.phone, samplePassword);
  await w.end();
});

test('importing: what is pressed twice is sent once', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  const twice = (page, field) => page.locator(field).evaluate((e) => [1, 2].forEach(() => e.dispatchEvent(new Event('enter'))));
  await w.pc.goto(`${w.d.pc}/import`);
  await w.pc.getByLabel('승인번호 13자리').fill(digits);
  await twice(w.pc, 'ig-digits');
  await w.pc.getByRole('button', { name: '폴더 열기' }).waitFor();
  await w.pc.locator('input#files').setInputFiles(npki.valid);
  await press(w.pc, '다음');
  await w.pc.getByLabel('인증서 비밀번호').fill(samplePassword);
  await twice(w.pc, 'ig-field');
  await heading(w.phone, '인증서 비밀번호를 입력해 주세요');
  await w.phone.getByLabel('인증서 비밀번호').fill(samplePassword);
  await twice(w.phone, 'ig-field');
  await heading(w.phone, '이 인증서를 맡길까요?');
  for (const path of [/rp.*transfers\/[^/]+$/, /payload$/, /imports$/])
    assert.equal(w.d.world.log.filter((l) => l.method === 'POST' && path.test(l.path)).length, 1, `${path}`);
  await w.end();
});

test('importing: a certificate with a damaged key is told of in the list, and goes no further', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  await w.pc.goto(`${w.d.pc}/import#${digits}`);
  await press(w.pc, '확인');
  await w.pc.getByRole('button', { name: '폴더 열기' }).waitFor();
  const file = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
  for (const [key, said] of [[Buffer.alloc(0), 'signPri.key 파일이 비어 있어요'], [readFileSync(npki.valid[1]).subarray(0, 300), 'signPri.key 파일을 읽을 수 없어요'], [readFileSync(npki.valid[1]), undefined]]) {
    await w.pc.locator('input#files').setInputFiles([file('signCert.der', readFileSync(npki.valid[0])), file('signPri.key', key)]);
    if (said !== undefined)
      await heading(w.pc, said);
    assert.equal(await w.pc.getByRole('button', { name: '다음' }).isDisabled(), said !== undefined);
    if (said !== undefined)
      await press(w.pc, '다른 폴더 열기');
  }
  await w.end();
});

test('importing: cancelled on the phone, the PC says so', async () => {
  const w = await joinedWith({});
  const digits = await startImport(w.phone);
  await sendFromPc(w.pc, w.d.pc, digits, npki.valid);
  await heading(w.phone, 'PC와 연결됐어요');
  await press(w.phone, '취소');
  await heading(w.pc, '취소했어요');
  await w.end();
});

test('a token: what AR1 says is shown, the number comes after the passkey, the end by itself', async () => {
  const w = await joinedWith({}, {});
  const r = w.d.world.ask({ program: 'Firefox' });
  await w.phone.getByRole('link', { name: /^Firefox/ }).click();
  await heading(w.phone, 'Firefox');
  for (const text of ['최대 10번', '60초', '시간은 PC에 번호를 입력할 때부터 세요', 'DESKTOP-7QK2', '내용을 확인할 수 없음'])
    await w.phone.getByText(text).first().waitFor();
  assert.equal(await approveToken(w.phone), '482915');
  w.d.world.change(r, 'open');
  await heading(w.phone, 'PC에서 쓸 수 있어요');
  await w.end();
});

test('a token: without a number, the time runs from the connection', async () => {
  const w = await joinedWith({}, {});
  w.d.world.ask({ mode: 'push' });
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await w.phone.getByText('시간은 PC와 연결될 때부터 세요').waitFor();
  await w.end();
});

test('a token: what the server says beside AR1 is not believed', async () => {
  const w = await joinedWith({}, {});
  const r = w.d.world.ask();
  const plain = { ...r };
  await w.phone.route('**/api/v1/requests/*', async (route) => {
    if (route.request().method() !== 'GET' || !route.request().url().endsWith(r.id))
      return route.continue();
    return route.fulfill({ json: { ...plain, program: 'Something else', count: 1, seconds: 1, machine: 'ELSEWHERE' } });
  });
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  assert.equal(await w.phone.getByText('ELSEWHERE').count(), 0);
  await w.phone.getByText('최대 10번').waitFor();
  await w.end();
});

test('a token: with several certificates one is chosen first; expired ones say why', async () => {
  const w = await joinedWith({}, {}, { owner: '(주)인감상사' }, { owner: '옛날', state: 'expired', not_after: Date.now() - 864e5 });
  w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, '어떤 인증서로 할까요?');
  assert.equal(await w.phone.getByRole('button', { name: /옛날.*만료됨/ }).isDisabled(), true);
  await w.phone.getByRole('button', { name: /\(주\)인감상사/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  await w.phone.getByText('(주)인감상사').waitFor();
  await w.end();
});

test('two certificates of one name and kind are told apart wherever one is chosen, approved or deleted', async () => {
  const w = await joinedWith({}, { serial: '0011223344aabbcc', not_after: Date.UTC(2031, 4, 6, 3) }, { serial: '0011223344ddeeff' }, { owner: '(주)인감상사', serial: '55667788' });
  const end = (digits) => `일련번호 끝자리 ${digits}`;
  w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, '어떤 인증서로 할까요?');
  for (const [name, digits] of [[/홍길동.*2031.*5.*6/, '44aabbcc'], [/홍길동/, '44ddeeff']])
    await w.phone.getByRole('button', { name }).filter({ hasText: end(digits) }).waitFor();
  assert.equal(await w.phone.getByText(end('55667788')).count(), 0);
  await w.phone.getByRole('button', { name: /44aabbcc/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  await w.phone.getByRole('definition').filter({ hasText: /2031.*44aabbcc/ }).waitFor();
  await w.phone.goto(`${w.d.app}/certificates/${w.d.world.certificates[1].id}`);
  await press(w.phone, '인증서 삭제');
  await w.phone.locator('ig-dialog').getByText(end('44ddeeff')).waitFor();
  await w.phone.goto(`${w.d.app}/history`);
  await w.phone.getByRole('option', { name: `홍길동 · ${end('44aabbcc')}` }).waitFor({ state: 'attached' });
  /* The digits stand last: on a narrow phone they go into a second line, and not under the arrow. */
  await w.phone.setViewportSize({ width: 320, height: 780 });
  await w.phone.evaluate(async () => (await import('/core/i18n.js')).setLanguage('en'));
  const filter = w.phone.locator('select');
  const measure = () => filter.evaluate((e) => ({ height: e.offsetHeight, textEnd: e.getBoundingClientRect().right - parseFloat(getComputedStyle(e).paddingInlineEnd), arrow: e.nextElementSibling.getBoundingClientRect().left }));
  const all = await measure();
  await filter.selectOption({ index: 1 });
  const one = await measure();
  assert.ok(one.height > all.height + 16, `${all.height}, ${one.height}`);
  assert.ok(one.textEnd <= one.arrow, `${one.textEnd}, ${one.arrow}`);
  await w.end();
});

test('a token: a request that the vault did not sign cannot be approved', async () => {
  const w = await joinedWith({}, {});
  w.d.world.forge = true;
  w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, '요청을 믿을 수 없어요');
  assert.equal(await w.phone.getByRole('button', { name: '승인' }).count(), 0);
  await w.end();
});

test('a vault with another key is told, and stops approving', async () => {
  const w = await joinedWith({}, {});
  w.d.world.ask();
  await w.phone.route('**/api/v1/server', async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ json: { ...await answer.json(), display_key: Buffer.alloc(32, 7).toString('base64url') } });
  });
  await w.phone.reload();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, '보관소의 키가 바뀌었어요');
  await w.end();
});

test('refusing, 내가 아니에요, and allowing requests again', async () => {
  const w = await joinedWith({}, {});
  w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  await press(w.phone, '거절');
  await heading(w.phone, '거절했어요');
  await press(w.phone, '홈으로');
  w.d.world.ask({ program: 'Chrome' });
  await w.phone.getByRole('link', { name: /^Chrome/ }).click();
  await heading(w.phone, 'Chrome');
  await press(w.phone, '내가 한 것이 아니에요');
  await w.phone.getByText('이 PC에서 오는 요청을 하루 동안 받지 않아요').waitFor();
  await press(w.phone, '취소');
  assert.equal(sentTo(w.d, /refuse/).length, 1);
  await press(w.phone, '내가 한 것이 아니에요');
  await press(w.phone, '막기');
  await heading(w.phone, '막았어요');
  await w.phone.getByText('그 PC에서 오는 요청을 하루 동안 받지 않아요').waitFor();
  assert.equal(await w.phone.getByText('모두 막았어요').count(), 0);
  await press(w.phone, '홈으로');
  w.d.world.ask({ program: 'Opera' });
  await w.phone.getByRole('link', { name: /^Opera/ }).click();
  await press(w.phone, '내가 한 것이 아니에요');
  await press(w.phone, '막기');
  await w.phone.getByText('휴대폰 번호로 오는 요청을 하루 동안 모두 막았어요').waitFor();
  assert.deepEqual(sentTo(w.d, /refuse/).map((l) => JSON.parse(l.body).not_me), [false, true, true]);
  await w.phone.goto(w.d.app);
  await press(w.phone, '다시 받기');
  await w.phone.getByText('번호로 오는 요청을 막아 두었어요').waitFor({ state: 'detached' });
  await w.end();
});

for (const [state, words, left, more] of [['expired', '시간이 지났어요'], ['ended', '끝난 요청이에요'], ['ended', 'PC에서 마친 요청이에요', 7, '서명 10건 중 3건을 했어요'],
  ['locked', 'PC에서 번호를 세 번 틀렸어요'], ['refused', '거절했어요'], ['done', '다 쓴 요청이에요', 0], ['done', '승인한 시간이 끝났어요', 4, '서명 10건 중 6건을 했어요'], ['approved', '번호는 한 번만 보여 드려요']])
  test(`a request opened when it is ${state} says so: ${words}`, async () => {
    const w = await joinedWith({}, {});
    const r = w.d.world.ask({ state, left: left ?? 10 });
    await w.phone.goto(`${w.d.app}/r/${r.id}`);
    await heading(w.phone, words);
    if (more !== undefined)
      await w.phone.getByText(more).waitFor();
    await w.end();
  });

test('a request that ends while it is read says so', async () => {
  const w = await joinedWith({}, {});
  const r = w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  w.d.world.change(r, 'ended');
  await heading(w.phone, '끝난 요청이에요');
  await w.end();
});

test('PC연결 finds a request without push, also one that comes later', async () => {
  const w = await joinedWith({}, {});
  await w.phone.getByRole('button', { name: /^PC연결/ }).click();
  await heading(w.phone, '아직 온 요청이 없어요');
  w.d.world.ask({ program: 'Edge' });
  await heading(w.phone, 'Edge');
  await w.end();
});

test('deleting says what stops working and what does not, and is approved like everything else', async () => {
  const w = await joinedWith({}, {});
  await w.phone.getByRole('link', { name: '홍길동 인증서정보' }).click();
  await w.phone.getByText('내보내기가 없는 이유').waitFor();
  await press(w.phone, '인증서 삭제');
  const files = w.phone.getByText('PC나 USB에 있는 인증서 파일은 계속 쓸 수 있어요');
  await files.waitFor();
  await press(w.phone, '계속하기');
  await heading(w.phone, '인증서를 삭제할까요?');
  await files.waitFor();
  await press(w.phone, '삭제 승인');
  await heading(w.phone, '인증서를 삭제했어요');
  await w.phone.getByText('어디에서도 쓰지 못하게 하려면 발급기관에서 폐지하세요').waitFor();
  await press(w.phone, '홈으로');
  await w.phone.getByText('아직 등록한 인증서가 없어요').waitFor();
  await w.phone.goto(`${w.d.app}/history`);
  await w.phone.getByText('인증서를 삭제했어요').waitFor();
  await w.end();
});

test('a device without fingerprint or face: app PIN, weak ones refused, a wrong one asked again', async () => {
  const w = await world({ passkey: false });
  await giveName(w.phone, w.d.app);
  await giveCode(w.phone, '123456');
  await w.phone.getByText('지문·얼굴 확인이 없어요').waitFor();
  const pin = w.phone.getByLabel('앱 잠금 비밀번호 6자리');
  for (const [weak, words] of [['123456', '연속된 숫자'], ['111222', '같은 숫자'], ['910315', '생일']]) {
    await pin.fill(weak);
    await w.phone.getByText(words).first().waitFor();
  }
  await pin.fill('482915');
  await w.phone.getByLabel('비밀번호 다시 입력').fill('482916');
  await w.phone.getByText('두 번호가 달라요').waitFor();
  await pin.fill('482915');
  await w.phone.getByLabel('비밀번호 다시 입력').fill('482915');
  await press(w.phone, '나중에');
  w.d.world.certificate({});
  w.d.world.events('certificates', {});
  w.d.world.wrongPins = 1;
  w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  await press(w.phone, '승인');
  await w.phone.getByLabel('6자리를 입력해 주세요').fill('111111');
  await w.phone.getByText('앱 잠금 비밀번호가 맞지 않아요').waitFor();
  await w.phone.getByLabel('6자리를 입력해 주세요').fill('482915');
  await w.phone.getByRole('img', { name: /^1회용 PIN/ }).waitFor();
  for (const { body } of sentTo(w.d, /device$|approve$/))
    assert.ok(!body.includes('482915'), 'the PIN went out');
  await w.end();
});

test('signing out and in again with the same device', async () => {
  const w = await joinedWith({}, {});
  await w.phone.goto(`${w.d.app}/settings`);
  await press(w.phone, '로그아웃');
  await heading(w.phone, '다시 오셨네요');
  await press(w.phone, '로그인');
  await w.phone.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  await w.end();
});

test('a device that has a member asks before somebody else joins on it', async () => {
  const w = await joinedWith({}, {});
  await w.phone.goto(`${w.d.app}/settings`);
  await press(w.phone, '로그아웃');
  await press(w.phone, '처음부터 가입하기');
  await w.phone.getByText('이 기기는 새 회원의 것이 돼요').waitFor();
  await press(w.phone, '취소');
  await heading(w.phone, '다시 오셨네요');
  await press(w.phone, '처음부터 가입하기');
  await press(w.phone, '새로 가입하기');
  await w.phone.getByRole('heading', { name: /홈 화면에 추가해 두세요|본인인증을 할게요/ }).waitFor();
  await w.end();
});

test('a session that has ended leads to the door, and back to the request', async () => {
  const w = await joinedWith({}, {});
  const r = w.d.world.ask();
  w.d.world.session = 'gone';
  await w.phone.goto(`${w.d.app}/r/${r.id}`);
  await press(w.phone, '로그인');
  await heading(w.phone, 'Adobe Acrobat');
  await w.end();
});

test('without the server the app opens from its cache and says so', async () => {
  const w = await joinedWith({}, {});
  await w.phone.evaluate(() => navigator.serviceWorker.ready);
  await w.phone.reload();
  await w.phone.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  await w.phone.waitForFunction(async () => (await (await caches.open('shell-1')).keys()).length > 40);
  await w.phone.context().setOffline(true);
  w.d.stop();
  await w.phone.reload();
  await w.phone.getByText('서버와 연결이 끊겼어요').waitFor();
  await w.phone.getByRole('link', { name: '홍길동 인증서정보' }).waitFor();
  await w.phone.context().close();
});

test('a push shows who asks; a tap opens the request and approves nothing', async () => {
  const w = await joinedWith({}, {});
  await w.phone.context().grantPermissions(['notifications'], { origin: w.d.app });
  const cdp = await w.phone.context().newCDPSession(w.phone);
  const found = new Promise((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId));
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await found;
  await w.phone.evaluate(() => navigator.serviceWorker.ready);
  const r = w.d.world.ask({ program: 'Firefox', machine: '노트북' });
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: w.d.app, registrationId, data: JSON.stringify({ type: 'request', id: r.id, kind: 'token', program: 'Firefox', machine: '노트북' }) });
  const shown = () => w.phone.evaluate(async () => (await (await navigator.serviceWorker.getRegistration()).getNotifications()).map((n) => [n.title, n.body, n.data?.path ?? '']));
  let list = [];
  for (let i = 0; i < 50 && list.length === 0; i++) {
    list = await shown();
    await w.phone.waitForTimeout(100);
  }
  assert.deepEqual(list, [['Firefox 요청', '노트북에서 인증서를 쓰려고 해요. 눌러서 확인하세요.', `/r/${r.id}`]]);
  assert.equal(sentTo(w.d, /approv/).length, 0);
  await w.end();
});

test('notifications that cannot be switched on say so, and can be tried again on the spot', async () => {
  const w = await world({ passkey: false });
  await w.phone.context().grantPermissions(['notifications'], { origin: w.d.app });
  await w.phone.addInitScript(() => {
    PushManager.prototype.subscribe = () => Promise.reject(new DOMException('no push service', 'AbortError'));
  });
  await giveName(w.phone, w.d.app);
  await giveCode(w.phone, '123456');
  await w.phone.getByLabel('앱 잠금 비밀번호 6자리').fill('482915');
  await w.phone.getByLabel('비밀번호 다시 입력').fill('482915');
  await press(w.phone, '알림 켜기');
  await w.phone.getByText('알림을 켜지 못했어요').waitFor();
  assert.equal(w.d.world.subscription, null);
  await w.phone.evaluate(() => {
    PushManager.prototype.subscribe = async () => ({ endpoint: 'https://fcm.googleapis.com/x', getKey: () => new Uint8Array([1, 2, 3]).buffer });
  });
  await press(w.phone, '알림 다시 켜 보기');
  await w.phone.getByText('시험 알림을 보냈어요').waitFor();
  assert.deepEqual(w.d.world.subscription, { endpoint: 'https://fcm.googleapis.com/x', p256dh: 'AQID', auth: 'AQID' });
  await w.end();
});

test('inside another app\'s browser the way out comes first', async () => {
  const d = await double();
  const context = await browser.newContext({ locale: 'ko-KR', userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) KAKAOTALK 10.5.0' });
  const page = await context.newPage();
  await page.goto(d.app);
  await heading(page, '다른 브라우저로 열어 주세요');
  assert.match(await page.getByRole('link', { name: '다른 브라우저로 열기' }).getAttribute('href'), /^kakaotalk:\/\/web\/openExternal/);
  await press(page, '여기서 계속하기');
  await heading(page, '인증서는 안전한 곳에');
  await context.close();
  d.stop();
});

test('files that are gone when they are read are told of as that', async () => {
  const w = await joinedWith({});
  await w.phone.getByRole('link', { name: /^인증서 등록/ }).click();
  await w.phone.getByRole('button', { name: /^휴대폰에서/ }).click();
  await w.phone.evaluate(() => { Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError')); });
  await w.phone.locator('input[type=file]').setInputFiles(npki.valid);
  await heading(w.phone, '폴더가 없어졌어요');
  await w.end();
});

test('the language changes at once, and stays', async () => {
  const w = await joinedWith({}, {});
  await w.phone.goto(`${w.d.app}/settings`);
  await press(w.phone, 'English');
  await heading(w.phone, 'Notifications');
  await w.phone.getByText(/^Ingam \d/).waitFor();
  await w.phone.goto(w.d.app);
  await w.phone.getByRole('button', { name: /^Connect PC/ }).waitFor();
  assert.equal(await w.phone.evaluate(() => document.documentElement.lang), 'en');
  await w.end();
});

test('the keyboard alone: Tab and Enter reach and press everything on a request', async () => {
  const w = await joinedWith({}, {});
  w.d.world.ask();
  await w.phone.getByRole('link', { name: /^Adobe/ }).click();
  await heading(w.phone, 'Adobe Acrobat');
  const order = [];
  for (let i = 0; i < 4; i++) {
    await w.phone.keyboard.press('Tab');
    order.push(await w.phone.evaluate(() => {
      let e = document.activeElement;
      while (e.shadowRoot?.activeElement)
        e = e.shadowRoot.activeElement;
      return e.textContent.trim() || e.getAttribute('aria-label');
    }));
  }
  assert.deepEqual(order.slice(0, 3), ['거절', '승인', '내가 한 것이 아니에요']);
  await w.end();
});
