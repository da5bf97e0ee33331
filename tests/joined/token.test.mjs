// token.test.mjs - the module, the real helper, a double of the service, and
// programs of others in front: pkcs11-tool, p11tool, NSS, OpenSSL, OpenSSH.
//
// Belongs here: what a program sees: objects, logins, signatures, errors.
// Not here: the real service (tests/clients); the module alone
// (tests/unit/pkcs11).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { TokenService } from "./token_service.mjs";

const module_ = process.env.INGAM_MODULE;
const folder = mkdtempSync(join(tmpdir(), "ingam-token-"));
const at = (name) => join(folder, name);
const has = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const openssl = (...args) => {
  const r = spawnSync("openssl", args, { cwd: folder });
  assert.equal(r.status, 0, r.stderr.toString());
  return r.stdout;
};

let service, server;
const ids = ["aa".repeat(16), "bb".repeat(16)];

// A signature over a digest, by openssl pkeyutl.
const signer = (name) => (b, digest) => {
  writeFileSync(at("digest"), digest);
  const args = ["pkeyutl", "-sign", "-inkey", `${name}.key`, "-in", "digest", "-pkeyopt", `digest:${b.hash}`];
  if (b.mechanism === "rsa-pss")
    args.push("-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", `rsa_pss_saltlen:${b.salt_length}`);
  return openssl(...args);
};

before(async () => {
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/C=KR/O=Test/CN=시험 CA", "-utf8",
    "-days", "30", "-addext", "keyUsage=critical,keyCertSign");
  const make = (name, kind, serial) => {
    openssl("req", "-new", "-newkey", ...kind, "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-utf8", "-subj", `/C=KR/O=Test/CN=홍길동()${name}`);
    writeFileSync(at("ext"), "keyUsage=critical,digitalSignature,nonRepudiation\n");
    openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", serial, "-days", "20", "-extfile", "ext", "-out", `${name}.pem`);
  };
  make("rsa", ["rsa:2048"], "4660");
  make("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "200");
  const der = (name) => new X509Certificate(readFileSync(at(`${name}.pem`))).raw;
  service = new TokenService([
    { id: ids[0], label: "홍길동 은행", usable: true, certificate: der("rsa"), chain: [der("ca")], signDigest: signer("rsa") },
    { id: ids[1], label: "EC", usable: true, certificate: der("ec"), chain: [der("ca")], signDigest: signer("ec") },
  ]);
  server = await service.start();
});

after(() => {
  service.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  Object.assign(service, { count: 10, life: 60_000, answer: "approve", after: 50, created: null, slow: 0, break: null, signatures: 0, log: [] });
  service.requests.clear();
});

// Runs a program with the token configured; the service answers meanwhile.
const run = (program, args, { env = {}, input = "", started = () => {} } = {}) =>
  new Promise((done) => {
    const p = spawn(program, args, {
      cwd: folder,
      env: {
        ...process.env, HOME: folder, INGAM_TOKEN_CONF: "/nonexistent", INGAM_SERVER: server, INGAM_PHONE: "01012345678",
        XDG_DATA_HOME: at("data"), ...env,
      },
    });
    let out = "";
    started(p);
    p.stdout.on("data", (d) => (out += d));
    p.stderr.on("data", (d) => (out += d));
    p.on("close", (status) => done({ status, out }));
    p.stdin.on("error", () => {});
    p.stdin.end(input);
  });
const tool = (args, options) => run("pkcs11-tool", ["--module", module_, ...args], options);
const login = ["--login", "--pin", "123456"];
const keyId = (name) => {
  const der = createPublicKey(readFileSync(at(`${name}.pem`))).export({ type: "spki", format: "der" });
  writeFileSync(at("spki"), der);
  const asn1 = openssl("asn1parse", "-inform", "DER", "-in", "spki").toString();
  const bits = asn1.split("\n").find((l) => l.includes("BIT STRING"));
  const [, offset, head] = bits.match(/^\s*(\d+):d=\d+\s+hl=(\d+)/);
  writeFileSync(at("bits"), der.subarray(Number(offset) + Number(head) + 1));
  return openssl("dgst", "-sha1", "-r", "bits").toString().slice(0, 40);
};

test("a list, and all that is asked of its objects", async () => {
  const { status, out } = await tool([...login, "-O"], { env: { INGAM_LOGIN: "push" } });
  assert.equal(status, 0, out);
  assert.match(out, /홍길동 은행/);
  assert.match(out, /Public Key Object; RSA 2048 bits/);
  assert.match(out, /Private Key Object; EC/);
  assert.match(out, new RegExp(`ID: +${keyId("rsa")}`));
  assert.match(out, new RegExp(`ID: +${keyId("ec")}`));
  assert.doesNotMatch(out, /warning|error/i, out);
  assert.equal(service.log[0].program, "pkcs11-tool");
  assert.equal(service.log[0].mode, "push");
  assert.equal([...service.requests.values()][0].state, "ended", "ended with the program");
});

test("after a login the certificates are there without one", async () => {
  assert.equal(statSync(at("data/ingam/token-cache")).mode & 0o777, 0o600);
  const { out } = await tool(["-O"]);
  assert.match(out, /홍길동 은행/);
  assert.doesNotMatch(out, /Private Key Object/);
  const read = await tool(["--read-object", "--type", "cert", "--id", keyId("ec"), "-o", "read.der"]);
  assert.equal(read.status, 0, read.out);
  assert.deepEqual(readFileSync(at("read.der")), service.keys[1].certificate);
});

const verify = (name, file, signature, ...options) =>
  spawnSync("openssl", ["dgst", "-sha256", "-verify", `${name}.pub`, "-signature", signature, ...options, file], { cwd: folder });

for (const [what, name, mechanism, options, check] of [
  ["RSA PKCS#1", "rsa", "SHA256-RSA-PKCS", [], []],
  ["RSA PSS", "rsa", "SHA256-RSA-PKCS-PSS", [], ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]],
  ["ECDSA", "ec", "ECDSA-SHA256", ["--signature-format", "openssl"], []],
])
  test(`${what}: signed through pkcs11-tool, verified by openssl`, async () => {
    writeFileSync(at("data.txt"), "서명할 내용\n");
    writeFileSync(at(`${name}.pub`), openssl("x509", "-in", `${name}.pem`, "-noout", "-pubkey"));
    const { status, out } = await tool(
      [...login, "--sign", "-m", mechanism, "--id", keyId(name), "-i", "data.txt", "-o", "sig", ...options],
      { env: { INGAM_LOGIN: "push" } });
    assert.equal(status, 0, out);
    const r = verify(name, "data.txt", "sig", ...check);
    assert.equal(r.status, 0, r.stdout + r.stderr);
    writeFileSync(at("data.txt"), "anderes\n");
    assert.notEqual(verify(name, "data.txt", "sig", ...check).status, 0);
  });

// The C driver logs in, signs, waits: what no tool does. One step a word.
const driver = async (steps, env = {}) => run(process.env.INGAM_TOKEN_DRIVER, steps, { env });

// The same keys, but the signatures are openssl's.
for (const [what, name, mechanism, options, sign] of [
  ["RSA PKCS#1", "rsa", "SHA384-RSA-PKCS", [], ["-sha384"]],
  ["RSA PSS", "rsa", "SHA256-RSA-PKCS-PSS", [], ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]],
  ["ECDSA", "ec", "ECDSA-SHA512", ["--signature-format", "openssl"], ["-sha512"]],
])
  test(`${what}: signed by openssl, verified through pkcs11-tool without a login`, async () => {
    writeFileSync(at("data.txt"), "서명한 내용\n");
    openssl("dgst", ...sign, "-sign", `${name}.key`, "-out", "sig", "data.txt");
    const args = ["--verify", "-m", mechanism, "--id", keyId(name), "-i", "data.txt", "--signature-file", "sig", ...options];
    writeFileSync(at("late.conf"), "[default]\nask-at = login\n");
    const late = { env: { INGAM_TOKEN_CONF: at("late.conf") } };
    const good = await tool(args, late);
    assert.match(good.out, /Signature is valid/);
    writeFileSync(at("data.txt"), "anderes\n");
    const bad = await tool(args, late);
    assert.match(bad.out, /Invalid signature/);
    assert.equal(service.log.length, 0, "the service hears nothing of it");
  });

test("number: without a request any PIN is wrong, and the phone has one then", async () => {
  writeFileSync(at("late.conf"), "[default]\nask-at = login\n");
  const late = await tool([...login, "-O"], { env: { INGAM_TOKEN_CONF: at("late.conf") } });
  assert.match(late.out, /CKR_PIN_INCORRECT/);
  assert.equal(service.log.length, 1);
  assert.equal(service.log[0].mode, "number");
});

for (const first of ["0", "anything"])
  test(`number: the first PIN may be whatever is typed (${first}), a later one that is no number costs no try`, async () => {
    writeFileSync(at("late.conf"), "[default]\nask-at = login\n");
    const { out } = await driver(["session", `login=${first}`, "pause", "login=letters", "login=letters", "login=letters", "login=letters", "login=123456", "sign"],
      { INGAM_TOKEN_CONF: at("late.conf") });
    assert.equal(out, "session 0\nlogin a0\npause 0\nlogin a0\nlogin a0\nlogin a0\nlogin a0\nlogin 0\nsign 0\n");
    assert.equal(service.log.length, 1, "the phone was asked once");
  });

test("number: as the phone shows it, in halves", async () => {
  const { out } = await driver(["session", "pause", "login=123 456", "logout", "login=123456", "sign"]);
  assert.equal(out, "session 0\npause 0\nlogin 0\nlogout 0\nlogin 0\nsign 0\n");
});

test("number: told at the session, then the number, again and again", async () => {
  const { out } = await driver(["session", "pause", "login=123456", "login=123456", "logout", "login=123456", "sign", "close", "session", "login=123456", "sign"]);
  assert.equal(out, "session 0\npause 0\nlogin 0\nlogin 100\nlogout 0\nlogin 0\nsign 0\nclose 0\nsession 0\nlogin 0\nsign 0\n");
  assert.equal(service.log.length, 1, "the phone was asked once");
});

test("number: it is right again after the phone was asked once more", async () => {
  service.count = 1;
  const { out } = await driver(["session", "pause", "login=123456", "sign", "sign", "logout", "login=123456", "logout", "login=111111"]);
  assert.equal(out, "session 0\npause 0\nlogin 0\nsign 0\nsign 0\nlogout 0\nlogin 0\nlogout 0\nlogin a0\n");
});

test("number: another one after a logout gives the approval back, and the phone has a new one", async () => {
  const { out } = await driver(["session", "pause", "login=123456", "logout", "login=111111", "login=123456", "sign"]);
  assert.equal(out, "session 0\npause 0\nlogin 0\nlogout 0\nlogin a0\nlogin 0\nsign 0\n");
  assert.equal(service.log.length, 2, "the phone was asked again");
  assert.equal(service.requests.get(service.log[0].id).state, "ended");
});

test("number: three wrong ones end it", async () => {
  const { out } = await driver(["session", "pause", "login=111111", "login=222222", "login=333333", "login=abcdef"]);
  assert.equal(out, "session 0\npause 0\nlogin a0\nlogin a0\nlogin a4\nlogin a0\n");
});

/** What the program printed without the helper's line, and how many such there were: two processes write when they can. */
const apart = (out, line) => [out.replace(line, ""), out.match(line)?.length ?? 0];

test("number: without a network only C_Login fails, and the service is named", async () => {
  const { out } = await driver(["session", "pause", "login=123456", "sign"], { INGAM_SERVER: "http://127.0.0.1:9" });
  assert.deepEqual(apart(out, /^.* warn no-service server=http:\/\/127\.0\.0\.1:9 reason=".*"\n/m), ["session 0\npause 0\nlogin 30\nsign 101\n", 1]);
});

test("number: a server that is not the one for PCs is named", async () => {
  const other = createServer((_, answer) => answer.writeHead(404).end());
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  const { out } = await driver(["session", "pause", "login=123456"], { INGAM_SERVER: `http://127.0.0.1:${other.address().port}` });
  await new Promise((done) => other.close(done));
  assert.deepEqual(apart(out, /^.* warn no-service server=http:\/\/127\.0\.0\.1:\d+ reason="answered 404: not the address for PCs"\n/m), ["session 0\npause 0\nlogin 30\n", 1]);
});

test("settings that cannot be read: the helper that would show them is named as it is", async () => {
  // Through a pipe: the sockets that Node.js makes are not written to.
  const { out } = await run("sh", ["-c", '"$INGAM_TOKEN_DRIVER" session 2>&1 | cat'], { env: { INGAM_PHONE: "hello" } });
  assert.ok(out.includes(`(phone: not digits only). See token.conf(5) and "${process.env.INGAM_TOKEN_HELPER} --settings".`), out);
});

test("push: approved, refused, not answered", async () => {
  assert.equal((await driver(["session", "login", "sign"], { INGAM_LOGIN: "push" })).out, "session 0\nlogin 0\nsign 0\n");
  service.answer = "refuse";
  assert.equal((await driver(["session", "login"], { INGAM_LOGIN: "push" })).out, "session 0\nlogin 50\n");
  service.answer = "nothing";
  const cancelled = await driver(["session", "cancel-login"], { INGAM_LOGIN: "push" });
  assert.equal(cancelled.out, "session 0\ncancel-login 50\n");
  assert.equal([...service.requests.values()].at(-1)?.state, "ended", "withdrawn");
});

// The helper does it after the program has gone.
const allEnded = async () => {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20)))
    if (service.requests.size > 0 && [...service.requests.values()].every((r) => r.state === "ended")) return true;
  return false;
};

for (const login of ["number", "push"])
  test(`${login}: gone while the phone is told: nothing is left on the phone`, async () => {
    service.slow = 500;
    await run(process.env.INGAM_TOKEN_DRIVER, ["session", "login", "pause"], {
      env: { INGAM_LOGIN: login }, started: (p) => { service.created = () => p.kill("SIGKILL"); },
    });
    assert.equal(await allEnded(), true);
  });

test("push: given up while the phone is told: nothing is left on the phone", async () => {
  Object.assign(service, { slow: 1000, answer: "nothing" });
  assert.equal((await driver(["session", "cancel-login"], { INGAM_LOGIN: "push" })).out, "session 0\ncancel-login 50\n");
  assert.equal(await allEnded(), true);
});

test("used up: the phone is asked again, and C_Sign goes on", async () => {
  service.count = 2;
  const { out } = await driver(["session", "login", "sign", "sign", "sign", "sign", "sign"], { INGAM_LOGIN: "push" });
  assert.equal(out, "session 0\nlogin 0\n" + "sign 0\n".repeat(5));
  assert.equal(service.log.length, 3);
  assert.equal(service.log[1].continues, service.log[0].id);
  assert.equal(service.log[1].phone, undefined);
  assert.equal(service.signatures, 5);
});

test("used up, and refused: CKR_FUNCTION_REJECTED, and the next one asks anew", async () => {
  service.count = 1;
  setTimeout(() => (service.answer = "refuse"), 400);
  const { out } = await driver(["session", "login", "sign", "pause", "pause", "sign", "sign"], { INGAM_LOGIN: "push" });
  assert.equal(out, "session 0\nlogin 0\nsign 0\npause 0\npause 0\nsign 200\nsign 200\n");
  assert.equal(service.log.length, 3);
});

test("time over: the phone is asked again", async () => {
  service.life = 300;
  const { out } = await driver(["session", "login", "sign", "pause", "pause", "sign"], { INGAM_LOGIN: "push" });
  assert.equal(out, "session 0\nlogin 0\nsign 0\npause 0\npause 0\nsign 0\n");
  assert.equal(service.log.length, 2);
});

test("a signature that is not the certificate's never reaches the program", async () => {
  service.break = "signature";
  const { out } = await driver(["session", "login", "sign"], { INGAM_LOGIN: "push" });
  assert.deepEqual(apart(out, /^.* error bad-signature .*\n/m), ["session 0\nlogin 0\nsign 30\n", 1]);
});

test("a connection that breaks off costs no second signature", async () => {
  service.break = "drop";
  const { out } = await driver(["session", "login", "sign"], { INGAM_LOGIN: "push" });
  assert.equal(out, "session 0\nlogin 0\nsign 0\n");
  assert.equal(service.signatures, 1);
});

test("a service that starts anew is waited for: the program sees nothing of it", async () => {
  const { port } = service.server.address(), away = () => {
    service.server.closeAllConnections();
    service.server.close();
    setTimeout(() => service.server.listen(port, "127.0.0.1"), 700);
  };
  // While the phone is waited for, and before a signature.
  service.after = 1500;
  service.created = () => setTimeout(away, 100);
  const { out } = await driver(["session", "login", "sign"], { INGAM_LOGIN: "push" });
  assert.equal(out, "session 0\nlogin 0\nsign 0\n");
  service.created = null;
  service.requests.clear();
  const signing = driver(["session", "login", "pause", "pause", "sign"], { INGAM_LOGIN: "push" });
  for (let i = 0; i < 500 && [...service.requests.values()].at(-1)?.state !== "open"; i++) await new Promise((done) => setTimeout(done, 20));
  away();
  assert.equal((await signing).out, "session 0\nlogin 0\npause 0\npause 0\nsign 0\n");
  assert.equal(service.signatures, 2);
});

test("an answer that is no JSON", async () => {
  service.break = "json";
  const { out } = await driver(["session", "login"], { INGAM_LOGIN: "push" });
  assert.match(out, /login 30\n/);
});

test("an unusable certificate", async () => {
  service.keys[1].usable = false;
  const { out } = await driver(["session", "login", "sign"], { INGAM_LOGIN: "push" });
  service.keys[1].usable = true;
  assert.equal(out, "session 0\nlogin 0\nsign 68\n");
});

test("pkcs11-tool --test, threads, fork", async () => {
  service.count = 50;
  const push = { env: { INGAM_LOGIN: "push" } };
  const all = await tool([...login, "--test"], push);
  assert.match(all.out, /all 4 digest functions seem to work/);
  assert.match(all.out, /all 4 signature functions seem to work/);
  // It then pads bytes that are no DigestInfo: nobody could say what is signed.
  assert.match(all.out, /C_Sign failed: rv = CKR_DATA_INVALID/);
  assert.equal((await tool(["--test-fork"])).status, 0);
  for (const threads of ["IN", "ILGISLT0"]) {
    const { status, out } = await tool(["--test-threads", threads, "-L"]);
    assert.equal(status, 0, out);
  }
});

const p11 = (...args) => run("p11tool", ["--provider", module_, ...args], { env: { INGAM_LOGIN: "push", GNUTLS_PIN: "123456" } });
test("GnuTLS: lists, signs with both keys", { skip: !has("p11tool") }, async () => {
  const list = await p11("--login", "--list-privkeys", "pkcs11:token=Ingam");
  assert.match(list.out, /Type: Private key \(RSA-2048\)/, list.out);
  for (const id of ["rsa", "ec"]) {
    const url = `pkcs11:token=Ingam;id=${keyId(id).replace(/../g, "%$&")}`;
    const r = await p11("--login", "--test-sign", url);
    assert.equal(r.status, 0, r.out);
    assert.match(r.out, /ok/);
  }
});

test("NSS: module added, certificates seen, a CMS signed", { skip: !has("modutil") || !has("cmsutil") }, async () => {
  const env = { INGAM_LOGIN: "push" };
  const db = `sql:${at("nss")}`;
  spawnSync("mkdir", ["-p", at("nss")]);
  writeFileSync(at("pin"), "123456\n");
  assert.equal((await run("certutil", ["-N", "-d", db, "--empty-password"], { env })).status, 0);
  const added = await run("modutil", ["-dbdir", db, "-force", "-add", "ingam", "-libfile", module_], { env });
  assert.equal(added.status, 0, added.out);
  const list = await run("certutil", ["-L", "-d", db, "-h", "all", "-f", "pin"], { env });
  assert.match(list.out, /Ingam:홍길동 은행 +u,u,u/, list.out);
  writeFileSync(at("m.txt"), "hello\n");
  const cms = await run("cmsutil", ["-S", "-d", db, "-N", "Ingam:홍길동 은행", "-Y", "NONE", "-f", "pin", "-i", "m.txt", "-o", "m.p7", "-G", "-H", "SHA256"], { env });
  assert.equal(cms.status, 0, cms.out);
  openssl("cms", "-verify", "-inform", "DER", "-in", "m.p7", "-CAfile", "ca.pem", "-purpose", "any", "-out", "m.out");
});

const engine = "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so";
test("OpenSSL's engine signs", { skip: !existsSync(engine) }, async () => {
  const env = { INGAM_LOGIN: "push", PKCS11_MODULE_PATH: module_ };
  writeFileSync(at("data.txt"), "engine\n");
  writeFileSync(at("rsa.pub"), openssl("x509", "-in", "rsa.pem", "-noout", "-pubkey"));
  const url = `pkcs11:token=Ingam;id=${keyId("rsa").replace(/../g, "%$&")};type=private;pin-value=123456`;
  const r = await run("openssl", ["dgst", "-engine", "pkcs11", "-keyform", "engine", "-sha256", "-sign", url, "-out", "sig", "data.txt"], { env });
  assert.equal(r.status, 0, r.out);
  assert.equal(verify("rsa", "data.txt", "sig").status, 0);
});

test("OpenSSH finds the keys", { skip: !has("ssh-keygen") }, async () => {
  const r = await run("ssh-keygen", ["-D", module_], { env: { INGAM_LOGIN: "push" } });
  assert.equal(r.status, 0, r.out);
  assert.match(r.out, /ssh-rsa [^]*ecdsa-sha2-nistp256|ecdsa-sha2-nistp256 [^]*ssh-rsa/);
});

test("the host sees the C library and C_ functions, nothing else", { skip: !has("readelf") || !has("nm") }, () => {
  const needed = spawnSync("readelf", ["-d", module_]).stdout.toString().match(/NEEDED.*\[(.*)\]/g);
  assert.equal(needed.length, 1, needed.join());
  assert.match(needed[0], /\[libc\.so/);
  const symbols = spawnSync("nm", ["-D", "--defined-only", module_]).stdout.toString().trim().split("\n");
  assert.equal(symbols.length, 92);
  for (const line of symbols) assert.match(line, / T C_\w+$/);
  // What the compiler itself puts there is one word; a constructor of ours or OpenSSL's would be another.
  assert.match(spawnSync("readelf", ["-d", module_]).stdout.toString(), /INIT_ARRAYSZ\) +8 /);
});

// A double of pinentry: answers GETPIN with what its file says, line by line.
const pinentry = (...answers) => {
  writeFileSync(at("answers"), answers.map((a) => `${a}\n`).join(""));
  writeFileSync(at("pinentry"), `#!/bin/sh
echo "OK ready"
exec 4<answers
while read -r word rest; do
  echo "$word $rest" >>said
  case $word in
  GETPIN) read -r line <&4; case $line in cancel) echo "ERR 83886179 cancelled";; blind) echo "ERR 83918950 Inappropriate ioctl for device";; *) echo "D $line"; echo OK;; esac;;
  *) echo OK;;
  esac
done
`.replace("answers\n", `${at("answers")}\n`).replace(">>said", `>>${at("said")}`), { mode: 0o755 });
  return { INGAM_PHONE: "", INGAM_LOGIN: "push", PATH: `${folder}:${process.env.PATH}`, XDG_DATA_HOME: at("guest") };
};

test("no phone number set: a dialog asks for it, once", async () => {
  const { out } = await driver(["session", "login", "logout", "login", "sign"], pinentry("hello", "010-1234-5678"));
  assert.equal(out, "session 0\nlogin 0\nlogout 0\nlogin 0\nsign 0\n");
  assert.equal(service.log[0].phone, "01012345678");
  assert.equal(service.log.length, 2, "the phone is asked again after C_Logout");
  assert.match(readFileSync(at("said"), "utf8"), /SETDESC token-driver /);
  assert.equal(readFileSync(at("said"), "utf8").match(/GETPIN/g).length, 2, "a wrong one, then the right one");
  assert.equal(existsSync(at("guest/ingam/token-cache")), false, "a guest's certificates are not kept");
});

test("no phone number set: the dialog is cancelled, or is not there", async () => {
  const env = pinentry("cancel");
  assert.equal((await driver(["session", "login"], env)).out, "session 0\nlogin 50\n");
  assert.equal(service.log.length, 0);
  const blind = await driver(["session", "login"], pinentry("blind"));
  assert.match(blind.out, /no-phone[^]*login 30\n/, "no terminal and no screen");
  const none = await driver(["session", "login"], { ...env, PATH: "/nonexistent" });
  assert.match(none.out, /no-phone[^]*login 30\n/);
});
