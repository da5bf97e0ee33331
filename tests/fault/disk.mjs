// disk.mjs - a power cut: what the folder of a service holds afterwards.
//
// Belongs here: choosing, of what was never synced, what is there all the same.
// Not here: watching the programs write (disk.c); ending them (fault.mjs).
//
// A disk promises what was synced, and nothing about the rest: of pages that
// wait, any may be there, in part; of names that wait, any. All of that is
// drawn here, so that a run meets more than one file system would show.
import { closeSync, copyFileSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../lib/service.mjs';

const PAGE = 4096, SECTOR = 512;
export const library = join(build, 'tests/fault/libingam-fault-disk.so');

/** The regular files below a folder, by their paths in it; what ends on -shm is nobody's to keep. */
function filesBelow(folder, sub = '', into = new Map()) {
  if (!existsSync(folder)) return into;
  for (const e of readdirSync(join(folder, sub), { withFileTypes: true })) {
    const path = join(sub, e.name);
    if (e.isDirectory()) filesBelow(folder, path, into);
    else if (e.isFile() && !path.endsWith('-shm')) into.set(path, statSync(join(folder, path), { bigint: true }));
  }
  return into;
}

/** Of a copy only the part that holds something: it is as long as files may grow. */
function readKept(path) {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(PAGE);
    readSync(fd, head, 0, PAGE, 0);
    // A program that was killed while it opened a new file has synced nothing of it.
    const size = Number(head.readBigUInt64LE(0)), bytes = Buffer.alloc(Math.max(0, Math.min(size, fstatSync(fd).size - PAGE)));
    readSync(fd, bytes, 0, bytes.length, PAGE);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** How likely a page or a name that waits is there; how often a page is torn. Nothing, all, some: each has its own faults. */
const drawLuck = (chance) => ({ page: chance.of([0, 0, 1, 0.1, 0.5, 0.9]), name: chance.of([0, 1, 0.5]), torn: chance.of([0, 0.3, 1]) });

export class Disk {
  constructor(data, { syncMicroseconds = 3000 } = {}) {
    this.data = data;
    this.kept = `${data}.disk`;
    this.syncMicroseconds = syncMicroseconds;
  }

  /** What a program's environment needs, for this disk to be under it. */
  env() {
    return { LD_PRELOAD: library, INGAM_DISK_ROOT: this.data, INGAM_DISK_KEPT: this.kept, INGAM_DISK_SYNC_US: String(this.syncMicroseconds) };
  }

  /** What was there before the first program is on the disk: see disk.c. */
  begin() {}

  clear() {
    rmSync(this.kept, { recursive: true, force: true });
  }

  /** One file after the cut: what was synced, and of the rest what chance leaves. */
  mix(kept, now, chance, luck) {
    const size = kept.length === now.length || chance.next() < luck.page ? now.length : kept.length;
    const out = Buffer.alloc(size);
    kept.copy(out, 0, 0, Math.min(size, kept.length));
    let waiting = 0;
    for (let at = 0; at < size; at += PAGE) {
      const end = Math.min(at + PAGE, size), fresh = now.subarray(at, Math.min(end, now.length));
      if (fresh.equals(out.subarray(at, at + fresh.length)) && fresh.length === end - at) continue;
      waiting++;
      const step = chance.next() < luck.torn ? SECTOR : PAGE;
      for (let part = at; part < end; part += step)
        if (chance.next() < luck.page) now.copy(out, part, part, Math.min(part + step, end, now.length));
    }
    return { bytes: out, waiting };
  }

  /**
   * The power is gone (nobody runs any more), and comes again: the folder is as
   * it would be then. Gives how many pages and names had waited.
   */
  cut(chance, luck = drawLuck(chance)) {
    const live = filesBelow(this.data), tree = filesBelow(join(this.kept, 'tree'));
    const after = `${this.data}.after`, told = { pages: 0, names: 0, luck };
    rmSync(after, { recursive: true, force: true });
    mkdirSync(after, { mode: 0o700 });
    for (const path of new Set([...live.keys(), ...tree.keys()])) {
      const now = live.get(path), was = tree.get(path);
      // Else it was never opened for writing: it is what it was.
      const watched = (s) => s && existsSync(join(this.kept, 'ino', String(s.ino)));
      const waits = now?.ino !== was?.ino;
      if (waits) told.names++;
      const taken = waits && chance.next() >= luck.name ? was : now;
      if (!taken) continue;
      const to = join(after, path);
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      if (!watched(taken)) {
        copyFileSync(join(taken === now ? this.data : join(this.kept, 'tree'), path), to);
        continue;
      }
      const ino = String(taken.ino);
      const mixed = this.mix(readKept(join(this.kept, 'ino', ino)), readFileSync(join(this.kept, 'open', ino)), chance, luck);
      told.pages += mixed.waiting;
      writeFileSync(to, mixed.bytes, { mode: Number(taken.mode & 0o777n) });
    }
    rmSync(this.data, { recursive: true, force: true });
    renameSync(after, this.data);
    this.clear();
    return told;
  }
}
