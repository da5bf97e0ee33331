// pdfsig.test.mjs - docs/clients/pdfsig.md, as its readers do it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testPage } from './page.mjs';

/** A page with one word on it. */
function smallPdf(word) {
  const stream = `BT /F1 18 Tf 20 100 Td (${word}) Tj ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>',
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    `<</Length ${stream.length}>>stream\n${stream}\nendstream`,
  ];
  let out = '%PDF-1.4\n';
  const at = objects.map((o, i) => {
    const offset = out.length;
    out += `${i + 1} 0 obj${o}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  return `${out}xref\n0 6\n0000000000 65535 f \n${at.join('')}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${out.length}\n%%EOF\n`;
}

testPage('pdfsig', {
  async prepare(pc) {
    writeFileSync(join(pc.work, 'contract.pdf'), smallPdf('Contract'));
    return {};
  },
});
