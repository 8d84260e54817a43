// A small HTTP/1.1 client for load: it shares the processors with the portal, and costs a fraction of what Node's own
// does. Each connection carries one request at a time and stays open.

import { connect } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";

const nothing = Buffer.alloc(0);
const gap = Buffer.from("\r\n\r\n");
/** Longest wait for an answer, in ms. */
const patience = 60_000;
/** As many as a browser opens to one host. */
const mostConnections = 6;

/**
 * A request as bytes, to be sent as often as one likes. Its body is `json`, the fields of a `form` or a `text`; `packed`
 * sends it with gzip, `more` are further lines of the head.
 */
export function request(origin, path, { method = "GET", cookie, token, more = [], packed = false, ...content } = {}) {
  const { json, form, text = form ? String(new URLSearchParams(form)) : (JSON.stringify(json) ?? "") } = content;
  const body = packed ? gzipSync(text) : Buffer.from(text);
  const type = form ? "application/x-www-form-urlencoded" : "application/json";
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(origin).host}`,
    // A call that accepts a page would be taken for a form.
    `accept: ${body.length === 0 ? "text/html" : "application/json"}`,
    "accept-encoding: gzip",
    // What a browser adds to calls of our own pages.
    "sec-fetch-site: same-origin",
    ...(cookie ? [`cookie: ${cookie}`] : []),
    ...(token ? [`authorization: Bearer ${token}`] : []),
    ...(body.length > 0 ? [`content-type: ${type}`, `content-length: ${body.length}`] : []),
    ...(packed ? ["content-encoding: gzip"] : []),
    ...more,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

/**
 * Sends bytes over a connection of their own and reads until the other side ends it, for at most `wait` ms: the status of
 * the answer, or why there was none. Never fails.
 */
export const sendOnce = (origin, bytes, wait) =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port) });
    let status;
    const end = (otherwise) => {
      clearTimeout(late);
      socket.destroy();
      resolve(status ?? otherwise);
    };
    const late = setTimeout(() => end("no answer"), wait);
    socket.on("data", (data) => {
      status ??= data.toString("latin1", 9, 12);
    });
    socket.on("error", () => end("closed"));
    socket.on("close", () => end("closed"));
    socket.write(bytes);
  });

class Connection {
  #socket;
  #held = nothing;
  #head;
  #waiting;

  constructor(origin) {
    const { hostname, port } = new URL(origin);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.setTimeout(patience, () => this.#waiting && this.#fail(new Error("no answer within a minute")));
    this.#socket.on("close", () => this.#fail(new Error("the portal closed the connection")));
  }

  get isOpen() {
    return !this.#socket.destroyed;
  }

  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #fail(error) {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(bytes) {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#head ??= head(this.#held);
    const end = this.#head && bodyEnd(this.#held, this.#head);
    if (end === undefined) return;
    const answer = { status: this.#head.status, bytes: end, head: this.#head, all: this.#held };
    this.#held = nothing;
    this.#head = undefined;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(answer);
  }
}

function head(held) {
  const end = held.indexOf(gap);
  if (end < 0) return undefined;
  const text = held.toString("latin1", 0, end);
  return {
    status: Number(text.slice(9, 12)),
    text,
    body: end + gap.length,
    length: Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0),
    zipped: /^content-encoding: *gzip/im.test(text),
    chunked: /^transfer-encoding: *chunked/im.test(text),
  };
}

/** Where the body ends; `undefined` while it has not arrived. */
function bodyEnd(held, { body, length, chunked }) {
  if (!chunked) return held.length >= body + length ? body + length : undefined;
  for (const [, , next, size] of chunks(held, body)) if (size === 0) return next;
  return undefined;
}

/** `[start, end, next, size]` of each chunk that has arrived. */
function* chunks(held, from) {
  let at = from;
  while (at < held.length) {
    const line = held.indexOf("\r\n", at);
    if (line < 0) return;
    const size = Number.parseInt(held.toString("latin1", at, line), 16);
    const start = line + 2;
    const next = start + size + 2;
    if (next > held.length) return;
    yield [start, start + size, next, size];
    at = next;
  }
}

/** The body of an answer as text. */
export function text({ all, head: { body, length, chunked, zipped } }) {
  const bytes = chunked
    ? Buffer.concat([...chunks(all, body)].map(([start, end]) => all.subarray(start, end)))
    : all.subarray(body, body + length);
  return (zipped ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** The connections of one person: up to six, opened when they are needed. */
export class Line {
  #origin;
  #all = [];
  #idle = [];
  #queue = [];

  constructor(origin) {
    this.#origin = origin;
  }

  async send(bytes) {
    const connection = await this.#take();
    try {
      return await connection.send(bytes);
    } finally {
      this.#give(connection);
    }
  }

  close() {
    for (const connection of this.#all) connection.close();
  }

  #take() {
    const idle = this.#idle.pop();
    if (idle?.isOpen) return idle;
    this.#all = this.#all.filter((connection) => connection.isOpen);
    if (this.#all.length < mostConnections) {
      const connection = new Connection(this.#origin);
      this.#all.push(connection);
      return connection;
    }
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  #give(connection) {
    const next = this.#queue.shift();
    if (!connection.isOpen) {
      if (next) Promise.resolve(this.#take()).then(next);
    } else if (next) next(connection);
    else this.#idle.push(connection);
  }
}
