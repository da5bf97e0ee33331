/*
 * dresses.mjs - a screen in each dress: Korean and English, light and dark,
 * narrow and wide, text at 200 %.
 *
 * Belongs here: the dresses, pictures of them, what is wrong with them.
 * Not here: how one gets to a screen (the tests).
 */
import { axeFaults, overflows, shot, smallTargets, wrappedLabels } from './browser.mjs';

const narrow = { width: 360, height: 780 };
const wide = { width: 1280, height: 900 };
export const dresses = [
  { name: 'ko-light-360', lang: 'ko', dark: false, size: narrow, zoom: 1, axe: true }, { name: 'ko-dark-360', lang: 'ko', dark: true, size: narrow, zoom: 1 },
  { name: 'en-light-360', lang: 'en', dark: false, size: narrow, zoom: 1 }, { name: 'en-dark-1280', lang: 'en', dark: true, size: wide, zoom: 1, axe: true },
  { name: 'ko-light-1280', lang: 'ko', dark: false, size: wide, zoom: 1 }, { name: 'ko-light-360-200', lang: 'ko', dark: false, size: narrow, zoom: 2 },
];

/* Both languages, light and dark, and large text, where every dress would take too long. */
export const few = [dresses[0], { name: 'en-dark-360', lang: 'en', dark: true, size: narrow, zoom: 1 }, dresses[5]];

/* Dresses the page anew, waits for it to be drawn, looks. */
export async function look(page, screen, faults, only = dresses) {
  for (const d of only) {
    await page.emulateMedia({ colorScheme: d.dark ? 'dark' : 'light' });
    await page.setViewportSize(d.size);
    await page.evaluate(async ([lang, zoom]) => {
      document.documentElement.style.fontSize = `${zoom * 100}%`;
      const i18n = await import('/core/i18n.js');
      if (i18n.lang() !== lang)
        await i18n.setLanguage(lang);
      /* From its top: what is half under the bar there is not too small. */
      scrollTo(0, 0);
      await new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); });
    }, [d.lang, d.zoom]);
    await shot(page, `${screen}-${d.name}`);
    if (await overflows(page))
      faults.push(`${screen} ${d.name}: runs out to the side`);
    if (d.zoom === 1) {
      faults.push(...(await smallTargets(page)).map((f) => `${screen} ${d.name}: small: ${f}`));
      faults.push(...(await wrappedLabels(page)).map((f) => `${screen} ${d.name}: in more than a line: ${f}`));
    }
    if (d.axe)
      faults.push(...(await axeFaults(page)).map((f) => `${screen} ${d.name}: ${f}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate(async () => {
    document.documentElement.style.fontSize = '';
    await (await import('/core/i18n.js')).setLanguage('ko');
  });
  await page.setViewportSize(narrow);
}
