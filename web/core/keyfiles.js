/*
 * keyfiles.js - the files of an NPKI folder in the browser: found, paired, tried.
 *
 * Belongs here: walking what the person picked or dropped, facts of a list.
 * Not here: the formats (npki.js, which is the C code; it runs apart, apart.js), sending (handover.js).
 */
import { NpkiError, certificateFacts, certificateView, changePassword, checkKeyFile, checkPfx, folderOf, makePfx, openKeyFile, openPfx, passwordBroken } from './apart.js';
import { Problem, problemOf } from './api.js';

/* The files of one folder; their names are written in any case. */
const names = { signCert: 'signCert.der', signPri: 'signPri.key', kmCert: 'kmCert.der', kmPri: 'kmPri.key', caPubs: 'CaPubs' };
const parts = new Map(Object.entries(names).map(([part, name]) => [name.toLowerCase(), part]));
const partOf = (name) => parts.get(name.toLowerCase());
const fileMax = 16384;
/* What a PFX file is called, whatever its name is. */
const pfx = 'PFX';
const pfxName = /\.(pfx|p12)$/i;
const pfxMax = 65536;
const isWanted = (name) => partOf(name) !== undefined || pfxName.test(name);
const depthMax = 12;
const countMax = 20000;

/**
 * km*: both or none. caPubs: the certificates of the CAs, where the folder has them.
 * @typedef {{signCert: Uint8Array, signPri: Uint8Array, kmCert?: Uint8Array, kmPri?: Uint8Array, caPubs?: Uint8Array}} Files
 *
 * One certificate with its keys. handles: where each file lies, for writing
 * there, null where the browser gave the bytes alone; root: what the person
 * picked, which is asked for leave to write. written: when the signing key's
 * file was last written, which is when its password was set; milliseconds
 * since 1970, null where nobody knows. alone: the half of a pair for encryption
 * that lies there without the other, and is not among the files. fault: what
 * checkFiles throws of them, null where they are whole. tried: a password has
 * opened the keys.
 * @typedef {{files: Files, facts: object, path: string, written: number|null, tried: boolean, alone: 'kmCert'|'kmPri'|null, fault: Error|null, handles: Record<string, FileSystemFileHandle>|null, root: FileSystemHandle|null}} Found
 */

export { NpkiError, certificateView, passwordBroken, passwordRules } from './apart.js';

const byName = new Intl.Collator('ko').compare;

/* How a list goes: what can be used now, what begins later, what is over; then by name; then the one that ends last. */
function byUse(now = Date.now()) {
  const rank = ({ notBefore, notAfter }) => notAfter < now ? 2 : notBefore > now ? 1 : 0;
  return ({ facts: a }, { facts: b }) => rank(a) - rank(b) || byName(a.name, b.name) || b.notAfter - a.notAfter;
}

/** What a list shows of a certificate; throws when the bytes are none. */
export async function factsOf(der) {
  return certificateFacts(der);
}

/* What the C code refuses, as a person needs to hear it. */
const problems = { RC_FORMAT: 'certificate-unreadable', RC_LIMIT: 'certificate-unreadable', RC_POLICY: 'certificate-unreadable', RC_STATE: 'key-other', RC_UNKNOWN: 'key-unknown', RC_ABSENT: 'key-missing' };

/* Of a PFX file that is whole, and not read: by what src/npki/pfx.h says that it is about. */
const pfxFaults = { mac: 'pfx-mac', lengths: 'pfx-lengths', keyBag: 'pfx-certificate' };
const ofPfxFault = ({ code, field }) => code === 'RC_LIMIT' ? 'pfx-limit' : pfxFaults[field] ?? 'pfx-unreadable';

/* What a browser throws of a file that was there when it was picked. */
const gone = ['NotFoundError', 'NotReadableError'];

/**
 * Whatever was thrown, as a Problem; an NpkiError with .file, a name, tells of
 * that file, with .empty of one without a byte, with .closed of two passwords.
 */
export function problemOfFiles(thrown) {
  if (gone.includes(thrown.name))
    return new Problem('folder-gone');
  if (thrown.closed !== undefined)
    return new Problem('keys-differ');
  if (!(thrown instanceof NpkiError))
    return problemOf(thrown);
  const { code, field, file, empty } = thrown;
  if (code === 'RC_ABSENT' && field === 'encryption')
    return new Problem('pfx-encryption');
  const damaged = file !== undefined && ['RC_FORMAT', 'RC_LIMIT'].includes(code);
  const fault = empty ? 'file-empty' : file === pfx ? ofPfxFault(thrown) : 'file-unreadable';
  return new Problem(damaged ? fault : problems[code] ?? 'server-error', { file });
}

const readers = [['signCert', certificateFacts], ['signPri', checkKeyFile], ['kmCert', certificateFacts], ['kmPri', checkKeyFile]];

/**
 * Throws an NpkiError with .file and .empty for the first that is not what its name says.
 * What is whole, though nobody here opens it, is let through.
 * @param {Files} files
 */
export async function checkFiles(files) {
  for (const [part, read] of readers.filter(([name]) => files[name] !== undefined)) {
    try {
      await read(files[part]);
    } catch (e) {
      if (!(e instanceof NpkiError) || e.code === 'RC_FORMAT' || files[part].length > fileMax)
        throw Object.assign(e, { file: names[part], empty: files[part].length === 0 });
    }
  }
}

/**
 * Opens every key of the files, and wipes them again; throws what checkFiles
 * and openKeyFile throw, an NpkiError with .file. A wrong password that opens
 * the other key is one with .closed, the part that it does not open.
 * @param {Files} files @param {string} password
 * @param {string} [kmPassword] of the key for encryption, where it has one of its own
 */
export async function openKeys(files, password, kmPassword = password) {
  await checkFiles(files);
  const wrong = [];
  const pairs = [['signPri', 'signCert'], ['kmPri', 'kmCert']].filter(([key]) => files[key] !== undefined);
  for (const [key, certificate] of pairs) {
    try {
      await openKeyFile(files[key], key === 'kmPri' ? kmPassword : password, files[certificate]);
    } catch (e) {
      if (!(e instanceof NpkiError && e.code === 'RC_SECRET'))
        throw Object.assign(e, { file: names[key] });
      wrong.push(Object.assign(e, { closed: key }));
    }
  }
  if (wrong.length === pairs.length)
    delete wrong[0].closed;
  if (wrong.length > 0)
    throw wrong[0];
}

/**
 * Whether the password opens every key of the files; throws where it opens one
 * of two. A form that only the server's program can open is let through: the
 * vault tries it later.
 * @param {Files} files @param {string} password
 */
export async function opens(files, password) {
  try {
    await openKeys(files, password);
  } catch (e) {
    if (!(e instanceof NpkiError) || e.closed !== undefined || !['RC_SECRET', 'RC_UNKNOWN'].includes(e.code))
      throw e;
    return e.code === 'RC_UNKNOWN';
  }
  return true;
}

/**
 * The key files under another password, each in the form that it has; nothing
 * is written. Throws what changePassword throws.
 * @param {Files} files @param {string} old @param {string} next
 * @param {string} [oldKm] of the key for encryption, where it has one of its own
 * @returns {Promise<{signPri: Uint8Array, kmPri?: Uint8Array}>}
 */
export async function reseal(files, old, next, oldKm = old) {
  const out = {};
  if (files.kmPri !== undefined)
    out.kmPri = await changePassword(files.kmPri, oldKm, next, null, files.kmCert);
  out.signPri = await changePassword(files.signPri, old, next, null, files.signCert);
  return out;
}

/** The folders in which programs look for a certificate, from NPKI down. */
export async function pathFor(files) {
  const { ca, subject } = await folderOf(files.signCert);
  return ['NPKI', ca, 'USER', subject];
}

/** Whether two certificates have the same owner; false where the other one is none. */
export async function sameOwner(der, other) {
  const { subject } = await folderOf(der);
  return await folderOf(other).then((there) => there.subject === subject, () => false);
}

/** Whether two certificates are of the same issuer; false where the other one is none. */
export async function sameIssuer(der, other) {
  const { issuerName } = await certificateView(der);
  return certificateView(other).then((there) => there.issuerName === issuerName, () => false);
}

/** The files by their names on a disk, and the names (in lower case) that such a folder may have beside them. */
export function namedFiles(files) {
  const named = Object.fromEntries(Object.keys(names).filter((part) => files[part] !== undefined).map((part) => [names[part], files[part]]));
  return { named, others: [...parts.keys()].filter((name) => files[parts.get(name)] === undefined) };
}

const pathOf = (f) => f.webkitRelativePath || f.relativePath || '';

/* Of one that is too large no more than shows it. */
const bytesOf = async (file, max = fileMax) => new Uint8Array(await file.slice(0, max + 1).arrayBuffer());

const fits = (file) => file.size > 0 && file.size <= fileMax;

/* The files of each folder, by what they are. A certificate or a key for signing that is empty or too large is there, and damaged. */
function foldersOf(list) {
  const folders = new Map();
  for (const file of list) {
    const part = partOf(file.name);
    if (part === undefined || !part.startsWith('sign') && !fits(file))
      continue;
    const path = pathOf(file).split('/').slice(0, -1).join('/');
    folders.set(path, { ...folders.get(path), [part]: file });
  }
  return folders;
}

/* What a list shows of the certificate in a file; null where there is none that can be read. */
async function factsAt(file) {
  if (!fits(file))
    return null;
  return factsOf(await bytesOf(file)).catch((e) => {
    if (e instanceof NpkiError)
      return null;
    throw e;
  });
}

/* The half of a pair for encryption beside which the other is not. */
function aloneOf(set) {
  const [part, ...more] = ['kmCert', 'kmPri'].filter((km) => set[km] !== undefined);
  return part === undefined || more.length > 0 ? null : part;
}

/* What checkFiles throws of them, or null. */
async function faultOf(files) {
  try {
    await checkFiles(files);
    return null;
  } catch (e) {
    if (e instanceof NpkiError)
      return e;
    throw e;
  }
}

/**
 * Pairs of certificate and key among files, by folder; a file with no folder
 * belongs to the only set there is. Unreadable ones are left out.
 * @param {File[]} list @returns {Promise<Found[]>}
 */
export async function pairsOf(list) {
  const out = [];
  for (const [path, set] of foldersOf(list)) {
    if (set.signCert === undefined || set.signPri === undefined || !fits(set.signCert))
      continue;
    const alone = aloneOf(set);
    if (alone !== null)
      delete set[alone];
    try {
      const files = {};
      for (const [name, file] of Object.entries(set))
        files[name] = await bytesOf(file);
      const writable = Object.values(set).every((file) => file.handle !== undefined);
      out.push({ files, facts: await factsOf(files.signCert), path, written: set.signPri.lastModified, tried: false, alone, fault: await faultOf(files), root: set.signPri.root ?? null,
        handles: writable ? Object.fromEntries(Object.entries(set).map(([name, file]) => [name, file.handle])) : null });
    } catch (e) {
      if (!(e instanceof NpkiError))
        throw e;
      console.warn(`${path}: no certificate that can be read`, e);
    }
  }
  return out.sort(byUse());
}

/**
 * The certificates beside which no key lies: nothing can be done with them,
 * but somebody who copied half of a folder needs to hear of it.
 * @param {File[]} list @returns {Promise<{facts: object, path: string}[]>}
 */
export async function keylessOf(list) {
  const out = [];
  for (const [path, { signCert, signPri }] of foldersOf(list)) {
    const facts = signCert === undefined || signPri !== undefined ? null : await factsAt(signCert);
    if (facts !== null)
      out.push({ facts, path });
  }
  return out.sort(byUse());
}

/**
 * The certificates that cannot be read, each as the path of its file.
 * @param {File[]} list @returns {Promise<string[]>}
 */
export async function unreadableOf(list) {
  const out = [];
  for (const [path, { signCert }] of foldersOf(list))
    if (signCert !== undefined && await factsAt(signCert) === null)
      out.push(path === '' ? signCert.name : `${path}/${signCert.name}`);
  return out.sort(byName);
}

/** The PFX files among what was picked. */
export const pfxOf = (list) => list.filter((file) => pfxName.test(file.name));

/* Gives what is read from a PFX file; what is thrown tells of it. */
async function ofPfx(file, read) {
  try {
    return await read(await bytesOf(file, pfxMax));
  } catch (e) {
    throw Object.assign(e, { file: pfx, empty: file.size === 0 });
  }
}

/** Throws what checkPfx throws, with .file and .empty: then no password opens it. @param {File} file */
export async function checkPfxFile(file) {
  await ofPfx(file, checkPfx);
}

/* The certificates of what stands in a PFX file, each with its facts and the name of its owner. */
const known = (list) => Promise.all(list.map(async (one) => {
  const { subjectName } = await certificateView(one.certificate);
  return { ...one, facts: await factsOf(one.certificate), subject: subjectName };
}));

/* Of the pairs for encryption of one owner the one that ends last: it goes with the certificate. */
const lastOf = ({ subject }, pairs) => pairs.filter((pair) => pair.encryption && pair.subject === subject).sort((a, b) => b.facts.notAfter - a.facts.notAfter).at(0);

/* Why a pair for encryption goes with no certificate, or null. */
function whyLeft(km, pairs) {
  if (!pairs.some((pair) => !pair.encryption && pair.subject === km.subject))
    return 'ownerless';
  return km === lastOf(km, pairs) ? null : 'older';
}

/* Beside another one of the owner's, which goes with the certificate. */
const isSpare = (one, pairs) => ![undefined, one.facts.serial].includes(lastOf(one, pairs)?.facts.serial);

/* The certificates for encryption that stay in the file, each with why. */
const leftOf = (pairs, keyless) => [
  ...pairs.filter((pair) => pair.encryption).map((km) => ({ facts: km.facts, why: whyLeft(km, pairs) })).filter(({ why }) => why !== null),
  ...keyless.filter((one) => isSpare(one, pairs)).map(({ facts }) => ({ facts, why: 'keyless' })),
];

/**
 * What is in a PFX file: each certificate for signing with the one for
 * encryption of the same owner that ends last. The keys are sealed anew with the file's
 * password, or with another (fresh), without which a file whose password is
 * empty is RC_POLICY. weak: the file's password, which they keep, breaks the
 * rules for new ones. lacksR: its key has no random number, though the
 * certificate says that there is one. left: those for encryption that stay in
 * the file: where another one of the owner's ends later, or has its key, or where
 * the owner has none for signing. Throws what openPfx throws, with .file.
 * @param {File} file @param {string} password @param {string} [keyPassword]
 * @returns {Promise<{found: (Found & {opened: true, fresh: boolean, weak: boolean, lacksR: boolean})[], left: {facts: object, why: 'older'|'keyless'|'ownerless'}[]}>}
 */
export async function openPfxFile(file, password, keyPassword = '') {
  const opened = await ofPfx(file, (bytes) => openPfx(bytes, password, keyPassword));
  const fresh = keyPassword !== '';
  const weak = !fresh && (await passwordBroken(password)).length > 0;
  const [pairs, keyless] = await Promise.all([known(opened.pairs), known(opened.keyless.map((certificate) => ({ certificate })))]);
  const found = pairs.filter((pair) => !pair.encryption).map((pair) => {
    const km = lastOf(pair, pairs);
    const files = { signCert: pair.certificate, signPri: pair.key, ...(km && { kmCert: km.certificate, kmPri: km.key }), ...(opened.caPubs.length > 0 && { caPubs: opened.caPubs }) };
    const alone = km === undefined && keyless.some(({ subject }) => subject === pair.subject) ? 'kmCert' : null;
    return { files, facts: pair.facts, path: file.name, written: null, tried: true, alone, fault: null, handles: null, root: null, opened: true, fresh, weak, lacksR: pair.lacksR };
  });
  if (found.length === 0)
    throw new NpkiError('RC_ABSENT', 'no key for signing', pairs.length > 0 ? 'encryption' : '');
  return { found: found.sort(byUse()), left: leftOf(pairs, keyless) };
}

/**
 * The files as one PFX file with the same password. Throws what makePfx throws,
 * with .file where it is CaPubs that cannot be read.
 * @param {Files} files @param {string} password @param {'modern'|'compatible'} form
 * @returns {Promise<Uint8Array>}
 */
export async function makePfxFile(files, password, form) {
  const pairs = [{ certificate: files.signCert, key: files.signPri }];
  if (files.kmPri !== undefined)
    pairs.push({ certificate: files.kmCert, key: files.kmPri });
  try {
    return await makePfx(pairs, password, password, form, files.caPubs);
  } catch (e) {
    throw e.field === names.caPubs ? Object.assign(e, { file: names.caPubs }) : e;
  }
}

/* A file with what is known of the place that it was taken from. */
const fileAt = async (handle, root, relativePath) => Object.assign(await handle.getFile(), { handle, root, relativePath });

/** A directory handle (showDirectoryPicker) → files with .relativePath, .handle and .root. */
export async function filesOfHandle(folder, root = folder, path = folder.name, depth = 0, out = []) {
  if (depth > depthMax)
    return out;
  for await (const entry of folder.values()) {
    if (out.length > countMax)
      break;
    if (entry.kind === 'directory')
      await filesOfHandle(entry, root, `${path}/${entry.name}`, depth + 1, out);
    else if (isWanted(entry.name))
      out.push(await fileAt(entry, root, `${path}/${entry.name}`));
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
  } else if (isWanted(entry.name)) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    out.push(Object.assign(file, { relativePath: entry.fullPath.slice(1) }));
  }
}

/**
 * What was dropped: folders and files alike. Call it at once in the event. A
 * browser that gives no handle, or none of this folder, gives the files alone.
 */
export async function filesOfDrop(transfer) {
  const dropped = [...transfer.items].map((i) => ({ entry: i.webkitGetAsEntry?.(), handle: i.getAsFileSystemHandle?.().catch(() => null) }))
    .filter(({ entry }) => entry);
  const out = [];
  if (dropped.length === 0)
    return [...transfer.files];
  for (const { entry, handle: asked } of dropped) {
    const handle = await asked;
    if (!handle)
      await filesOfEntry(entry, 0, out);
    else if (handle.kind === 'directory')
      await filesOfHandle(handle, handle, handle.name, 0, out);
    else
      out.push(await fileAt(handle, handle, ''));
  }
  return out;
}
