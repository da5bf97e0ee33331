#!/usr/bin/env node
/*
 * icons.mjs - draws the app's PNG icons from web/app/icons/seal.svg with
 * Chromium. Run it when the drawing has changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'web', 'app', 'icons');
const seal = readFileSync(join(folder, 'seal.svg'), 'utf8');
const strokes = /<g [^]*<\/g>/.exec(seal)[0];
const square = (inner, ground) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">${ground}${inner}</svg>`;
const drawings = [
  ['180.png', 180, square(`<g transform="translate(4.8 4.8) scale(.8)">${strokes}</g>`, '<rect width="48" height="48" fill="#a8261c"/>')],
  ['192.png', 192, seal],
  ['512.png', 512, seal],
  ['maskable.png', 512, square(`<g transform="translate(8.4 8.4) scale(.65)">${strokes}</g>`, '<rect width="48" height="48" fill="#a8261c"/>')],
  ['badge.png', 96, square(strokes.replaceAll('#fffaf5', '#fff'), '')],
];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
for (const [name, size, svg] of drawings) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
