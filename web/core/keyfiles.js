/*
 * keyfiles.js - the files of an NPKI folder in the browser: found, paired, tried.
 *
 * Belongs here: walking what the person picked or dropped, facts of a list.
 * Not here: the formats (npki.js, which is the C code), sending (handover.js).
 */
import { NpkiError, certificateFacts, openKeyFile } from './npki.js';

const names = /^(sign|km)(cert\.der|pri\.key)$/i;
const fileMax = 16384;
const depthMax = 12;
const countMax = 20000;

/** @typedef {{signCert: Uint8Array, signPri: Uint8Array, kmCert?: Uint8Array, kmPri?: Uint8Array}} Files */

/** The name alone of a common name like "홍길동()0091004…", as Korean CAs write them. */
export const nameOf = (owner) => /^(.+?)\s*\([^()]*\)\d{6,}$/.exec(owner)?.[1] ?? owner;

/** What a list shows of a certificate; throws when the bytes are none. */
export async function factsOf(der) {
  return certificateFacts(der);
}

/**
 * Whether the password opens every key of the files. A form that only the
 * server's program can open is let through: the vault tries it later.
 * @param {Files} files
 */
export async function opens(files, password) {
  const pairs = [[files.signPri, files.signCert], [files.kmPri, files.kmCert]];
  for (const [key, cert] of pairs.filter(([k]) => k !== undefined && k.length > 0)) {
    try {
      await openKeyFile(key, password, cert);
    } catch (e) {
      if (e instanceof NpkiError && e.code === 'RC_SECRET')
        return false;
      if (!(e instanceof NpkiError && e.code === 'RC_UNKNOWN'))
        throw e;
    }
  }
  return true;
}

const pathOf = (f) => f.webkitRelativePath || f.relativePath || '';

/**
 * Pairs of certificate and key among files, by folder; a file with no folder
 * belongs to the only set there is. Unreadable ones are left out.
 * @param {File[]} list @returns {Promise<{files: Files, facts: object, path: string}[]>}
 */
export async function pairsOf(list) {
  const folders = new Map();
  for (const file of list) {
    if (!names.test(file.name) || file.size === 0 || file.size > fileMax)
      continue;
    const path = pathOf(file).split('/').slice(0, -1).join('/');
    const set = folders.get(path) ?? {};
    const [, use, part] = names.exec(file.name);
    set[use.toLowerCase() + (part.toLowerCase().startsWith('cert') ? 'Cert' : 'Pri')] = file;
    folders.set(path, set);
  }
  const out = [];
  for (const [path, set] of folders) {
    if (set.signCert === undefined || set.signPri === undefined)
      continue;
    if (set.kmCert === undefined || set.kmPri === undefined)
      delete set.kmCert, delete set.kmPri;
    try {
      const files = {};
      for (const [name, file] of Object.entries(set))
        files[name] = new Uint8Array(await file.arrayBuffer());
      out.push({ files, facts: await factsOf(files.signCert), path });
    } catch (e) {
      console.warn(`${path}: no certificate that can be read`, e);
    }
  }
  return out.sort((a, b) => b.facts.notAfter - a.facts.notAfter);
}

/* A directory handle (showDirectoryPicker) → files with .relativePath. */
export async function filesOfHandle(handle, path = handle.name, depth = 0, out = []) {
  if (depth > depthMax)
    return out;
  for await (const entry of handle.values()) {
    if (out.length > countMax)
      break;
    if (entry.kind === 'directory')
      await filesOfHandle(entry, `${path}/${entry.name}`, depth + 1, out);
    else if (names.test(entry.name))
      out.push(Object.assign(await entry.getFile(), { relativePath: `${path}/${entry.name}` }));
  }
  return out;
}

const allEntries = (reader) => new Promise((resolve, reject) => {
  const all = [];
  const more = () => reader.readEntries((some) => {
    all.push(...some);
    if (some.length === 0)
      resolve(all);
    else
      more();
  }, reject);
  more();
});

async function filesOfEntry(entry, depth, out) {
  if (entry === null || depth > depthMax || out.length > countMax)
    return;
  if (entry.isDirectory) {
    for (const child of await allEntries(entry.createReader()))
      await filesOfEntry(child, depth + 1, out);
  } else if (names.test(entry.name)) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    out.push(Object.assign(file, { relativePath: entry.fullPath.slice(1) }));
  }
}

/** What was dropped: folders and files alike. Call it at once in the event. */
export async function filesOfDrop(transfer) {
  const entries = [...transfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
  const out = [];
  if (entries.length === 0)
    return [...transfer.files];
  for (const entry of entries)
    await filesOfEntry(entry, 0, out);
  return out;
}
