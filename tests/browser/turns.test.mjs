/*
 * turns.test.mjs - the screens that a person meets when something is not as it
 * should be, and the dialogs, looked at like those of look.test.mjs.
 *
 * Belongs here: errors, locks, ends; what comes late.
 * Not here: the straight ways (look.test.mjs).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDigit } from '../../web/core/code.js';
import { open } from './browser.mjs';
import { few, look } from './dresses.mjs';
import { browser, double } from './rig.mjs';
import { giveCode, giveName, heading, join_, npkiFolder, press, startImport, typePin } from './steps.mjs';

const npki = npkiFolder();

test('phone: the ways that joining takes a turn', { timeout: 180000 }, async () => {
  const d = await double();
  const agents = {
    '00-inside': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) KAKAOTALK 10.5.0',
    '02-install': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
  };
  for (const [name, userAgent] of Object.entries(agents)) {
    const { page, context, faults } = await open(browser, [d.app], { userAgent });
    await page.goto(d.app);
    if (name === '02-install')
      await press(page, '시작하기');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(page, name, faults, few);
    assert.deepEqual(faults, []);
    await context.close();
  }
  const { page, context, faults } = await open(browser, [d.app, d.pc], { passkey: false });
  await giveName(page, d.app);
  await giveCode(page, '654321');
  await page.getByText('번호가 맞지 않아요').waitFor();
  await look(page, '03-code-wrong', faults, few);
  await giveCode(page, '123456');
  await page.getByLabel('앱 잠금 비밀번호 6자리').fill('272727');
  await page.getByText('되풀이돼요').waitFor();
  await look(page, '04-pin-weak', faults, few);
  await page.getByLabel('앱 잠금 비밀번호 6자리').fill('482915');
  await page.getByLabel('비밀번호 다시 입력').waitFor();
  await look(page, '04-pin-again', faults, few);
  await page.getByLabel('비밀번호 다시 입력').fill('482915');
  await page.context().grantPermissions(['notifications'], { origin: d.app });
  await page.evaluate(() => { PushManager.prototype.subscribe = () => Promise.reject(new Error('no push service')); });
  await press(page, '알림 켜기');
  await page.getByText('알림을 켜지 못했어요').waitFor();
  await look(page, '06-push-failed', faults, few);
  assert.deepEqual(faults, []);
  await context.close();
  d.stop();
});

test('phone: the app PIN, a lock, a deletion, and requests that end', { timeout: 240000 }, async () => {
  const d = await double();
  const { page, context, faults } = await open(browser, [d.app, d.pc], { passkey: false });
  await join_(page, d.app, '123456', undefined, '482915');
  await page.getByRole('button', { name: /^PC연결/ }).click();
  await heading(page, '아직 온 요청이 없어요');
  await look(page, '10-connect', faults, few);
  await press(page, '닫기');
  const c = d.world.certificate({});
  d.world.certificate({ state: 'expired', not_after: Date.now() - 864e5 });
  d.world.events('certificates', {});
  d.world.ask();
  await page.getByRole('link', { name: /^Adobe/ }).click();
  await press(page, '승인');
  await heading(page, '앱 잠금 비밀번호');
  await look(page, '13-pin', faults, few);
  d.world.wrongPins = 2;
  await typePin(page, '111111');
  await page.getByText('4번 더 틀리면').waitFor();
  await look(page, '13-pin-wrong', faults, few);
  d.world.triesLeft = 0;
  await typePin(page, '111111');
  await heading(page, '잠시 잠겼어요');
  await look(page, '13-locked', faults, few);
  for (const [end, state, left, name] of [['expired', 'expired', 10, '시간이 지났어요'], ['approved', 'approved', 10, '번호는 한 번만 보여 드려요'], ['locked', 'locked', 10, 'PC에서 번호를 세 번 틀렸어요'],
    ['used', 'done', 0, '다 쓴 요청이에요'], ['closed', 'done', 4, '승인한 시간이 끝났어요'], ['finished', 'ended', 7, 'PC에서 마친 요청이에요']]) {
    await page.goto(`${d.app}/r/${d.world.ask({ state, left }).id}`);
    await heading(page, name);
    await look(page, `11-${end}`, faults, few);
  }
  await page.goto(`${d.app}/certificates/${c.id}`);
  await press(page, '인증서 삭제');
  await heading(page, '홍길동 인증서를 삭제할까요?');
  await look(page, '30-delete', faults, few);
  await press(page, '계속하기');
  await heading(page, '인증서를 삭제할까요?');
  await look(page, '31-delete', faults, few);
  await press(page, '삭제 승인');
  await typePin(page, '482915');
  await heading(page, '인증서를 삭제했어요');
  await look(page, '31-deleted', faults, few);
  await page.goto(`${d.app}/r/${d.world.ask().id}`);
  await heading(page, '쓸 수 있는 인증서가 없어요');
  await look(page, '12-nothing', faults, few);
  d.world.member.blocked_until = Date.now() + 36e5;
  await page.goto(d.app);
  await page.getByText('번호로 오는 요청을 막아 두었어요').waitFor();
  await look(page, '10-home-blocked', faults, few);
  await page.goto(`${d.app}/settings`);
  await heading(page, '알림');
  await look(page, '61-settings-pin', faults, few);
  await press(page, '로그아웃');
  await heading(page, '다시 오셨네요');
  d.world.member = null;
  await press(page, '로그인');
  await page.getByText('확인이 받아들여지지 않았어요').waitFor();
  await look(page, '01-again', faults, few);
  assert.deepEqual(faults, []);
  await context.close();
  d.stop();
});

test('phone and PC: registrations that go wrong', { timeout: 240000 }, async () => {
  const d = await double();
  const { page, context, faults } = await open(browser, [d.app, d.pc]);
  const pc = await open(browser, [d.app, d.pc], { kind: 'pc' });
  await join_(page, d.app, '123456');
  await page.getByRole('link', { name: /^인증서 등록/ }).click();
  await page.getByRole('button', { name: /^휴대폰에서/ }).click();
  await page.locator('input[type=file]').setInputFiles([npki.valid[0]]);
  await page.getByText('파일 하나만 골랐어요').waitFor();
  await look(page, '25-files-one', faults, few);
  await page.locator('input[type=file]').setInputFiles(npki.expired);
  await heading(page, '만료된 인증서예요');
  await look(page, '22-expired', faults, few);
  await page.goto(d.app);
  const digits = await startImport(page);
  await pc.page.goto(`${d.pc}/import`);
  await pc.page.getByLabel('승인번호 13자리').fill(digits.slice(0, 12) + (Number(digits[12]) + 1) % 10);
  await press(pc.page, '확인');
  await pc.page.getByText('잘못 누른 숫자').waitFor();
  await look(pc.page, 'pc-1-slip', pc.faults, few);
  await pc.page.getByLabel('승인번호 13자리').fill(digits);
  await press(pc.page, '확인');
  await pc.page.getByRole('button', { name: '폴더 열기' }).waitFor();
  await look(page, '21-coming', faults, few);
  await pc.page.locator('input#files').setInputFiles([npki.valid[0]]);
  await pc.page.getByText('개인키 파일(signPri.key)이 없어요').waitFor();
  await look(pc.page, 'pc-2-none', pc.faults, few);
  await pc.page.locator('input#files').setInputFiles(npki.valid);
  await press(pc.page, '다음');
  await pc.page.getByLabel('인증서 비밀번호').fill('wrong');
  await press(pc.page, '확인');
  await pc.page.getByText('아무것도 보내지 않았어요').waitFor();
  await look(pc.page, 'pc-4-wrong', pc.faults, few);
  await press(page, '취소');
  await heading(pc.page, '취소했어요');
  await look(pc.page, 'pc-6-cancelled', pc.faults, few);
  await page.goto(d.app);
  const more = await startImport(page);
  const wrong = more.slice(0, 5) + String((Number(more.slice(5, 12)) + 1) % 10 ** 7).padStart(7, '0');
  await press(pc.page, '다시 하기');
  await pc.page.getByLabel('승인번호 13자리').fill(wrong + checkDigit(wrong));
  await press(pc.page, '확인');
  await heading(page, '번호가 맞지 않았어요');
  await look(page, '21-over', faults, few);
  await look(pc.page, 'pc-6-over', pc.faults, few);
  await pc.page.goto(`${d.pc}/import`);
  await page.goto(d.app);
  await page.getByText('아직 등록한').waitFor();
  await page.evaluate(async () => (await import('/core/store.js')).update({ online: false }));
  await look(page, '10-offline', faults, few);
  assert.deepEqual([...faults, ...pc.faults], []);
  await context.close();
  await pc.context.close();
  d.stop();
});

test('a dialog that was opened again is not closed by what comes late of the first time', { timeout: 60000 }, async () => {
  const d = await double();
  const { page, context } = await open(browser, [d.app, d.pc]);
  await page.goto(d.app);
  const [stays, told] = await page.evaluate(async () => {
    const frames = () => new Promise((done) => { setTimeout(done, 300); });
    await import('/ui/parts.js');
    const dialog = document.createElement('ig-dialog');
    let closes = 0;
    dialog.addEventListener('close', () => { closes += 1; dialog.close(); });
    document.body.append(dialog);
    await dialog.show();
    dialog.close();
    await dialog.show();
    await frames();
    const open = dialog.open;
    dialog.close();
    await frames();
    return [open, closes];
  });
  assert.deepEqual([stays, told], [true, 1]);
  await context.close();
  d.stop();
});
