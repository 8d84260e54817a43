// Usage: assets.mjs FRONT PUBLIC SITE
//
// Copies what the browser gets from FRONT and PUBLIC to SITE: file names of FRONT carry a hash of the content (such
// files may be cached for ever), everything that compresses lies beside its .br and .gz form, and manifest.json maps
// each plain name to `{path, bytes, brotli, gzip}`. What is there already is not touched, so that cargo sees no change.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [front, publicFolder, site] = process.argv.slice(2);
const compressible = new Set([".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm"]);

const files = (folder) =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { recursive: true })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile());

const hashed = (name, bytes) => {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const ending = extname(name);
  return `${name.slice(0, name.length - ending.length)}.${hash}${ending}`;
};

const write = (path, bytes) => {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
};

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

const manifest = {};
const kept = new Set();

const add = (name, path, bytes) => {
  const target = join(site, path);
  const entry = { path, bytes: bytes.length };
  if (compressible.has(extname(name)) && bytes.length > 0) {
    for (const [key, ending, compress] of [
      ["brotli", ".br", brotli],
      ["gzip", ".gz", (plain) => gzipSync(plain, { level: 9 })],
    ]) {
      const beside = target + ending;
      // The hash in the name vouches for the compressed form too; a plain name is compressed anew.
      const small = path !== name && existsSync(beside) ? readFileSync(beside) : compress(bytes);
      if (small.length >= bytes.length) continue;
      write(beside, small);
      entry[key] = small.length;
      kept.add(beside);
    }
  }
  write(target, bytes);
  kept.add(target);
  manifest[name] = entry;
};

// The style sheet names fonts by their plain addresses; here they get the hashed ones.
const linked = (name, bytes) =>
  extname(name) !== ".css"
    ? bytes
    : Buffer.from(
        bytes.toString().replace(/url\("?\/(fonts\/[^")]+)"?\)/g, (_, font) => {
          if (!manifest[font]) throw new Error(`${name} names /${font}, which is not among the fonts`);
          return `url(/${manifest[font].path})`;
        }),
      );

for (const folder of ["fonts", "pkg"]) {
  for (const source of files(join(front, folder)).sort()) {
    const name = relative(front, source);
    const bytes = linked(name, readFileSync(source));
    // The script imports its snippets by their own names, in folders that carry a hash already.
    add(name, name.startsWith("pkg/snippets/") ? name : hashed(name, bytes), bytes);
  }
}
for (const source of files(publicFolder).sort()) {
  const name = relative(publicFolder, source);
  // Fonts came from FRONT, with their hashes.
  if (!name.startsWith("fonts/")) add(name, name, readFileSync(source));
}

const list = join(site, "manifest.json");
kept.add(list);
write(list, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
for (const path of files(site)) if (!kept.has(path)) rmSync(path);

const sum = (key) => Object.values(manifest).reduce((total, entry) => total + (entry[key] ?? entry.bytes), 0);
const wasm = manifest["pkg/lakeport_bg.wasm"];
console.log(
  `   ${Object.keys(manifest).length} files, ${sum("bytes")} bytes, ${sum("brotli")} with brotli` +
    (wasm ? `; wasm ${wasm.bytes}, ${wasm.brotli} with brotli` : ""),
);
