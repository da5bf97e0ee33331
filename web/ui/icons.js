/*
 * icons.js - our few line drawings, 24 × 24, and the mark of the seal.
 *
 * Belongs here: drawings. Not here: when they are shown.
 */
import { html, svg } from '../lib/lit/lit.js';

const draw = (inner) => html`<svg class="ic" viewBox="0 0 24 24" aria-hidden="true">${inner}</svg>`;

export const icons = {
  menu: draw(svg`<path d="M4 7h16M4 12h16M4 17h10"/>`),
  back: draw(svg`<path d="M15 5l-7 7 7 7"/>`),
  close: draw(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  more: draw(svg`<path d="M12 5.5v.01M12 12v.01M12 18.5v.01" stroke-width="3"/>`),
  next: draw(svg`<path d="M9 5l7 7-7 7"/>`),
  pc: draw(svg`<rect x="3.5" y="4.5" width="17" height="11.5" rx="1.5"/><path d="M9 20h6M12 16v4"/>`),
  phone: draw(svg`<rect x="7" y="3" width="10" height="18" rx="2.25"/><path d="M11 18h2"/>`),
  add: draw(svg`<path d="M14 3.5H7A1.5 1.5 0 0 0 5.500 5v14A1.5 1.5 0 0 0 7 20.500h10a1.500 1.500 0 0 0 1.500-1.500V8z"/><path d="M14 3.500V8h4.500M12 11v6M9 14h6"/>`),
  bell: draw(svg`<path d="M6 10a6 6 0 1 1 12 0c0 5 2 6 2 6H4s2-1 2-6M10 19.500a2.200 2.200 0 0 0 4 0"/>`),
  lock: draw(svg`<rect x="5" y="10.500" width="14" height="10" rx="2"/><path d="M8 10.500V7.500a4 4 0 0 1 8 0v3M12 14.500v2"/>`),
  check: draw(svg`<path d="M5 12.500l4.500 4.500L19 7"/>`),
  folder: draw(svg`<path d="M3.500 18.500v-12A1.500 1.500 0 0 1 5 5h4l2 2.500h8A1.500 1.500 0 0 1 20.500 9v9.500A1.500 1.500 0 0 1 19 20H5a1.500 1.500 0 0 1-1.500-1.500z"/>`),
  clock: draw(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 7.500V12l3 2"/>`),
  gear: draw(svg`<circle cx="12" cy="12" r="3"/><path d="M12 3.500v2.200M12 18.300v2.200M3.500 12h2.200M18.300 12h2.200M6 6l1.500 1.500M16.500 16.500L18 18M18 6l-1.500 1.500M7.500 16.500L6 18"/>`),
  home: draw(svg`<path d="M4.500 11L12 4.500l7.500 6.500v8a1.500 1.500 0 0 1-1.500 1.500H6a1.500 1.500 0 0 1-1.500-1.500z"/>`),
  warn: draw(svg`<path d="M12 4.500l8.500 15h-17zM12 10v4.500M12 17v.01"/>`),
  share: draw(svg`<path d="M12 14V3.500M8.500 7L12 3.500 15.500 7M7 10.500H6A1.500 1.500 0 0 0 4.500 12v7A1.500 1.500 0 0 0 6 20.500h12a1.500 1.500 0 0 0 1.500-1.500v-7a1.500 1.500 0 0 0-1.500-1.500h-1"/>`),
  copy: draw(svg`<rect x="8.500" y="8.500" width="12" height="12" rx="2"/><path d="M15.500 8.500v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>`),
  file: draw(svg`<path d="M14 3.500H7A1.500 1.500 0 0 0 5.500 5v14A1.500 1.500 0 0 0 7 20.500h10a1.500 1.500 0 0 0 1.500-1.500V8zM14 3.500V8h4.500"/>`),
};

/** 인, the syllable for "seal", cut into a square: strokes for a 48 × 48 field. */
export const sealStrokes = svg`<circle cx="17" cy="17.500" r="6.750"/><path d="M33.500 9v20M12.500 30v8.500h23"/>`;
