/*
 * qr.js - a QR code as an SVG path.
 *
 * Belongs here: the drawing. Not here: what is in it (the screens).
 */
import encodeQR from '../lib/qr/index.js';

/** Gives {size, path}: path fills the dark squares of a size × size field, quiet zone included. */
export function qrPath(text) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x])
        continue;
      let end = x;
      while (end < row.length && row[end])
        end++;
      path += `M${x} ${y}h${end - x}v1h-${end - x}z`;
      x = end;
    }
  });
  return { size: rows.length, path };
}
