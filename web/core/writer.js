/*
 * writer.js - files that the pages write: into folders of the person, or as a
 * download where the browser writes to none.
 *
 * Belongs here: leave to write, all files or none, whoever leaves in the midst
 * of it, what went wrong in words that lead on. Not here: which files (the pages), finding them (keyfiles.js).
 *
 * A browser writes into a copy and puts it in the file's place on close(). So
 * everything is written before anything is closed, a full disk is met while
 * all old files are whole, and what was closed is put back when a later one
 * does not close.
 */
import { Problem } from './api.js';

const problems = { NotAllowedError: 'folder-denied', SecurityError: 'folder-denied', QuotaExceededError: 'disk-full', NotFoundError: 'folder-gone' };
const problemOf = (e) => e instanceof Problem || e.name === 'AbortError' ? e : new Problem(problems[e.name] ?? 'write-failed', { detail: String(e) });

/** Whether this browser can write into a folder that the person picks. */
export const writesFolders = () => typeof showDirectoryPicker === 'function';

/** Asks for leave to write below what was picked. Call it from a press. Throws Problem. */
export async function askLeave(root) {
  if (await root.requestPermission({ mode: 'readwrite' }) !== 'granted')
    throw new Problem('folder-denied');
}

/** What a file holds now. */
export const bytesAt = async (handle) => new Uint8Array(await (await handle.getFile()).arrayBuffer());

/** Whether two files hold the same. */
export const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

async function write(handle, bytes) {
  const writer = await handle.createWritable();
  await writer.write(bytes);
  await writer.close();
}

/* The files as they were. Nobody can promise that: a stick may have been pulled out. */
async function putBack(changes, before, why) {
  try {
    for (const [i, { handle }] of changes.entries())
      if (!same(await bytesAt(handle), before[i]))
        await write(handle, before[i]);
  } catch (e) {
    console.warn(e);
    throw new Problem('write-torn', { detail: String(why) });
  }
}

/* Does it, and asks who leaves the page meanwhile. */
async function undisturbed(work) {
  const ask = (e) => e.preventDefault();
  addEventListener('beforeunload', ask);
  try {
    await work();
  } finally {
    removeEventListener('beforeunload', ask);
  }
}

async function putAll(changes) {
  const before = [];
  const writers = [];
  try {
    for (const { handle } of changes)
      before.push(await bytesAt(handle));
    for (const { handle, bytes } of changes) {
      writers.push(await handle.createWritable());
      await writers.at(-1).write(bytes);
    }
  } catch (e) {
    await Promise.allSettled(writers.map((writer) => writer.abort()));
    throw problemOf(e);
  }
  try {
    for (const writer of writers)
      await writer.close();
    for (const { handle, bytes } of changes)
      if (!same(await bytesAt(handle), bytes))
        throw new Problem('write-failed');
  } catch (e) {
    await Promise.allSettled(writers.map((writer) => writer.abort()));
    await putBack(changes, before, e);
    throw problemOf(e);
  }
}

/**
 * Writes all files or none, and reads them again. Throws Problem: the files are
 * as they were, but for `write-torn`.
 * @param {{handle: FileSystemFileHandle, bytes: Uint8Array}[]} changes
 */
export const writeAll = (changes) => undisturbed(() => putAll(changes));

/* What a folder holds, by names in lower case: disks of Windows do not tell them apart. */
async function entriesOf(folder) {
  const out = new Map();
  for await (const entry of folder.values())
    out.set(entry.name.toLowerCase(), entry);
  return out;
}

/* Goes down from a picked folder; gives null where there is no such folder, unless it may make one. */
async function below(root, path, make) {
  const rest = root.name.toLowerCase() === path[0].toLowerCase() ? path.slice(1) : path;
  let folder = root;
  for (const name of rest) {
    const there = (await entriesOf(folder)).get(name.toLowerCase());
    if (there === undefined && !make)
      return null;
    folder = there ?? await folder.getDirectoryHandle(name, { create: true });
  }
  return folder;
}

/**
 * The files that lie there already, by name in lower case; none is empty.
 * @param {FileSystemDirectoryHandle} root what the person picked: a disk, or the first folder of the path itself
 * @param {string[]} path folders below it
 * @returns {Promise<Map<string, FileSystemFileHandle>>}
 */
export async function filesBelow(root, path) {
  const folder = await below(root, path, false);
  return folder === null ? new Map() : entriesOf(folder);
}

async function place(root, path, files, others) {
  const made = [];
  let folder;
  let there;
  try {
    folder = await below(root, path, true);
    there = await entriesOf(folder);
    const changes = [];
    for (const [name, bytes] of Object.entries(files)) {
      if (!there.has(name.toLowerCase()))
        made.push(name);
      changes.push({ handle: there.get(name.toLowerCase()) ?? await folder.getFileHandle(name, { create: true }), bytes });
    }
    await putAll(changes);
  } catch (e) {
    await Promise.allSettled(made.map((name) => folder.removeEntry(name)));
    throw problemOf(e);
  }
  try {
    for (const name of others.filter((other) => there.has(other)))
      await folder.removeEntry(there.get(name).name);
  } catch (e) {
    /* All that came is there by now, and stays. */
    throw new Problem('write-torn', { detail: String(e) });
  }
}

/**
 * Puts files into a folder below what was picked, all or none; files of the
 * same names are replaced, and those of `others` taken away. Throws Problem.
 * @param {FileSystemDirectoryHandle} root @param {string[]} path
 * @param {Record<string, Uint8Array>} files by name
 * @param {string[]} others names in lower case
 */
export const placeBelow = (root, path, files, others) => undisturbed(() => place(root, path, files, others));

/** Gives the person a file by way of the browser's downloads. */
export function download(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
