// coverage.mjs [TARGET] - how much of what each fuzz target is for its inputs
// reach: those of fuzz/seeds, and with --found those that ./dev fuzz found.
// --functions lists each function. Fails where a target is below 80 % of the
// regions (source) or of the edges (machine code, libFuzzer's) of its functions.
//
// Belongs here: replaying, adding up edges, regions and branches of the table's
// rows.
// Not here: which functions those are (fuzz/targets.txt); fuzzing (fuzz.sh).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const build = 'build-coverage';
const least = 80; // per cent, for each target

const options = process.argv.slice(2).filter((a) => a.startsWith('--'));
const wanted = process.argv.slice(2).find((a) => !a.startsWith('--'));

// target: file [function …], one row a file.
function table() {
  const rows = new Map();
  for (const line of readFileSync('fuzz/targets.txt', 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, target, file, names] = /^(\S+): (\S+)(.*)$/.exec(line);
    if (!rows.has(target)) rows.set(target, []);
    rows.get(target).push({ file, names: names.trim().split(/ +/).filter(Boolean) });
  }
  return rows;
}

function replay(target, folders) {
  const program = `${build}/fuzz/replay-${target}`;
  const raw = [];
  for (const folder of folders) {
    raw.push(`${build}/profile/${target}-${raw.length}.raw`);
    execFileSync(program, [folder], {
      stdio: 'ignore', env: { ...process.env, LLVM_PROFILE_FILE: raw.at(-1) },
    });
  }
  const data = `${build}/profile/${target}`;
  execFileSync('llvm-profdata', ['merge', '-sparse', '-o', data, ...raw]);
  return JSON.parse(execFileSync('llvm-cov', ['export', program,
    `-instr-profile=${data}`, '-skip-expansions'], { maxBuffer: 1 << 28 })).data[0].functions;
}

// Regions of code (kind 0), and each way of each branch; in inline functions
// of headers too, where a row names the header.
function count(functions, row) {
  const seen = [];
  for (const f of functions) {
    const file = f.filenames[0].replace(/^.*?(?=(src|fuzz)\/)/, '');
    const name = f.name.replace(/^.*:/, '');
    if (file !== row.file || (row.names.length > 0 && !row.names.includes(name))) continue;
    const regions = f.regions.filter((r) => r[7] === 0 && r[5] === 0);
    const ways = f.branches.flatMap((b) => [b[4], b[5]]);
    seen.push({ name, file,
      regions: regions.length, hit: regions.filter((r) => r[4] > 0).length,
      missed: regions.filter((r) => r[4] === 0).map((r) => r[0]),
      ways: ways.length, taken: ways.filter((n) => n > 0).length });
  }
  for (const name of row.names)
    if (!seen.some((f) => f.name === name)) throw new Error(`${row.file} has no ${name}`);
  if (seen.length === 0) throw new Error(`nothing of ${row.file} is in it`);
  return seen;
}

/** Edges of the rows' functions, and how many of them these inputs take. */
function edges(target, rows, folders) {
  const { stderr } = spawnSync(`build-edges/fuzz/fuzz-${target}`,
    ['-runs=0', '-max_len=65536', '-print_coverage=1', ...folders], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const count = { taken: 0, all: 0 };
  for (const [, taken, all, name, path] of stderr.matchAll(/COVERED_FUNC: hits: \d+ edges: (\d+)\/(\d+) (\S+) (\S+):\d+$/gm)) {
    const file = path.replace(/^.*?(?=(src|fuzz)\/)/, '');
    if (!rows.some((row) => row.file === file && (row.names.length === 0 || row.names.includes(name)))) continue;
    count.taken += Number(taken);
    count.all += Number(all);
  }
  if (count.all === 0) throw new Error(`fuzz-${target} says nothing of its edges`);
  return count;
}

const sum = (list, key) => list.reduce((n, f) => n + f[key], 0);
const percent = (part, whole) => whole === 0 ? 100 : 100 * part / whole;

rmSync(`${build}/profile`, { recursive: true, force: true });
mkdirSync(`${build}/profile`);
let bad = 0;
console.log('target               functions  edges           regions         branches');
for (const [target, rows] of table()) {
  if (wanted !== undefined && target !== wanted) continue;
  const folders = [`fuzz/seeds/${target}`];
  const found = `build-fuzz/corpus/${target}`;
  if (options.includes('--found') && existsSync(found)) folders.push(found);
  const functions = replay(target, folders);
  const list = rows.flatMap((row) => count(functions, row));
  const edge = edges(target, rows, folders);
  const taken = percent(edge.taken, edge.all);
  const regions = percent(sum(list, 'hit'), sum(list, 'regions'));
  const low = [...(regions < least ? ['regions'] : []), ...(taken < least ? ['edges'] : [])];
  const line = (p, a, b) => `${p.toFixed(1).padStart(5)} % ${`${a}/${b}`.padEnd(9)}`;
  console.log(`${target.padEnd(20)} ${String(list.length).padStart(9)}  ` +
    line(taken, edge.taken, edge.all) + ' ' +
    line(regions, sum(list, 'hit'), sum(list, 'regions')) + ' ' +
    line(percent(sum(list, 'taken'), sum(list, 'ways')), sum(list, 'taken'), sum(list, 'ways')) +
    (low.length > 0 ? `  too few ${low.join(' and ')}` : ''));
  if (low.length > 0) bad++;
  if (options.includes('--functions'))
    for (const f of list)
      console.log(`    ${percent(f.hit, f.regions).toFixed(0).padStart(3)} %  ${f.file} ${f.name}` +
        (f.missed.length > 0 ? `  not: ${[...new Set(f.missed)].join(' ')}` : ''));
}
process.exit(bad === 0 ? 0 : 1);
