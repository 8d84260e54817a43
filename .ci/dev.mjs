// Usage: dev.mjs FRONT BINARY [ARGUMENT OF lakeport demo]..
//
// Stands in front of the portal: passes requests on, answers style sheet, script, wasm and fonts from FRONT, and adds
// a line to each page that reloads it after a rebuild. The portal itself knows nothing of all this.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, watch } from "node:fs";
import { createServer, request as send } from "node:http";
import { extname, join } from "node:path";

const [front, binary, ...args] = process.argv.slice(2);
const [host, port] = (process.env.LISTEN ?? "127.0.0.1:8080").split(":");
const inner = Number(port) + 1;
const types = { ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm", ".woff2": "font/woff2" };
const pages = new Set();
let portal;

const say = (text) => console.log(`[dev] ${text}`);

const run = (step) =>
  new Promise((resolve) => {
    const child = spawn(join(import.meta.dirname, "dev"), [step], { stdio: "inherit" });
    child.on("exit", (code) => resolve(code === 0));
  });

const isReady = async () => {
  try {
    return (await fetch(`http://${host}:${inner}/readyz`)).ok;
  } catch {
    return false;
  }
};

const startPortal = async () => {
  if (portal) {
    portal.removeAllListeners("exit");
    const gone = new Promise((resolve) => portal.once("exit", resolve));
    portal.kill();
    await gone;
  }
  const env = { ...process.env, LAKEPORT_LISTEN: `${host}:${inner}`, LAKEPORT_PUBLIC_URL: `http://${host}:${port}` };
  delete env.LISTEN;
  portal = spawn(binary, ["demo", ...args], { env, stdio: "inherit" });
  portal.on("exit", (code) => {
    say(`the portal ended with ${code}; the next change starts it again`);
    portal = undefined;
  });
  while (portal && !(await isReady())) await new Promise((resolve) => setTimeout(resolve, 50));
};

// What a changed file makes necessary.
const steps = (path) => {
  if (path.startsWith("style")) return ["@style"];
  if (path.startsWith("app/src")) return ["@style", "@frontend", "@server"];
  if (path.startsWith("app/frontend")) return ["@frontend"];
  if (/^app\/(model|frame)/.test(path)) return ["@frontend", "@server"];
  return ["@server"];
};

const pending = new Set();
let building = false;
const rebuild = async () => {
  if (building) return;
  building = true;
  while (pending.size > 0) {
    const began = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const todo = ["@style", "@frontend", "@server"].filter((step) => pending.delete(step));
    let good = true;
    for (const step of todo) good = good && (await run(step));
    if (!good) continue;
    if (todo.includes("@server")) await startPortal();
    for (const page of pages) page.write("data: reload\n\n");
    say(`ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
  building = false;
};

for (const folder of ["app", "server", "style", "migrations", "public"]) {
  watch(folder, { recursive: true }, (_, file) => {
    const path = join(folder, file ?? "");
    if (/node_modules|~$|\.sw.$|\/\./.test(path)) return;
    for (const step of steps(path)) pending.add(step);
    rebuild();
  });
}

// Hashed names are of the embedded files; while developing, the file of that name is answered as it is now.
const fromFront = (path) => {
  const plain = path.replace(/\.[0-9a-f]{12}(\.\w+)$/, "$1");
  if (!/^\/(pkg|fonts)\/[\w./-]+$/.test(plain) || plain.includes("..")) return undefined;
  const quick = join(front, plain.replace(/^\/pkg\//, "/dev/"));
  return [quick, join(front, plain)].find(existsSync);
};

const reload = (nonce) =>
  `<script nonce="${nonce}">new EventSource("/@dev").onmessage = () => location.reload()</script></body>`;

const pass = (incoming, outgoing, body, attempt = 0) => {
  const headers = { ...incoming.headers, "accept-encoding": "identity" };
  const onward = send({ host, port: inner, path: incoming.url, method: incoming.method, headers }, (answer) => {
    if (!(answer.headers["content-type"] ?? "").startsWith("text/html")) {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => {
      const nonce = /'nonce-([^']+)'/.exec(answer.headers["content-security-policy"] ?? "")?.[1];
      const html = Buffer.concat(parts).toString();
      const { "content-length": _length, "transfer-encoding": _coding, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode, kept);
      outgoing.end(nonce ? html.replace("</body>", reload(nonce)) : html);
    });
  });
  // The portal may be between two starts.
  onward.on("error", () => {
    if (attempt < 100) setTimeout(() => pass(incoming, outgoing, body, attempt + 1), 100);
    else outgoing.writeHead(502).end("The portal does not answer; the terminal of `make dev` says why.");
  });
  onward.end(body);
};

createServer((incoming, outgoing) => {
  const { pathname } = new URL(incoming.url, "http://dev");
  if (pathname === "/@dev") {
    outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    pages.add(outgoing);
    outgoing.on("close", () => pages.delete(outgoing));
    return;
  }
  const file = fromFront(pathname);
  if (file) {
    outgoing.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain", "cache-control": "no-store" });
    outgoing.end(readFileSync(file));
    return;
  }
  const parts = [];
  incoming.on("data", (part) => parts.push(part));
  incoming.on("end", () => pass(incoming, outgoing, Buffer.concat(parts)));
}).listen(Number(port), host, async () => {
  await startPortal();
  say(`http://${host}:${port} is the portal, and reloads by itself`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    portal?.removeAllListeners("exit");
    portal?.kill();
    process.exit(0);
  });
}
