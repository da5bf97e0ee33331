// loop.mjs - the same power cut with a real file system: ext4 in a loop file.
//
// Belongs here: a disk that root can mount, and what of it the power leaves.
// Not here: the disk that needs no root, which tests use (disk.mjs).
//
// What ext4 has not given to its disk yet is in the page cache of the mount. At
// the cut the file behind it is copied: that is the disk as it is then. The copy
// is mounted in its place, and ext4 mends it as after any power cut.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, rmdirSync, symlinkSync } from 'node:fs';

const SIZE = '96M';
const run = (...command) => execFileSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });

export class LoopDisk {
  constructor(data) {
    Object.assign(this, { data, place: `${data}.mount`, image: `${data}.img` });
    mkdirSync(this.place, { mode: 0o700 });
    run('truncate', '-s', SIZE, this.image);
    run('mkfs.ext4', '-q', '-F', this.image);
    this.mount();
    // The folder of the service is that of the disk, under the same name.
    rmdirSync(data);
    symlinkSync(this.place, data);
  }

  mount() {
    run('mount', '-o', 'loop', this.image, this.place);
  }

  env() {
    return {};
  }

  /** What was made for the test, and not by the programs, is on the disk. */
  begin() {
    run('sync', '-f', this.place);
  }

  /** Nobody runs any more: what the disk has is all there is. */
  cut() {
    run('cp', '--sparse=always', this.image, `${this.image}.cut`);
    run('umount', this.place);
    run('mv', `${this.image}.cut`, this.image);
    this.mount();
    return { pages: 0, names: 0 };
  }

  clear() {
    run('umount', this.place);
    rmdirSync(this.place);
    rmSync(this.image);
  }
}
