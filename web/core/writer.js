/*
 * writer.js - files that the pages write: into folders of the person, or as a
 * download where the browser writes to none.
 *
 * Belongs here: leave to write, all files or none, what went wrong in words
 * that lead on. Not here: which files (the pages), finding them (keyfiles.js).
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

const bytesAt = async (handle) => new Uint8Array(await (await handle.getFile()).arrayBuffer());
const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

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

/**
 * Writes all files or none, and reads them again. Throws Problem: the files are
 * as they were, but for `write-torn`.
 * @param {{handle: FileSystemFileHandle, bytes: Uint8Array}[]} changes
 */
export async function writeAll(changes) {
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
