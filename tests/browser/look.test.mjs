/*
 * look.test.mjs - every screen of the straight ways in each dress (dresses.mjs).
 * Pictures go to tests/shots; axe finds nothing, nothing runs out to the side,
 * nothing to press is too small.
 *
 * Belongs here: screens when all goes well.
 * Not here: those when it does not (turns.test.mjs); what they do
 * (app.test.mjs).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './browser.mjs';
import { dresses, few, look } from './dresses.mjs';
import { browser, double } from './rig.mjs';
import { giveCode, giveName, heading, join_, npkiFolder, press, startImport } from './steps.mjs';

const npki = npkiFolder();

test('phone: joining', { timeout: 180000 }, async () => {
  const d = await double();
  const { page, context, faults } = await open(browser, [d.app, d.pc]);
  await page.goto(d.app);
  await heading(page, '인증서는 안전한 곳에');
  await look(page, '01-welcome', faults);
  await press(page, '시작하기');
  await heading(page, '본인인증을 할게요');
  await press(page, '인증번호 받기');
  await look(page, '03-person', faults);
  await giveName(page, d.app);
  await look(page, '03-code', faults);
  await giveCode(page, '123456');
  await heading(page, '지문·얼굴로 잠글게요');
  await look(page, '04-lock', faults);
  await press(page, '앱 잠금 비밀번호로 할게요');
  await look(page, '04-pin', faults);
  await press(page, '지문·얼굴로 할게요');
  await press(page, '지문·얼굴 등록하기');
  await heading(page, '요청이 오면');
  await look(page, '06-push', faults);
  await press(page, '나중에');
  await page.getByText('아직 등록한').waitFor();
  await look(page, '10-home-empty', faults);
  assert.deepEqual(faults, []);
  await context.close();
  d.stop();
});

test('phone: home, certificate, history, settings', { timeout: 180000 }, async () => {
  const d = await double();
  const { page, context, faults } = await open(browser, [d.app, d.pc]);
  await join_(page, d.app, '123456');
  const first = d.world.certificate({});
  d.world.certificate({ owner: '(주)인감상사', kind: { ko: '범용 사업자', en: 'Business, general purpose' }, state: 'expiring', not_after: Date.now() + 12 * 864e5 });
  d.world.certificate({ kind: { ko: '은행·카드·보험용', en: 'Banks, cards, insurance' }, state: 'expired', not_after: Date.now() - 40 * 864e5 });
  d.world.events('certificates', {});
  d.world.ask();
  d.world.note('import', { owner: '홍길동' });
  d.world.note('token-login', { program: 'Adobe Acrobat', machine: 'DESKTOP-7QK2', owner: '홍길동' });
  d.world.note('token-sign', { program: 'Adobe Acrobat', machine: 'DESKTOP-7QK2', owner: '홍길동', count: 3 });
  d.world.note('not-me', { program: 'pkcs11-tool', machine: '알 수 없는 PC' });
  await page.getByText('기다리는 요청').waitFor();
  await look(page, '10-home', faults);
  await page.getByRole('button', { name: '메뉴' }).click();
  await look(page, '10-menu', faults, dresses.slice(0, 2));
  await page.getByRole('button', { name: '닫기' }).click();
  await page.goto(`${d.app}/certificates/${first.id}`);
  await heading(page, '홍길동');
  await look(page, '30-certificate', faults);
  await page.goto(`${d.app}/history`);
  await page.getByText('“내가').or(page.getByText('내가 아니라고')).first().waitFor();
  await look(page, '50-history', faults);
  await page.goto(`${d.app}/settings`);
  await heading(page, '알림');
  await look(page, '61-settings', faults);
  assert.deepEqual(faults, []);
  await context.close();
  d.stop();
});

test('phone: a request, from the question to the stamp', { timeout: 180000 }, async () => {
  const d = await double();
  const { page, context, faults } = await open(browser, [d.app, d.pc]);
  await join_(page, d.app, '123456');
  d.world.certificate({});
  d.world.certificate({ owner: '(주)인감상사', state: 'expiring', not_after: Date.now() + 12 * 864e5 });
  d.world.events('certificates', {});
  const r = d.world.ask();
  await page.getByRole('link', { name: /^Adobe/ }).click();
  await heading(page, '어떤 인증서로');
  await look(page, '12-choose', faults);
  await page.getByRole('button', { name: /^홍길동/ }).click();
  await heading(page, 'Adobe Acrobat');
  await look(page, '11-request', faults);
  await press(page, '승인');
  await page.getByRole('img', { name: /^1회용 PIN/ }).waitFor();
  await look(page, '15-number', faults);
  d.world.change(r, 'open');
  await heading(page, 'PC에서 쓸 수 있어요');
  await look(page, '14-done', faults);
  d.world.ask({ program: 'Firefox' });
  await press(page, '홈으로');
  await page.getByRole('link', { name: /^Firefox/ }).click();
  await press(page, '내가 한 것이 아니에요');
  await heading(page, '내가 한 요청이 아닌가요?');
  await look(page, '11-notme-ask', faults, dresses.slice(0, 3));
  await press(page, '막기');
  await heading(page, '막았어요');
  await look(page, '11-notme', faults, dresses.slice(0, 3));
  // Without a number: a name that a stranger chose, as long and as loud as he may.
  d.world.ask({ mode: 'push', program: `인증서 자동 갱신 도우미 ${'매우긴이름'.repeat(12)}`, machine: `Z${'\u0310\u0315'.repeat(20)}한글PC` });
  await press(page, '홈으로');
  await look(page, '10-home-loud', faults, few);
  await page.getByRole('link', { name: /^인증서 자동/ }).click();
  await heading(page, '어떤 인증서로');
  await page.getByRole('button', { name: /^홍길동/ }).click();
  await heading(page, '인증서 자동');
  await look(page, '11-request-push', faults, few);
  assert.deepEqual(faults, []);
  await context.close();
  d.stop();
});

test('phone and PC: a registration', { timeout: 240000 }, async () => {
  const d = await double();
  const { page, context, faults } = await open(browser, [d.app, d.pc]);
  const pc = await open(browser, [d.app, d.pc], { kind: 'pc' });
  await pc.page.goto(d.pc);
  await heading(pc.page, '이렇게 써요');
  await look(pc.page, 'pc-home', pc.faults);
  await join_(page, d.app, '123456');
  await page.getByRole('link', { name: /^인증서 등록/ }).click();
  await heading(page, '인증서가 어디에 있나요?');
  await look(page, '20-ways', faults, dresses.slice(0, 3));
  await page.getByRole('button', { name: /^휴대폰에서/ }).click();
  await look(page, '25-files', faults, dresses.slice(0, 3));
  await page.getByRole('button', { name: '뒤로' }).click();
  await page.goto(d.app);
  const digits = await startImport(page);
  await look(page, '21-code', faults);
  await pc.page.goto(`${d.pc}/import#${digits}`);
  await pc.page.getByLabel('승인번호 13자리').waitFor();
  await look(pc.page, 'pc-1-code', pc.faults);
  await press(pc.page, '확인');
  await pc.page.getByRole('button', { name: '폴더 열기' }).waitFor();
  await look(pc.page, 'pc-2-find', pc.faults);
  await pc.page.locator('input#folder').setInputFiles(npki.folder);
  await pc.page.getByRole('radio', { name: /^홍길동/ }).waitFor();
  await look(pc.page, 'pc-3-list', pc.faults);
  await press(pc.page, '다음');
  await look(pc.page, 'pc-4-password', pc.faults);
  await pc.page.getByLabel('인증서 비밀번호').fill('WTuA8Ev0lWXVFSiI!');
  await press(pc.page, '확인');
  await heading(page, '인증서 비밀번호를');
  await look(page, '22-password', faults);
  await look(pc.page, 'pc-5-phone', pc.faults);
  await page.getByLabel('인증서 비밀번호').fill('WTuA8Ev0lWXVFSiI!');
  await press(page, '확인');
  await heading(page, '이 인증서를 맡길까요?');
  await look(page, '23-consent', faults);
  await press(page, '맡기기');
  await heading(page, '등록 완료');
  await look(page, '24-done', faults);
  await heading(pc.page, '등록 완료');
  await look(pc.page, 'pc-6-done', pc.faults);
  assert.deepEqual([...faults, ...pc.faults], []);
  await context.close();
  await pc.context.close();
  d.stop();
});
